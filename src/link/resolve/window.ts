import { takeRows } from '../../array/index.ts';
import type { Detections } from '../../segment/types.ts';
import type { LinkGraph } from '../types.ts';

/** Frames before and after the seed that are looked at, and detections of one frame, those nearest to the seed. */
const FRAMES = 4;
const MOST = 800;

/** A part of a movie about one detection: frames and rows are counted from the window's own first. */
export interface Window {
  detections: Detections;
  /** Movie's row of every row of the window, rising; and back, -1 where it is not in the window. */
  rows: Int32Array;
  rowOf: (row: number) => number;
  /** Links that lie in the window as a whole. */
  source: number[];
  target: number[];
  /** Which link of the movie each is. */
  link: number[];
  /** Rows with a link that leads out of the window: to what follows, and to what precedes. */
  leaving: number[];
  entering: number[];
}

/** First row of frame `t` or later; rows are sorted by t. */
function firstOf(t: Int32Array, frame: number): number {
  let [low, high] = [0, t.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (t[middle] < frame) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the seed's cell is in every frame that its links lead to without a fork; the nearest such frame elsewhere. */
function pathOf({ detections: d, links }: LinkGraph, seed: number, from: number, to: number): number[] {
  const previous = new Map<number, number>();
  const next = new Map<number, number>();
  for (let k = 0; k < links.count; k++) {
    if (d.t[links.target[k]] < from || d.t[links.source[k]] >= to) continue;
    previous.set(links.target[k], links.source[k]);
    next.set(links.source[k], links.target[k]);
  }
  const at = new Array<number>(to - from).fill(-1);
  for (let u: number | undefined = seed; u !== undefined && d.t[u] >= from; u = previous.get(u))
    at[d.t[u] - from] = u;
  for (let u: number | undefined = seed; u !== undefined && d.t[u] < to; u = next.get(u))
    at[d.t[u] - from] = u;
  for (let t = d.t[seed] - from - 1; t >= 0; t--) if (at[t] < 0) at[t] = at[t + 1];
  for (let t = d.t[seed] - from + 1; t < at.length; t++) if (at[t] < 0) at[t] = at[t - 1];
  return at;
}

/** Rows `from` to `to - 1`, or the `MOST` of them nearest to row `about`, rising. */
function nearest({ z, y, x }: Detections, from: number, to: number, about: number): number[] {
  const all = Array.from({ length: to - from }, (_, i) => from + i);
  if (all.length <= MOST) return all;
  const d2 = all.map((i) => (z[i] - z[about]) ** 2 + (y[i] - y[about]) ** 2 + (x[i] - x[about]) ** 2);
  all.sort((i, j) => d2[i - from] - d2[j - from] || i - j);
  return all.slice(0, MOST).sort((i, j) => i - j);
}

/** The window about row `seed`: 4 frames before and after it, or as far as a link may reach. */
export function cutWindow(graph: LinkGraph, seed: number): Window {
  const { detections: d, links, options } = graph;
  const reach = Math.max(FRAMES, options.maxFrameInterval + 2);
  const last = d.t[d.count - 1];
  const from = Math.max(0, d.t[seed] - reach);
  const to = Math.min(last, d.t[seed] + reach) + 1;
  const path = pathOf(graph, seed, from, to);
  const rows = Int32Array.from(
    path.flatMap((about, i) => nearest(d, firstOf(d.t, from + i), firstOf(d.t, from + i + 1), about)),
  );
  const local = new Map(Array.from(rows, (row, i) => [row, i]));
  const rowOf = (row: number): number => local.get(row) ?? -1;
  const lists = { source: [], target: [], link: [], leaving: [], entering: [] };
  const taken = takeRows(d, rows);
  const detections = { ...taken, t: taken.t.map((t) => t - from) };
  const window: Window = { detections, rows, rowOf, ...lists };
  for (let k = 0; k < links.count; k++) {
    const [u, v] = [rowOf(links.source[k]), rowOf(links.target[k])];
    if (u >= 0 && v < 0) window.leaving.push(u);
    if (u < 0 && v >= 0) window.entering.push(v);
    if (u < 0 || v < 0) continue;
    window.source.push(u);
    window.target.push(v);
    window.link.push(k);
  }
  return window;
}
