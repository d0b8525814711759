import { describe, expect, it } from 'vitest';
import { findNode, nearestTo } from '../../../viewer/src/data/refs.ts';
import { family } from '../family.ts';

const data = family();

describe('nearestTo', () => {
  it('finds the cell of the frame that is nearest to where the lost one was', () => {
    expect(nearestTo(data, '3.77', [10, 12, 0])).toBe(findNode(data, '3.8'));
    expect(nearestTo(data, '3.77', [39, 39, 0])).toBe(findNode(data, '3.9'));
    expect(nearestTo(data, '3.77', undefined)).toBe(findNode(data, '3.7'));
  });

  it('takes the nearest frame that has cells, and the last one for later ones', () => {
    expect(nearestTo(data, '99.1', [10, 6, 0])).toBe(findNode(data, '4.7'));
    const gap = { ...data, frameStart: Int32Array.of(0, 2, 4, 4, 4, 11) };
    expect(nearestTo(gap, '2.1', [40, 40, 0])).toBe(3);
    expect(nearestTo(gap, '3.1', [40, 40, 0])).toBe(8);
  });

  it('finds nothing where there is nothing, or no name', () => {
    expect(nearestTo(data, 'x', [0, 0, 0])).toBe(-1);
    expect(nearestTo({ ...data, nodes: { ...data.nodes, count: 0 } }, '1.1', undefined)).toBe(-1);
  });
});
