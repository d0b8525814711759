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
