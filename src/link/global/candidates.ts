import type { Detections } from '../../segment/types.ts';
import { buildGrid, findNearestFew } from '../grid.ts';
import type { Motion } from '../motion/types.ts';
import type { Candidates } from './types.ts';

/** Nearest targets that a cell may go to, and nearest sources that it may come from. */
export interface Reach {
  targets: number;
  sources: number;
  /** By source frame: micrometres after compensation. */
  radius: Float64Array;
  divisions: boolean;
}

/** Edges as plain lists, any order, no edge twice. */
interface EdgeList {
  source: number[];
  target: number[];
}

/** Edges from every frame to the next: the nearest targets of each source, the nearest sources of each target. */
function nearEdges(
  detections: Detections,
  offsets: Int32Array,
  motion: Motion,
  { targets, sources, radius }: Reach,
  included: (t: number) => boolean,
): EdgeList {
  const edges: EdgeList = { source: [], target: [] };
  const { z, y, x } = detections;
  for (let t = 0; t + 2 < offsets.length; t++) {
    if (!included(t)) continue;
    const [from, to, end] = [offsets[t], offsets[t + 1], offsets[t + 2]];
    const next = buildGrid(detections, to, end);
    const back = buildGrid(motion, from, to);
    const seen = new Set<number>();
    const add = (u: number, v: number): void => {
      const key = (u - from) * (end - to) + (v - to);
      if (seen.has(key)) return;
      seen.add(key);
      edges.source.push(u);
      edges.target.push(v);
    };
    for (let u = from; u < to; u++) {
      const at = [motion.z[u], motion.y[u], motion.x[u]] as const;
      for (const v of findNearestFew(detections, next, at, targets, radius[t]).rows) add(u, v);
    }
    for (let v = to; v < end; v++) {
      for (const u of findNearestFew(motion, back, [z[v], y[v], x[v]], sources, radius[t]).rows) add(u, v);
    }
  }
  return edges;
}

/** Counting sort of keys in [0, n): order, and where each key's run starts. */
function group(keys: ArrayLike<number>, n: number): { start: Int32Array; order: Int32Array } {
  const start = new Int32Array(n + 1);
  for (let i = 0; i < keys.length; i++) start[keys[i] + 1]++;
  for (let k = 0; k < n; k++) start[k + 1] += start[k];
  const next = start.slice();
  const order = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i++) order[next[keys[i]]++] = i;
  return { start, order };
}

/** Candidates of given edges, with every pair of edges of a source that `accept` lets through. */
export function buildCandidates(
  count: number,
  edges: { source: ArrayLike<number>; target: ArrayLike<number> },
  accept: (source: number, a: number, b: number) => boolean,
): Candidates {
  const byTarget = group(edges.target, count);
  const sourceOf = Int32Array.from(byTarget.order, (k) => edges.source[k]);
  const bySource = group(sourceOf, count);
  const order = bySource.order.map((k) => byTarget.order[k]);
  const source = order.map((k) => edges.source[k]);
  const target = order.map((k) => edges.target[k]);
  const edgeStart = bySource.start;
  const pairA: number[] = [];
  const pairB: number[] = [];
  const pairStart = new Int32Array(count + 1);
  for (let u = 0; u < count; u++) {
    for (let a = edgeStart[u]; a < edgeStart[u + 1]; a++) {
      for (let b = a + 1; b < edgeStart[u + 1]; b++) {
        if (!accept(u, target[a], target[b])) continue;
        pairA.push(a);
        pairB.push(b);
      }
    }
    pairStart[u + 1] = pairA.length;
  }
  const incoming = group(target, count);
  return {
    count,
    nEdges: source.length,
    source,
    target,
    edgeStart,
    inStart: incoming.start,
    inEdge: incoming.order,
    nPairs: pairA.length,
    pairA: Int32Array.from(pairA),
    pairB: Int32Array.from(pairB),
    pairStart,
  };
}

/** Daughters' middle at most this share of the reach from where the parent was expected. */
const MIDDLE = 0.7;

/** Edges that are candidates however long, and sources any two of whose candidates may be daughters. */
export interface Demanded {
  edges: readonly (readonly [number, number])[];
  sources: ReadonlySet<number>;
}

const NONE: Demanded = { edges: [], sources: new Set() };

/** Everything that may happen between the included frames and their next ones. */
export function findCandidates(
  detections: Detections,
  offsets: Int32Array,
  motion: Motion,
  reach: Reach,
  included: (t: number) => boolean,
  demanded: Demanded = NONE,
): Candidates {
  const edges = nearEdges(detections, offsets, motion, reach, included);
  const { t, z, y, x } = detections;
  const known = new Set(
    demanded.edges.length > 0 ? edges.source.map((u, k) => `${u} ${edges.target[k]}`) : [],
  );
  for (const [u, v] of demanded.edges) {
    if (!included(t[u]) || known.has(`${u} ${v}`)) continue;
    edges.source.push(u);
    edges.target.push(v);
  }
  return buildCandidates(detections.count, edges, (u, v, w) => {
    if (!reach.divisions || demanded.sources.has(u)) return demanded.sources.has(u);
    const dz = (z[v] + z[w]) / 2 - motion.z[u];
    const dy = (y[v] + y[w]) / 2 - motion.y[u];
    const dx = (x[v] + x[w]) / 2 - motion.x[u];
    return dz * dz + dy * dy + dx * dx < (MIDDLE * reach.radius[t[u]]) ** 2;
  });
}

/** The candidates with only those divisions that `keep` lets through, and their old numbers. */
export function withPairs(
  candidates: Candidates,
  keep: (pair: number) => boolean,
): { candidates: Candidates; kept: Int32Array } {
  const { count, pairStart, pairA, pairB } = candidates;
  const kept: number[] = [];
  const start = new Int32Array(count + 1);
  for (let u = 0; u < count; u++) {
    for (let p = pairStart[u]; p < pairStart[u + 1]; p++) if (keep(p)) kept.push(p);
    start[u + 1] = kept.length;
  }
  const rows = Int32Array.from(kept);
  return {
    candidates: {
      ...candidates,
      nPairs: rows.length,
      pairA: rows.map((p) => pairA[p]),
      pairB: rows.map((p) => pairB[p]),
      pairStart: start,
    },
    kept: rows,
  };
}
