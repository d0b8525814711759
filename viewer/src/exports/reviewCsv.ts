import type { EditEntry } from '../../../src/lineage/edits/types.ts';
import type { Dataset } from '../data/types.ts';
import type { ReviewItem } from '../review/items.ts';

const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Items of the review as a table: what, where, how doubtful, and what was decided. */
export function reviewCsv(
  data: Dataset,
  items: readonly ReviewItem[],
  stateOf: (item: ReviewItem) => string | null,
): string {
  const lines = items.map((item) =>
    [
      item.name,
      item.kind,
      data.nodes.t[item.node],
      data.nodes.tracklet[item.node],
      item.wrong.toFixed(4),
      item.alert ? 1 : 0,
      stateOf(item) ?? 'open',
    ].join(),
  );
  return `item,kind,frame,tracklet,doubt,impossible,state\n${lines.map((line) => `${line}\n`).join('')}`;
}

/** The edit log as a table, oldest first. */
export function editsCsv(entries: readonly EditEntry[]): string {
  const lines = entries.map(({ seq, at, by, kind, of, label, view }) =>
    [seq, at, cell(by), kind, of ?? '', cell(label), cell(view ?? '')].join(),
  );
  return `seq,at,by,kind,of,label,view\n${lines.map((line) => `${line}\n`).join('')}`;
}
