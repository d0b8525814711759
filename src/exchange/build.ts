import { MorulaError } from '../errors/index.ts';
import { createDetections, remapLinks, sortDetections } from '../lineage/index.ts';
import type { Links } from '../link/types.ts';
import type { Detections } from '../segment/types.ts';

/** Detections of `count` rows where nothing is known: NaN measures, no label, frame 0, origin. */
export function emptyDetections(count: number, ndim: 2 | 3, nChannels = 0): Detections {
  const table = createDetections(count, ndim, nChannels);
  for (const name of ['size', 'radius', 'prob', 'intensity'] as const) table[name].fill(Number.NaN);
  return table;
}

/** Links between `source` and `target` rows with unknown cost and prob. */
export function plainLinks(source: Int32Array, target: Int32Array): Links {
  const unknown = (): Float32Array => new Float32Array(source.length).fill(Number.NaN);
  return { count: source.length, source, target, cost: unknown(), prob: unknown() };
}

/** How a reader names things in its messages, and what it allows. */
export interface LinkRules {
  /** Start of every message: program part and file. */
  place: string;
  /** The file's name of detection `row` (before sorting), for messages: 'row 12 (id 7)', 'node 7'. */
  nameOf(row: number): string;
  /** See `ReadOptions.strict`. */
  strict: boolean;
}

/**
 * Refuses links that no lineage has: to itself, backward in time (a cycle always has such a link), twice, or into a
 * node that has a parent. Links inside one frame are left out, three daughters and more kept, both with a warning,
 * or refused where the rules are strict. O(n).
 */
function checkLinks(detections: Detections, links: Links, rules: LinkRules, warnings: string[]): Links {
  const { place, nameOf } = rules;
  const bad = (message: string): never => {
    throw new MorulaError('invalid-data', `${place}: ${message}`);
  };
  const { t, count } = detections;
  const parent = new Int32Array(count).fill(-1);
  const daughters = new Uint32Array(count);
  const kept: number[] = [];
  let inFrame = '';
  for (let k = 0; k < links.count; k++) {
    const u = links.source[k];
    const v = links.target[k];
    if (u === v) bad(`${nameOf(v)} must not be its own parent`);
    if (t[u] >= t[v]) {
      const message = `the parent of ${nameOf(v)} must lie in an earlier frame, ${nameOf(u)} is in ${t[u]}, not before ${t[v]}`;
      if (t[u] > t[v] || rules.strict) bad(message);
      inFrame ||= message;
      continue;
    }
    if (parent[v] === u) bad(`the link from ${nameOf(u)} to ${nameOf(v)} must be there once, found twice`);
    if (parent[v] >= 0) {
      bad(
        `${nameOf(v)} must have one parent at most, found ${nameOf(parent[v])} and ${nameOf(u)}; merges cannot be read`,
      );
    }
    parent[v] = u;
    daughters[u]++;
    kept.push(k);
  }
  for (let i = 0; i < count; i++) {
    if (daughters[i] <= 2) continue;
    const message = `${nameOf(i)} must have two daughters at most, found ${daughters[i]}`;
    if (rules.strict) bad(message);
    warnings.push(`${place}: ${message}`);
  }
  const left = links.count - kept.length;
  if (left === 0) return links;
  warnings.push(`${place}: ${inFrame}; ${left} such ${left === 1 ? 'link is' : 'links are'} left out`);
  return pickLinks(links, kept);
}

function pickLinks({ source, target, cost, prob }: Links, kept: readonly number[]): Links {
  return {
    count: kept.length,
    source: Int32Array.from(kept, (k) => source[k]),
    target: Int32Array.from(kept, (k) => target[k]),
    cost: Float32Array.from(kept, (k) => cost[k]),
    prob: Float32Array.from(kept, (k) => prob[k]),
  };
}

/** Detections and links as the house wants them: checked, sorted by (t, label) and (target, source). */
export function arrange(
  read: Detections,
  readLinks: Links,
  rules: LinkRules,
): { detections: Detections; links: Links; row: Int32Array; warnings: string[] } {
  const warnings: string[] = [];
  const links = checkLinks(read, readLinks, rules, warnings);
  const { detections, row } = sortDetections(read);
  return { detections, links: remapLinks(links, row), row, warnings };
}

/** `values` of the old rows, in the order of the new ones. */
export function reorder(values: ArrayLike<number>, row: Int32Array): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i++) out[row[i]] = values[i];
  return out;
}

/** Last frame plus one; 0 for no detections. */
export function countFrames({ t, count }: Detections): number {
  let last = -1;
  for (let i = 0; i < count; i++) if (t[i] > last) last = t[i];
  return last + 1;
}
