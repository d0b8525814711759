import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrange } from '../../viewer/src/data/arrange/arrange.ts';
import { parseFilter } from '../../viewer/src/filter/terms.ts';
import type { TableModel } from '../../viewer/src/tables/columns.ts';
import { arrangementOf, toCsv } from '../../viewer/src/views/side/rows.ts';

/** A table of literal rows: track, lineage, duration. */
function model(rows: number[][]): TableModel {
  const column = (key: string, k: number) => ({
    key,
    title: key,
    hint: '',
    width: 50,
    value: (row: number) => rows[row]![k]!,
    text: String,
  });
  return {
    name: 'tracks',
    count: rows.length,
    columns: [column('tracklet', 0), column('lineage', 1), column('duration', 2)],
    nodeOf: (row) => row,
    rowOf: (node) => node,
  };
}

const arrangeRows = (...args: Parameters<typeof arrangementOf>): Int32Array =>
  arrange(arrangementOf(...args));

const TABLE = model([
  [1, 1, 5],
  [2, 1, Number.NaN],
  [3, 2, 9],
  [4, 3, 5],
]);
const rows = (filter: string, sortBy = 'tracklet', direction: 1 | -1 = 1): number[] => [
  ...arrangeRows(TABLE, parseFilter(filter, TABLE.columns), sortBy, direction),
];

describe('arrangementOf', () => {
  it('matches a bare number with the first two columns', () => {
    expect(rows('1')).toEqual([0, 1]);
    expect(rows('3')).toEqual([2, 3]);
    expect(rows('2, 4')).toEqual([1, 2, 3]);
  });

  it('compares columns, whose names may be shortened', () => {
    expect(rows('duration > 5')).toEqual([2]);
    expect(rows('dur>=5 lin=1')).toEqual([0]);
    expect(rows('dur!=5')).toEqual([1, 2]);
  });

  it('sorts both ways with rows without a number last, equal ones by row', () => {
    expect(rows('', 'duration', 1)).toEqual([0, 3, 2, 1]);
    expect(rows('', 'duration', -1)).toEqual([2, 0, 3, 1]);
  });

  it('equals sorting a plain array', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1 }), (values) => {
        const table = model(values.map((v, k) => [k, 0, v]));
        const sorted = [...arrangeRows(table, parseFilter('', table.columns), 'duration', 1)];
        const expected = values
          .map((v, k) => ({ v, k }))
          .sort((a, b) => a.v - b.v || a.k - b.k)
          .map(({ k }) => k);
        expect(sorted).toEqual(expected);
      }),
    );
  });
});

describe('parseFilter', () => {
  it('names the term that it cannot read', () => {
    expect(parseFilter('speeed>3', TABLE.columns).problem).toContain('"speeed>3"');
    expect(parseFilter('duration>3', TABLE.columns).problem).toBe('');
  });
});

describe('toCsv', () => {
  it('writes the rows given, empty where there is no number', () => {
    expect(toCsv(TABLE, Int32Array.of(2, 1))).toBe('tracklet,lineage,duration\n3,2,9\n2,1,\n');
  });
});

describe('a column of words', () => {
  const names = ['ABp', '', 'ABa', '=cmd', 'a "b", c'];
  const table = model(names.map((_, k) => [k + 1, 1, 0]));
  const named: TableModel = {
    ...table,
    columns: [
      ...table.columns,
      {
        key: 'name',
        title: 'name',
        hint: '',
        width: 50,
        value: () => Number.NaN,
        text: String,
        word: (k) => names[k]!,
      },
    ],
  };
  const find = (filter: string, sortBy = 'tracklet', direction: 1 | -1 = 1): number[] => [
    ...arrangeRows(named, parseFilter(filter, named.columns), sortBy, direction),
  ];

  it('is searched by parts of words, beside numbers and comparisons', () => {
    expect(find('ab')).toEqual([0, 2]);
    expect(find('ab, 3')).toEqual([2]);
    expect(find('abx')).toEqual([]);
    expect(parseFilter('abx', TABLE.columns).problem).toContain('abx');
  });

  it('is sorted as words, rows without one last', () => {
    expect(find('ab', 'name')).toEqual([2, 0]);
    expect(find('', 'name', 1).at(-1)).toBe(1);
    expect(find('', 'name', -1).at(-1)).toBe(1);
  });

  it('is quoted in CSV, and begins no formula', () => {
    const lines = toCsv(named, Int32Array.of(2, 3, 4))
      .trim()
      .split('\n');
    expect(lines).toEqual([
      'tracklet,lineage,duration,name',
      '3,1,0,ABa',
      "4,1,0,'=cmd",
      '5,1,0,"a ""b"", c"',
    ]);
  });
});
