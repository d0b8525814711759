import { MorulaError } from '../errors/index.ts';

/** Rows of a file that refer to each other by id. */
export interface IdRows {
  place: string;
  ids: ArrayLike<number>;
  /** The file's name of a row, for messages: 'row 12 (id 7)'. */
  nameOf(row: number): string;
}

/** Row of every id. @throws `invalid-data` for an id that is there twice */
export function indexIds({ place, ids, nameOf }: IdRows): Map<number, number> {
  const rowOf = new Map<number, number>();
  for (let i = 0; i < ids.length; i++) {
    const before = rowOf.get(ids[i]);
    if (before !== undefined) {
      const message = `${nameOf(i)}: id ${ids[i]} must be there once, ${nameOf(before)} has it too`;
      throw new MorulaError('invalid-data', `${place}: ${message}`);
    }
    rowOf.set(ids[i], i);
  }
  return rowOf;
}

/**
 * Links from a column of parents' ids; -1 and NaN mean none.
 *
 * @throws `invalid-data` that names the row: an id there twice, a parent that is the id of no row
 */
export function linkParents(
  rows: IdRows,
  parents: ArrayLike<number>,
): { source: Int32Array; target: Int32Array } {
  const rowOf = indexIds(rows);
  const source: number[] = [];
  const target: number[] = [];
  for (let i = 0; i < parents.length; i++) {
    if (parents[i] === -1 || Number.isNaN(parents[i])) continue;
    const at = rowOf.get(parents[i]);
    if (at === undefined) {
      const message = `${rows.nameOf(i)}: parent ${parents[i]} must be the id of a row, there is none; -1 means no parent`;
      throw new MorulaError('invalid-data', `${rows.place}: ${message}`);
    }
    source.push(at);
    target.push(i);
  }
  return { source: Int32Array.from(source), target: Int32Array.from(target) };
}
