import { describe, expect, it } from 'vitest';
import { isHidden } from '../../viewer/src/views/movie/hidden.ts';
import { family } from './family.ts';

/** Row 6, the first of its frame, with 10 pixels around it in which its own place is 1. */
const data = family();
const [node, first] = [6, 6];
const WIDTH = 50;
/** Labels of which `of` says the place at a pixel; the cell lies at 10, 7 with a radius of 2. */
const labels = (of: (x: number, y: number) => number) => ({
  width: WIDTH,
  height: WIDTH,
  data: Uint32Array.from({ length: WIDTH * WIDTH }, (_, k) => of(k % WIDTH, Math.floor(k / WIDTH))),
});

describe('isHidden', () => {
  it('is so where others, or nothing, stand in most of the place of a cell', () => {
    expect(
      isHidden(
        data,
        labels(() => 1),
        node,
        first,
      ),
    ).toBe(false);
    expect(
      isHidden(
        data,
        labels(() => 2),
        node,
        first,
      ),
    ).toBe(true);
    expect(
      isHidden(
        data,
        labels(() => 0),
        node,
        first,
      ),
    ).toBe(true);
    expect(
      isHidden(
        data,
        labels((x) => (x < 10 ? 2 : 1)),
        node,
        first,
      ),
    ).toBe(false);
    expect(
      isHidden(
        data,
        labels((x) => (x < 11 ? 2 : 1)),
        node,
        first,
      ),
    ).toBe(true);
  });

  it('says nothing of what lies outside the labels that are there', () => {
    const part = { ...labels(() => 1), width: 10, height: 50, data: new Uint32Array(500).fill(1) };
    expect(isHidden(data, part, node, first)).toBe(false);
    expect(isHidden(data, { ...part, at: { x: 20, y: 0, step: 1 } }, node, first)).toBe(false);
    expect(isHidden(data, { ...part, at: { x: 0, y: 0, step: 2 } }, node, first)).toBe(false);
  });
});
