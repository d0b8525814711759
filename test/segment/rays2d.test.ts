import { describe, expect, it } from 'vitest';
import { starVertices } from '../../src/segment/rays2d.ts';

describe('starVertices', () => {
  it('runs from +x towards +y', () => {
    const vertices = starVertices([10], [20], [2, 2, 2, 2], 4, [0]);
    expect([...vertices]).toEqual([10, 22, 12, 20, 10, 18, 8, 20]);
  });
});
