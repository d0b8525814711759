import type { Dataset } from './types.ts';

/** A node's stable name: `frame.label`, or `frame~place` where it has no label of its own. */
export function nodeRef(data: Dataset, node: number): string {
  const { t, label, place } = data.nodes;
  const frame = t[node]!;
  return label[node]! > 0
    ? `${frame}.${label[node]}`
    : `${frame}~${place?.[node] ?? node - data.frameStart[frame]!}`;
}

/** The node of a name, or -1. */
export function findNode(data: Dataset, ref: string): number {
  const match = /^(\d+)([.~])(\d+)$/.exec(ref);
  if (match === null) return -1;
  const frame = Number(match[1]);
  const value = Number(match[3]);
  if (frame >= data.nFrames) return -1;
  const [first, end] = [data.frameStart[frame]!, data.frameStart[frame + 1]!];
  const { label, place } = data.nodes;
  if (match[2] === '~' && place === undefined) return first + value < end ? first + value : -1;
  const column = match[2] === '~' ? place! : label;
  for (let i = first; i < end; i++) if (column[i] === value) return i;
  return -1;
}

/**
 * The detection that is nearest to where one of a name was that is no more: in its frame, or in the nearest frame that
 * holds detections. -1 = there is none, or the name is none.
 *
 * @param place `[x, y, z]` micrometres; without it the first of the frame
 */
export function nearestTo(data: Dataset, ref: string, place: readonly number[] | undefined): number {
  const match = /^(\d+)[.~]/.exec(ref);
  if (match === null || data.nodes.count === 0) return -1;
  const { nodes, frameStart, nFrames } = data;
  const wanted = Math.min(Number(match[1]), nFrames - 1);
  for (let away = 0; away < nFrames; away++) {
    for (const t of [wanted - away, wanted + away]) {
      if (t < 0 || t >= nFrames || frameStart[t] === frameStart[t + 1]) continue;
      if (place === undefined) return frameStart[t]!;
      const [x = 0, y = 0, z = 0] = place;
      let best = frameStart[t]!;
      const far = (i: number): number => Math.hypot(nodes.x[i]! - x, nodes.y[i]! - y, nodes.z[i]! - z);
      for (let i = best + 1; i < frameStart[t + 1]!; i++) if (far(i) < far(best)) best = i;
      return best;
    }
  }
  return -1;
}
