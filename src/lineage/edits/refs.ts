import type { Detections } from '../../segment/types.ts';
import type { NodeRef } from './types.ts';

/** A frame and what tells its detections apart: a label from 1, or a place from 0. */
export interface ParsedRef {
  t: number;
  label: number;
  place: number;
}

/** What a reference says, or null where it is none; `label` is 0 where there is a place, `place` -1 where a label. */
export function parseRef(ref: NodeRef): ParsedRef | null {
  const match = /^(0|[1-9]\d{0,8})([.~])(0|[1-9]\d{0,9})$/.exec(ref);
  if (match === null) return null;
  const value = Number(match[3]);
  if (match[2] === '~') return { t: Number(match[1]), label: 0, place: value };
  return value === 0 ? null : { t: Number(match[1]), label: value, place: -1 };
}

/** Reference of a labelled detection, or of the one at `place` where the label is 0. */
export function makeRef(t: number, label: number, place: number): NodeRef {
  return label > 0 ? `${t}.${label}` : `${t}~${place}`;
}

/** First row of every frame and, last, the number of rows: frame t holds `[start[t], start[t + 1])`. */
export function frameStarts({ count, t }: Pick<Detections, 'count' | 't'>): Int32Array {
  const nFrames = count === 0 ? 0 : t[count - 1] + 1;
  const start = new Int32Array(nFrames + 1);
  for (let i = 0; i < count; i++) start[t[i] + 1]++;
  for (let f = 0; f < nFrames; f++) start[f + 1] += start[f];
  return start;
}

/** Reference of a row. */
export function refOfRow({ t, label }: Detections, start: Int32Array, row: number): NodeRef {
  return makeRef(t[row], label[row], row - start[t[row]]);
}

/** Row of a reference, or -1; rows are sorted by (t, label). */
export function rowOfRef(detections: Detections, start: Int32Array, ref: NodeRef): number {
  const parsed = parseRef(ref);
  if (parsed === null || parsed.t + 1 >= start.length) return -1;
  const [first, end] = [start[parsed.t], start[parsed.t + 1]];
  const { label } = detections;
  if (parsed.place >= 0) {
    const row = first + parsed.place;
    return row < end && label[row] === 0 ? row : -1;
  }
  let [low, high] = [first, end];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (label[middle] < parsed.label) low = middle + 1;
    else high = middle;
  }
  return low < end && label[low] === parsed.label ? low : -1;
}
