import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moveRuns, renumberColumn, resized, staysOf } from '../../viewer/src/data/runs.ts';

/** How many there were, which of them are gone, and which numbers are made. */
const change = fc.record({ before: fc.nat(12), gone: fc.func(fc.boolean()), made: fc.func(fc.boolean()) });

/** Numbers before of what is there now, in order; NaN = it is made. */
function follow(change: { before: number; gone(k: number): boolean; made(k: number): boolean }) {
  const gone = [...Array(change.before).keys()].filter((k) => change.gone(k));
  const left = [...Array(change.before).keys()].filter((k) => !gone.includes(k));
  const now: number[] = [];
  for (let k = 0; left.length > 0 || k < 6; k++)
    now.push(change.made(k) && k < 20 ? Number.NaN : (left.shift() ?? Number.NaN));
  const made = [...now.keys()].filter((k) => Number.isNaN(now[k]!));
  return { gone, made, now, runs: staysOf(change.before, gone, made) };
}

describe('staysOf', () => {
  it('moves a column to where its values are now', () => {
    fc.assert(
      fc.property(change, (one) => {
        const { now, runs } = follow(one);
        const most = Math.max(now.length, one.before);
        const column = resized(
          Int32Array.from({ length: one.before }, (_, k) => 10 * k),
          most,
        );
        moveRuns(column, runs);
        now.forEach((k, to) => {
          if (!Number.isNaN(k)) expect(column[to]).toBe(10 * k);
        });
      }),
    );
  });
});

describe('renumberColumn', () => {
  it('gives numbers of what stays as they are now, and leaves negative ones', () => {
    fc.assert(
      fc.property(change, fc.nat(3), (one, base) => {
        const { now, runs, gone } = follow(one);
        const column = Int32Array.from({ length: one.before + 1 }, (_, k) => k - 1 + (k === 0 ? 0 : base));
        column[0] = -1;
        renumberColumn(column, runs, { base });
        expect(column[0]).toBe(-1);
        for (let k = 0; k < one.before; k++)
          if (!gone.includes(k)) expect(column[k + 1]).toBe(now.indexOf(k) + base);
      }),
    );
  });
});

describe('resized', () => {
  it('keeps the values, and the memory where there is room', () => {
    const column = Float64Array.of(1, 2, 3);
    const wide = resized(column, 4);
    expect([...wide]).toEqual([1, 2, 3, 0]);
    const narrow = resized(wide, 2);
    expect([...narrow]).toEqual([1, 2]);
    expect(resized(narrow, 5).buffer).toBe(wide.buffer);
  });
});
