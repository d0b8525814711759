import { join } from 'node:path';
import { writeFileAtomic } from '../codec/files.ts';
import type { Lineage } from '../lineage/types.ts';
import { tableBlocks } from './csv.ts';
import { countsOf, divisionsOf, nodesOf, type Table, type TableScale, trackletsOf } from './tableColumns.ts';
import type { Exported } from './types.ts';

/** A table as blocks of text, header first. */
function blocksOf({ count, columns }: Table): string[] {
  const [first, ...others] = columns;
  const header = columns.map(({ name }) => name);
  return tableBlocks(header, count, (i) => {
    let row = first.text(i);
    for (const { text } of others) row += `,${text(i)}`;
    return row;
  });
}

/** `nodes.csv`, see `nodesOf`. */
export const nodeTable = (lineage: Lineage, scale: TableScale): string[] => blocksOf(nodesOf(lineage, scale));

/** `tracklets.csv`, see `trackletsOf`. */
export const trackletTable = (lineage: Lineage, scale: TableScale): string[] =>
  blocksOf(trackletsOf(lineage, scale));

/** `divisions.csv`, see `divisionsOf`. */
export const divisionTable = (lineage: Lineage, scale: TableScale): string[] =>
  blocksOf(divisionsOf(lineage, scale));

/** `counts.csv`, see `countsOf`. */
export const countTable = (lineage: Lineage, scale: TableScale): string[] =>
  blocksOf(countsOf(lineage, scale));

/** The four tables, in the order in which they are written and explained. */
export function tablesOf(lineage: Lineage, scale: TableScale): Table[] {
  return [nodesOf, trackletsOf, divisionsOf, countsOf].map((table) => table(lineage, scale));
}

/** Writes the four tables into `folder`, each whole or not at all. */
export async function writeTables(folder: string, lineage: Lineage, scale: TableScale): Promise<Exported> {
  const paths: string[] = [];
  for (const table of tablesOf(lineage, scale)) {
    const path = join(folder, table.file);
    await writeFileAtomic(path, ...blocksOf(table));
    paths.push(path);
  }
  return { paths, notes: [] };
}
