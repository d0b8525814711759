import { describe, expect, it } from 'vitest';
import type { App } from '../../viewer/src/app.ts';
import { drawIds, type Pen } from '../../viewer/src/views/movie/marks.ts';
import { family } from './family.ts';

/** Device pixels that a letter is wide here, and a picture of 50 world units at ten pixels each. */
const LETTER = 7;
const K = 10;

/** Where the names of the first frame's cells begin and end, by name. */
function namesOf(names: ReadonlyMap<number, string>): Record<string, [from: number, to: number]> {
  const drawn: Record<string, [number, number]> = {};
  const context = {
    measureText: (text: string) => ({ width: text.length * LETTER }),
    strokeText: () => undefined,
    fillText: (text: string, x: number) => {
      drawn[text] = [x, x + text.length * LETTER];
    },
  };
  const app = { data: family(), names: { value: names }, kept: { value: null }, state: { z: { value: 0 } } };
  const view = { k: K, x: 0, y: 0, aspect: 1 };
  const pen = { context, view, width: 50 * K, height: 50 * K, ratio: 1 };
  drawIds(app as unknown as App, pen as unknown as Pen, 0, -1, 'pixels');
  return drawn;
}

describe('drawIds', () => {
  it('writes a name beside its cell, on the side where all of it is in the picture', () => {
    const { '1': first, '2': second } = namesOf(new Map());
    expect(first![0]).toBeGreaterThan(105);
    expect(second![0]).toBeGreaterThan(405);
    const long = 'ABpl.anterior';
    const named = namesOf(new Map([[1, long]]));
    expect(named['1']).toEqual(first);
    expect(named[long]![1]).toBeLessThan(405);
    expect(named[long]![0]).toBeGreaterThan(0);
  });
});
