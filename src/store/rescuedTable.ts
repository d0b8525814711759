import { readFile } from 'node:fs/promises';
import { decodeColumns, encodeColumns } from '../codec/columns.ts';
import { writeFileAtomic } from '../codec/files.ts';
import { MorulaError, quoted } from '../errors/index.ts';
import type { Detections } from '../segment/types.ts';
import { layout } from './layout.ts';

const COLUMNS = ['t', 'label', 'z', 'y', 'x', 'size', 'radius', 'prob', 'border', 'intensity'] as const;

/** The rescued cells of a result; null where there are none. @throws `invalid-data` when the file is damaged */
export async function readRescued(folder: string): Promise<Detections | null> {
  const path = layout.rescued(folder);
  const bytes = await readFile(path).catch(() => null);
  if (bytes === null) return null;
  const { meta, columns } = decodeColumns(bytes, path, true);
  if (COLUMNS.some((name) => columns[name] === undefined))
    throw new MorulaError(
      'invalid-data',
      `store: ${path} is damaged; the command that mends it is named by: morula verify ${quoted(folder)}`,
    );
  return { ...meta, ...columns } as unknown as Detections;
}

/** Writes the rescued cells of a result, sorted by (t, label). */
export async function writeRescued(folder: string, detections: Detections): Promise<void> {
  const { count, ndim, nChannels } = detections;
  const columns = Object.fromEntries(COLUMNS.map((name) => [name, detections[name]]));
  const meta = { count, ndim, nChannels };
  await writeFileAtomic(layout.rescued(folder), encodeColumns({ meta, columns }));
}
