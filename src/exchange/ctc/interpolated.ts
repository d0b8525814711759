import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../codec/files.ts';
import type { LabelImage } from '../../segment/types.ts';
import { tableBlocks } from '../csv.ts';
import { kindOf } from '../input.ts';
import { readNumberTable } from '../numberTable.ts';

/** Beside the track file: the masks that nobody saw, which an export put into gaps; one row a mask. */
const NAME = 'interpolated.csv';

/** Labels by frame. */
export type Interpolated = ReadonlyMap<number, ReadonlySet<number>>;

/**
 * Marks masks as interpolated, or takes such marks of an earlier export away where there are none. Programs of the
 * challenge pass the file over; `readCtc` gives the gaps back.
 *
 * @param masks pairs of (frame, label)
 * @returns paths of the files written
 */
export async function markInterpolated(
  folder: string,
  masks: readonly (readonly [frame: number, label: number])[],
): Promise<string[]> {
  const path = join(folder, NAME);
  if (masks.length === 0) {
    await rm(path, { force: true });
    return [];
  }
  await writeFileAtomic(path, ...tableBlocks(['frame', 'label'], masks.length, (i) => masks[i].join(',')));
  return [path];
}

/** The masks of a folder that are marked as interpolated. @throws `invalid-data` that names the row */
export async function readInterpolated(folder: string): Promise<Interpolated> {
  const marked = new Map<number, Set<number>>();
  const path = join(folder, NAME);
  if ((await kindOf(path)) !== 'file') return marked;
  const { count, values } = await readNumberTable(path, {
    format: 'ctc',
    columns: { frame: ['frame'], label: ['label'] },
    required: ['frame', 'label'],
    whole: ['label'],
    finite: [],
    frame: 'frame',
  });
  for (let i = 0; i < count; i++) {
    const labels = marked.get(values.frame[i]) ?? new Set<number>();
    marked.set(values.frame[i], labels.add(values.label[i]));
  }
  return marked;
}

/** The frame without some of its labels; the frame itself where none is to go. */
export function withoutLabels(frame: LabelImage, labels: ReadonlySet<number> | undefined): LabelImage {
  if (labels === undefined) return frame;
  return { ...frame, data: frame.data.map((label) => (labels.has(label) ? 0 : label)) };
}
