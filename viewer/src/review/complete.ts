import type { Certainty } from '../data/certainty.ts';
import type { Dataset } from '../data/types.ts';
import { targetsOf, weighedBy } from './alternatives.ts';
import { successors } from './events.ts';

/** A link to be made: source and target rows. */
export type Link = readonly [source: number, target: number];

/** A completion fainter than this is not offered. */
const LEAST = 0.1;

/**
 * Links that go with an explanation: where `source` takes a cell from another source, or lets go of one, those two are
 * left over, and as a rule belong together (two cells were mixed up). A cell that is left over gets the source that the
 * linker thought likeliest for it among those that are free then, unless it rather thought that the cell begins; a
 * source that is left over likewise.
 */
export function consequences(
  { nodes, ...data }: Dataset,
  certainty: Certainty,
  source: number,
  targets: readonly number[],
): Link[] {
  const { parent, childA, childB } = nodes;
  const dropped =
    source < 0 ? [] : successors({ nodes, ...data }, source).filter((v) => !targets.includes(v));
  const left = new Set<number>();
  for (const v of targets) {
    const p = parent[v]!;
    if (p >= 0 && p !== source && childB[p]! < 0) left.add(p);
  }
  if (dropped.length + left.size === 0) return [];
  const weighed = weighedBy(certainty);
  const made: Link[] = [];
  for (const v of dropped) {
    const from = best(certainty, weighed.into(v), certainty.begins[v]!, (k) => {
      const u = certainty.source[k]!;
      const free = left.has(u) || (childA[u]! < 0 && !made.some(([s]) => s === u));
      return u !== source && free && targetsOf(certainty, k).length === 1;
    });
    if (from < 0) continue;
    made.push([certainty.source[from]!, v]);
    left.delete(certainty.source[from]!);
  }
  for (const u of left) {
    const to = best(certainty, weighed.from(u), certainty.ends[u]!, (k) => {
      const all = targetsOf(certainty, k);
      return (
        all.length > 0 &&
        all.every((v) => parent[v]! < 0 && !targets.includes(v) && !made.some(([, w]) => w === v))
      );
    });
    if (to >= 0) for (const v of targetsOf(certainty, to)) made.push([u, v]);
  }
  return made;
}

/** The likeliest alternative that fits and is likelier than `other` (NaN = not known), or -1. */
function best(
  { prob }: Certainty,
  rows: readonly number[],
  other: number,
  fits: (k: number) => boolean,
): number {
  let found = -1;
  for (const k of rows) {
    if (prob[k]! < LEAST || prob[k]! < other || !fits(k)) continue;
    if (found < 0 || prob[k]! > prob[found]!) found = k;
  }
  return found;
}
