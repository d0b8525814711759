import { stat } from 'node:fs/promises';
import { type Exported, writeTracks } from '../exchange/index.ts';
import { layout, loadResult, openResult, readFindings } from '../store/index.ts';
import { lineageContext } from './context.ts';
import type { Hooks } from './progress.ts';

/**
 * Writes a result in a format of `exchange`.
 *
 * @param path file or folder to write; undefined = the format's usual name in the working folder
 */
export async function exportResult(
  folder: string,
  format: string,
  path: string | undefined,
  gaps: 'interpolate' | 'split',
  hooks: Hooks = {},
): Promise<Exported> {
  const run = await openResult(folder);
  const { lineage, marks, labels, notes, history } = await loadResult(folder, run);
  // What the linker said is about its own rows and links.
  const { certainty } = history.entries.length === 0 ? await readFindings(folder) : { certainty: null };
  const total = run.movie.nFrames;
  const original = layout.original(folder);
  const isKept = (await stat(original).catch(() => null)) !== null;
  const context = {
    ...lineageContext(folder, run, labels),
    gaps,
    marks,
    ...(certainty === null ? {} : { certainty }),
    ...(isKept ? { original } : {}),
    onProgress: (done: number) =>
      hooks.onProgress?.({ stage: 'writing', done: Math.round(done * total), total, unit: 'frames' }),
    ...(hooks.signal === undefined ? {} : { signal: hooks.signal }),
  };
  const written = await writeTracks(format, lineage, context, path);
  return { ...written, notes: [...notes, ...written.notes] };
}
