import { rm } from 'node:fs/promises';
import { writeFileAtomic } from '../codec/files.ts';
import { asStorageError } from '../errors/index.ts';
import type { Detections, LabelImage } from '../segment/types.ts';
import { readMarker, writeFiles } from './frames.ts';
import { encodeLabels, readLabels } from './labels.ts';
import { layout } from './layout.ts';
import { readRescued, writeRescued } from './rescuedTable.ts';
import { sealMarker } from './sealed.ts';
import type { FrameMarker, RunFile } from './types.ts';

/**
 * Candidates below the threshold that the linker made cells, sorted by (t, label), with their pixels: runs of
 * `[z, y, x, length]`, none on another object.
 */
export interface Rescued {
  detections: Detections;
  runs: number[][];
}

/** A frame's label image as it was segmented: without the rescued cells, whose labels are the highest. */
export function withoutRescued(image: LabelImage, { count, rescued }: FrameMarker): LabelImage {
  if (rescued === undefined) return image;
  return { data: image.data.map((label) => (label > count ? 0 : label)), shape: image.shape };
}

/** Draws runs of pixels in place, on background only. */
export function drawRuns({ data, shape }: LabelImage, runs: readonly number[], label: number): void {
  const [height, width] = shape.slice(-2) as [number, number];
  for (let r = 0; r < runs.length; r += 4) {
    const at = (runs[r] * height + runs[r + 1]) * width + runs[r + 2];
    for (let i = at; i < at + runs[r + 3]; i++) if (data[i] === 0) data[i] = label;
  }
}

/**
 * Makes the label images and the table of rescued cells what they shall be: what an earlier linking drew goes, what this
 * one rescued comes. The frame's marker keeps what the segmentation wrote, so that a frame whose rescued cells go has
 * its first bytes again. Comes after the link stage is declared not done, and before its files are written.
 */
export async function commitRescued(folder: string, run: RunFile, rescued: Rescued | null): Promise<void> {
  try {
    await rm(layout.rescued(folder), { force: true });
  } catch (error) {
    throw asStorageError('store', layout.rescued(folder), error);
  }
  const { t, label } = rescued?.detections ?? { t: new Int32Array(0), label: new Uint32Array(0) };
  for (let frame = 0, row = 0; frame < run.movie.nFrames; frame++) {
    const from = row;
    while (row < t.length && t[row] === frame) row++;
    const marker = await readMarker(folder, run.segmentKey, frame);
    if (marker === null || (from === row && marker.rescued === undefined)) continue;
    const image = withoutRescued(await readLabels(folder, frame), marker);
    const drawn = { data: image.data.slice(), shape: image.shape };
    for (let k = from; k < row; k++) drawRuns(drawn, rescued?.runs[k] ?? [], label[k]);
    await commitDrawn(folder, frame, marker, drawn, row - from);
  }
  if (rescued !== null) await writeRescued(folder, rescued.detections);
}

/** True when every frame has the rescued cells drawn that the table lists: one that was segmented anew since has none. */
export async function rescuedStand(folder: string, markers: readonly FrameMarker[]): Promise<boolean> {
  const listed = new Uint32Array(markers.length);
  for (const t of (await readRescued(folder))?.t ?? []) listed[t]++;
  return markers.every(({ rescued = 0 }, t) => rescued === listed[t]);
}

/** Writes a frame's label image anew, then its marker. */
async function commitDrawn(
  folder: string,
  t: number,
  marker: FrameMarker,
  image: LabelImage,
  count: number,
): Promise<void> {
  const written = await writeFiles(folder, await encodeLabels(folder, t, image));
  const { rescued: _, segmented: before, ...rest } = marker;
  const segmented = before ?? marker.outputs;
  const now = new Map(written.map((output) => [output.path, output]));
  const outputs = marker.outputs.map((output) => now.get(output.path) ?? output);
  const whole = { ...rest, outputs, ...(count === 0 ? {} : { rescued: count, segmented }) };
  await writeFileAtomic(layout.frameMarker(folder, t), sealMarker(whole));
}
