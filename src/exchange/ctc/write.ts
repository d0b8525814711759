import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NdArray } from '../../array/index.ts';
import { writeFileAtomic } from '../../codec/files.ts';
import { encodeTiff } from '../../codec/tiff/index.ts';
import { MorulaError } from '../../errors/index.ts';
import type { Lineage } from '../../lineage/types.ts';
import type { LabelImage } from '../../segment/types.ts';
import { countFrames } from '../build.ts';
import { namesIn } from '../input.ts';
import { markNotes } from '../marks.ts';
import { measureNotes, scaleNotes } from '../shortfalls.ts';
import type { ExportContext, Exported } from '../types.ts';
import { between, cutObject, type ObjectMask, paintObject } from './fill.ts';
import { markInterpolated } from './interpolated.ts';
import { digitsFor, frameName } from './layout.ts';
import { planesOf } from './masks.ts';
import { cutTracks, type Gap, type Pieces } from './pieces.ts';
import { formatTracks } from './trackFile.ts';

/** Frames of labels kept while gaps are filled: neighbours are asked for again and again. */
const KEPT_FRAMES = 4;

/** `read` with its last few frames kept. */
function keepFrames(read: (t: number) => Promise<LabelImage>): (t: number) => Promise<LabelImage> {
  const kept = new Map<number, Promise<LabelImage>>();
  return (t) => {
    const found = kept.get(t);
    if (found) return found;
    const frame = read(t);
    kept.set(t, frame);
    if (kept.size > KEPT_FRAMES) for (const oldest of [...kept.keys()].slice(0, 1)) kept.delete(oldest);
    return frame;
  };
}

/** A gap with the masks at its two ends, cut out when the gap is met. */
interface OpenGap extends Gap {
  from: ObjectMask;
  to: ObjectMask;
}

/** Label image to track ids; every node of the frame must be seen, labels of no node become background. */
function relabel(
  frame: LabelImage,
  lineage: Lineage,
  pieces: Pieces,
  rows: [number, number],
  t: number,
): NdArray<Uint16Array> {
  const { label } = lineage.detections;
  const [begin, end] = rows;
  const largest = begin === end ? 0 : label[end - 1];
  const idOf = new Uint16Array(largest + 1);
  const pending = new Set<number>();
  for (let i = begin; i < end; i++) {
    if (label[i] === 0) {
      const message = `ctc: every detection must have a label, row ${i} of frame ${t} has none; the format holds masks only`;
      throw new MorulaError('unsupported', message);
    }
    idOf[label[i]] = pieces.idOf[i];
    pending.add(label[i]);
  }
  const out = new Uint16Array(frame.data.length);
  let previous = 0;
  for (let k = 0; k < out.length; k++) {
    const value = frame.data[k];
    if (value === 0 || value > largest) continue;
    out[k] = idOf[value];
    if (value === previous) continue;
    previous = value;
    pending.delete(value);
  }
  for (const missing of pending) {
    throw new MorulaError(
      'invalid-data',
      `ctc: frame ${t} must show label ${missing}, it has no pixel in the label image`,
    );
  }
  return { data: out, shape: frame.shape };
}

/** Fills the gaps that frame `t` lies in. */
function fillGaps(frame: NdArray<Uint16Array>, t: number, open: OpenGap[], lineage: Lineage): void {
  const at = lineage.detections.t;
  for (const gap of open) {
    const t0 = at[gap.source];
    const t1 = at[gap.target];
    const mask = t - t0 <= t1 - t ? gap.from : gap.to;
    if (paintObject(frame, mask, between(gap.from.centre, gap.to.centre, t0, t1, t), gap.id) > 0) continue;
    const message = `ctc: frame ${t} has no background left to interpolate track ${gap.id}; split the tracks at gaps`;
    throw new MorulaError('unsupported', message);
  }
}

/** Removes masks and track file of an earlier export, so that none of them mixes with this one. */
async function clearFolder(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (/^(mask\d+\.tif|res_track\.txt)$/.test(name)) await rm(join(folder, name));
  }
}

/**
 * Writes a result folder of the Cell Tracking Challenge: `mask000.tif` (uint16, deflate, four digits above a thousand
 * frames) frame by frame, then `res_track.txt`. Ids are tracklet numbers.
 *
 * Gaps inside a track cannot be written: masks are interpolated there (centre on the line between both ends, the
 * nearer end's mask, on background only) and marked as such, see `markInterpolated`, or the track is split; both are
 * counted in the notes.
 *
 * @throws `unsupported` without label images, above 65,535 tracks, or for detections without a label
 */
export async function writeCtc(folder: string, lineage: Lineage, context: ExportContext): Promise<Exported> {
  if (!context.labelImage) {
    throw new MorulaError(
      'unsupported',
      'ctc: the format holds masks, these tracks have no label images; export geff or csv',
    );
  }
  const rule = context.gaps ?? 'interpolate';
  const pieces = cutTracks(lineage, rule);
  const { detections } = lineage;
  const nFrames = context.nFrames ?? countFrames(detections);
  const labelImage = keepFrames(context.labelImage);
  const digits = digitsFor(nFrames);
  await clearFolder(folder);

  const paths: string[] = [];
  let open: OpenGap[] = [];
  const filled: [frame: number, label: number][] = [];
  let row = 0;
  let next = 0;
  const gaps = [...pieces.gaps].sort((a, b) => a.source - b.source);
  for (let t = 0; t < nFrames; t++) {
    context.signal?.throwIfAborted();
    const begin = row;
    while (row < detections.count && detections.t[row] === t) row++;
    const source = await labelImage(t);
    const frame = relabel(source, lineage, pieces, [begin, row], t);
    open = open.filter((gap) => detections.t[gap.target] > t);
    fillGaps(frame, t, open, lineage);
    filled.push(...open.map(({ id }): [number, number] => [t, id]));
    for (; next < gaps.length && gaps[next].source < row; next++) {
      const { target, source: from } = gaps[next];
      const later = await labelImage(detections.t[target]);
      open.push({
        ...gaps[next],
        from: cutObject(source, detections.label[from], t),
        to: cutObject(later, detections.label[target], detections.t[target]),
      });
    }
    const path = join(folder, frameName('mask', t, digits));
    await writeFileAtomic(path, encodeTiff(planesOf(frame), { compression: 'deflate' }));
    paths.push(path);
    context.onProgress?.((t + 1) / nFrames);
  }
  const trackFile = join(folder, 'res_track.txt');
  await writeFileAtomic(trackFile, formatTracks(pieces.tracks));
  const marked = await markInterpolated(folder, filled);
  return {
    paths: [...paths, trackFile, ...marked],
    notes: [
      ...notesOf(pieces, filled.length),
      ...scaleNotes('ctc', context, detections, 'pixels'),
      ...measureNotes('ctc', lineage, ['label', 'radius', 'size']),
      ...markNotes('ctc', context.marks, []),
    ],
  };
}

function notesOf(pieces: Pieces, filled: number): string[] {
  const notes: string[] = [];
  if (filled > 0) {
    const gaps = pieces.gaps.length;
    notes.push(
      `ctc: interpolated masks: ${filled}, in gaps: ${gaps}; the format holds no gap inside a track, interpolated.csv lists them`,
    );
  }
  if (pieces.nSplit > 0) {
    notes.push(`ctc: tracks split at gaps: ${pieces.nSplit}; each rest is the only child of the part before`);
  }
  return notes;
}
