import type { EditEntry } from '../../../src/lineage/edits/types.ts';
import type { Info } from '../data/types.ts';
import type { Marks } from '../edits/marks.ts';

/** A person's work on a result as one file: whose result it is, every edit, the bookmarks, and the view. */
export function sessionFile(
  { run }: Info,
  entries: readonly EditEntry[],
  { bookmarks }: Pick<Marks, 'bookmarks'>,
  view: string,
): string {
  const session = {
    format: 'morula-session',
    version: 1,
    morula: run.morula,
    movie: run.movie.name,
    fingerprint: run.movie.fingerprint,
    segmentKey: run.segmentKey,
    view: view.replace(/^#/, ''),
    bookmarks: Object.fromEntries(bookmarks),
    edits: entries,
  };
  return `${JSON.stringify(session, null, 1)}\n`;
}
