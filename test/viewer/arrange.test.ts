import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argsort } from '../../viewer/src/data/arrange/argsort.ts';
import { type Arrangement, arrange, transfersOf } from '../../viewer/src/data/arrange/arrange.ts';
import { heightOf, ROW, rowsAbove, scrollFor, topOf } from '../../viewer/src/views/side/scrolling.ts';

const rowsOf = (n: number): Int32Array => Int32Array.from({ length: n }, (_, row) => row);

describe('argsort', () => {
  it('puts every kind of double in order, NaN last both ways, equal ones by row', () => {
    const values = Float64Array.of(
      3,
      Number.NaN,
      -0,
      Infinity,
      0,
      -Infinity,
      -2.5,
      3,
      5e-324,
      -5e-324,
      1e308,
    );
    expect([...argsort(values, rowsOf(11), 1)]).toEqual([5, 6, 9, 2, 4, 8, 0, 7, 10, 3, 1]);
    expect([...argsort(values, rowsOf(11), -1)]).toEqual([3, 10, 0, 7, 8, 2, 4, 9, 6, 5, 1]);
  });

  it('sorts the rows that it is given, and leaves their list as it is', () => {
    const rows = Int32Array.of(4, 1, 0);
    expect([...argsort(Float64Array.of(9, 8, 1, 1, 7), rows, 1)]).toEqual([4, 1, 0]);
    expect([...argsort(Float64Array.of(7, 8, 1, 1, 9), rows, 1)]).toEqual([0, 1, 4]);
    expect([...rows]).toEqual([4, 1, 0]);
    expect([...argsort(new Float64Array(0), new Int32Array(0), 1)]).toEqual([]);
  });

  it('equals sorting by comparison', () => {
    const value = fc.oneof(
      fc.double(),
      fc.integer({ min: -3, max: 3 }),
      fc.double({ min: -1e-9, max: 1e-9 }),
    );
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 60 }),
        fc.constantFrom(1 as const, -1 as const),
        (list, direction) => {
          const values = Float64Array.from(list);
          const expected = [...rowsOf(list.length)].sort((a, b) => {
            const [va, vb] = [values[a]!, values[b]!];
            const [na, nb] = [Number(Number.isNaN(va)), Number(Number.isNaN(vb))];
            if (na + nb > 0) return na - nb || a - b;
            return (va === vb ? 0 : va < vb ? -direction : direction) || a - b;
          });
          expect([...argsort(values, rowsOf(list.length), direction)]).toEqual(expected);
        },
      ),
    );
  });
});

describe('arrange', () => {
  const all: Arrangement = {
    count: 4,
    mask: null,
    tests: [],
    ids: { numbers: [], columns: [] },
    by: null,
    direction: 1,
  };

  it('keeps the rows that pass mask, tests and numbers, in their order', () => {
    expect([...arrange(all)]).toEqual([0, 1, 2, 3]);
    expect([...arrange({ ...all, mask: Uint8Array.of(1, 0, 1, 1) })]).toEqual([0, 2, 3]);
    const test = { values: Float64Array.of(5, 1, Number.NaN, 9), operator: '>', value: 2, to: Number.NaN };
    expect([...arrange({ ...all, tests: [test] })]).toEqual([0, 3]);
    expect([...arrange({ ...all, tests: [{ ...test, operator: '=', value: 1, to: 5 }] })]).toEqual([0, 1]);
    const columns = [Float64Array.of(1, 2, 3, 4), Float64Array.of(9, 9, 1, 9)];
    expect([...arrange({ ...all, ids: { numbers: [1, 4], columns } })]).toEqual([0, 2, 3]);
  });

  it('sorts what it keeps', () => {
    const by = Float64Array.of(2, 7, 1, 2);
    expect([...arrange({ ...all, by, direction: -1 })]).toEqual([1, 0, 3, 2]);
    expect([...arrange({ ...all, by, mask: Uint8Array.of(1, 0, 1, 1) })]).toEqual([2, 0, 3]);
  });

  it('names each piece of memory once', () => {
    const by = new Float64Array(4);
    const test = { values: by, operator: '=', value: 0, to: Number.NaN };
    expect(transfersOf({ ...all, by, tests: [test] })).toEqual([by.buffer]);
  });
});

describe('rowsAbove', () => {
  it('is a row for a row’s height where the browser can hold all of them', () => {
    expect(heightOf(1000)).toBe(1000 * ROW);
    expect(rowsAbove(1000, 10 * ROW, 300)).toBeCloseTo(10, 9);
    expect(topOf(1000, 12, 10 * ROW, 300)).toBe(12 * ROW);
    expect(topOf(3, 2, 0, 300)).toBe(2 * ROW);
  });

  it('reaches the first and the last of many millions, and rows follow each other without a gap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2e7 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (count, part) => {
          const view = 312;
          const room = Math.max(0, heightOf(count) - view);
          expect(heightOf(count)).toBeLessThanOrEqual(8_000_000);
          expect(rowsAbove(count, 0, view)).toBe(0);
          expect(rowsAbove(count, room, view)).toBeCloseTo(Math.max(0, count - view / ROW), 3);
          const scrolled = part * room;
          const above = rowsAbove(count, scrolled, view);
          const place = Math.floor(above);
          const top = topOf(count, place, scrolled, view);
          expect(Math.abs(top - (scrolled - (above - place) * ROW))).toBeLessThan(0.51);
          expect(Math.abs(topOf(count, place + 1, scrolled, view) - top - ROW)).toBeLessThanOrEqual(1);
          expect(rowsAbove(count, scrollFor(count, above, view), view)).toBeCloseTo(above, 3);
        },
      ),
    );
  });
});
