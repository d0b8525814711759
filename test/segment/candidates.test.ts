import { describe, expect, it } from 'vitest';
import { gatherCandidates, quantiseProb, statedProb } from '../../src/segment/candidates.ts';
import { createCandidates } from '../../src/segment/index.ts';

const output = {
  height: 2,
  width: 3,
  prob: Float32Array.of(0.5, 0.500001, 0.2, 0.9, Number.NaN, 0.4999998),
  dist: Float32Array.of(1, 2, 3, 4.01, 5, 6, -1, Number.NaN, 9, 1e9, 11, 12),
  ms: 0,
};
const window = { y0: 4, y1: 6, x0: 7, x1: 10, offsetY: 4, offsetX: 7, frameWidth: 100 };

describe('gatherCandidates', () => {
  it('takes pixels over the threshold, rounded, at grid index times grid', () => {
    const table = createCandidates(2, 1);
    expect(gatherCandidates(table, output, window, 0.5, [2, 2], 1, 50)).toBe(1);
    expect(table.count).toBe(2);
    expect([...table.index.subarray(0, 2)]).toEqual([408, 507]);
    expect([...table.y.subarray(0, 2)]).toEqual([8, 10]);
    expect([...table.x.subarray(0, 2)]).toEqual([16, 14]);
    expect([...table.prob.subarray(0, 2)]).toEqual([524289 / 2 ** 20, 943718 / 2 ** 20]);
    expect([...table.dist.subarray(0, 4)]).toEqual([2, Math.fround(1e-3), 4106 / 1024, 50]);
  });

  it('divides points and rays by the scale, and appends', () => {
    const table = createCandidates(2);
    gatherCandidates(table, output, window, 0.6, [2, 2], 0.5, 50);
    gatherCandidates(table, output, { ...window, y0: 5, x1: 8 }, 0.6, [2, 2], 0.5, 50);
    expect(table.count).toBe(2);
    expect([table.y[0], table.x[1], table.dist[2]]).toEqual([20, 28, 8212 / 1024]);
  });
});

describe('quantiseProb', () => {
  it.each([
    [0, 0],
    [1e-6, 1],
    [0.47907, 502341],
    [1 - 1e-7, 2 ** 20],
    [1, 2 ** 20],
  ])('puts %d on %d steps of 2^-20, which float32 holds', (prob, steps) => {
    expect(quantiseProb(prob)).toBe(steps / 2 ** 20);
    expect(Math.fround(quantiseProb(prob))).toBe(quantiseProb(prob));
  });
});

describe('statedProb', () => {
  it('has four digits', () => {
    expect(statedProb(Math.fround(0.47907))).toBe(0.4791);
    expect(statedProb(1)).toBe(1);
  });
});
