import { MorulaError } from '../errors/index.ts';
import type { ScoreInput, ScoreTrack } from './types.ts';

/** Kind of a link to a child or over a gap; one inside a track from frame to frame is of kind 0. */
const PARENT_LINK = 1;

/**
 * One side, sorted and checked. Nodes are sorted by (track, t), so that a track is the rows
 * `trackStart[k]` to `trackStart[k + 1]` (exclusive); tracks are sorted by id.
 */
export interface Side {
  count: number;
  t: Int32Array;
  label: Float64Array;
  z: Float64Array;
  y: Float64Array;
  x: Float64Array;
  /** Per node: row of its track. */
  track: Int32Array;
  /** Per node: the node that it is linked from, -1 = none; and the kind of that link. */
  previous: Int32Array;
  kind: Uint8Array;
  nLinks: number;
  nTracks: number;
  trackStart: Int32Array;
  begin: Int32Array;
  end: Int32Array;
  /** Per track: row of the parent, -1 = none. */
  parent: Int32Array;
  /** Per track: rows of its children, ascending. */
  children: number[][];
  nFrames: number;
  /** Nodes sorted by (t, label, row); frame t is `frameStart[t]` to `frameStart[t + 1]` (exclusive). */
  byFrame: Int32Array;
  frameStart: Int32Array;
}

function fail(name: string, what: string): never {
  throw new MorulaError('invalid-data', `score: ${name}: ${what}`);
}

/** Rows of the tracks by id, and a check that ids are unique and parents exist. */
function indexTracks(tracks: readonly ScoreTrack[], name: string): Map<number, number> {
  const rowOf = new Map<number, number>();
  for (const [row, { id }] of tracks.entries()) {
    if (!(Number.isInteger(id) && id > 0)) fail(name, `a track id must be a positive integer, got ${id}`);
    if (rowOf.has(id)) fail(name, `track ids must be unique, ${id} occurs twice`);
    rowOf.set(id, row);
  }
  for (const { id, parent } of tracks)
    if (parent !== 0 && !rowOf.has(parent))
      fail(name, `the parent of a track must exist, track ${id} has parent ${parent}`);
  return rowOf;
}

/** Links every node to the one before it, in its track or at the end of its parent. */
function linkNodes(side: Side, ids: readonly number[], name: string): void {
  const { trackStart, t, parent, previous, kind } = side;
  for (let k = 0; k < side.nTracks; k++) {
    const first = trackStart[k];
    for (let node = first + 1; node < trackStart[k + 1]; node++) {
      previous[node] = node - 1;
      if (t[node] === t[node - 1])
        fail(name, `track ${ids[k]} must have one node a frame, has two in frame ${t[node]}`);
      if (t[node] - t[node - 1] > 1) kind[node] = PARENT_LINK;
    }
    if (parent[k] < 0) continue;
    const last = trackStart[parent[k] + 1] - 1;
    if (t[last] >= t[first])
      fail(
        name,
        `a track must begin after its parent ends, track ${ids[k]} begins in frame ${t[first]} and its parent ends in frame ${t[last]}`,
      );
    previous[first] = last;
    kind[first] = PARENT_LINK;
  }
  for (let node = 0; node < side.count; node++) if (previous[node] >= 0) side.nLinks++;
}

/** The rows of `order` by their key, an integer in `[0, nKeys)`, stable; with where each key's rows begin. O(n + nKeys). */
function sortByKey(
  order: Int32Array,
  key: ArrayLike<number>,
  nKeys: number,
): { sorted: Int32Array; start: Int32Array } {
  const start = new Int32Array(nKeys + 1);
  for (const row of order) start[key[row] + 1]++;
  for (let k = 0; k < nKeys; k++) start[k + 1] += start[k];
  const next = start.slice();
  const sorted = new Int32Array(order.length);
  for (const row of order) sorted[next[key[row]]++] = row;
  return { sorted, start };
}

/** Rows of nodes by frame, sorted by label within the frame. */
function sortByFrame(side: Side): void {
  const { t, label, nFrames } = side;
  const { sorted, start } = sortByKey(
    Int32Array.from({ length: side.count }, (_, node) => node),
    t,
    nFrames,
  );
  for (let frame = 0; frame < nFrames; frame++) {
    const rows = sorted.subarray(start[frame], start[frame + 1]);
    if (rows.some((row, i) => i > 0 && label[rows[i - 1]] > label[row]))
      rows.sort((a, b) => label[a] - label[b] || a - b);
  }
  side.byFrame = sorted;
  side.frameStart = start;
}

/** Copies the node columns in the order of (track row, t). */
function copyNodes(
  input: ScoreInput,
  trackRow: Int32Array,
  side: Side,
  ids: readonly number[],
  name: string,
): void {
  const { nodes } = input;
  const rows = Int32Array.from({ length: nodes.count }, (_, i) => i);
  const byTime = sortByKey(rows, nodes.t, side.nFrames).sorted;
  const { sorted, start } = sortByKey(byTime, trackRow, side.nTracks);
  side.trackStart = start;
  for (let row = 0; row < nodes.count; row++) {
    const node = sorted[row];
    side.t[row] = nodes.t[node];
    side.label[row] = nodes.label[node];
    side.z[row] = nodes.z[node];
    side.y[row] = nodes.y[node];
    side.x[row] = nodes.x[node];
    side.track[row] = trackRow[node];
  }
  for (let k = 0; k < side.nTracks; k++)
    if (start[k + 1] === start[k]) fail(name, `every track must have a node, track ${ids[k]} has none`);
}

/**
 * Sorts and checks one side. `name` ('truth' or 'result') goes into messages.
 *
 * A track that spans a gap keeps it: the link over the gap is a link, of the same kind as a parent link, which is
 * how the Cell Tracking Challenge has to write it (two tracks, the second a single child of the first). AOGM, LNK
 * and TRA are thus the same for both ways of writing a gap; CT, TF and BC see the tracks as they are given.
 *
 * Throws `invalid-data` where ids repeat, a parent is missing or ends too late, or a track has no node or two in
 * a frame.
 */
export function prepareSide(input: ScoreInput, name: string): Side {
  const tracks = [...input.tracks].sort((a, b) => a.id - b.id);
  const rowOf = indexTracks(tracks, name);
  const { count } = input.nodes;
  const trackRow = new Int32Array(count);
  let last = -1;
  for (let node = 0; node < count; node++) {
    const row = rowOf.get(input.nodes.track[node]);
    const t = input.nodes.t[node];
    if (row === undefined)
      fail(name, `every node must have a track, track ${input.nodes.track[node]} is not listed`);
    if (!(Number.isInteger(t) && t >= 0)) fail(name, `a frame must be an integer from 0, got ${t}`);
    trackRow[node] = row;
    last = Math.max(last, t);
  }
  const nTracks = tracks.length;
  const nFrames = Math.max(last + 1, input.nFrames ?? 0);
  const side: Side = {
    count,
    t: new Int32Array(count),
    label: new Float64Array(count),
    z: new Float64Array(count),
    y: new Float64Array(count),
    x: new Float64Array(count),
    track: new Int32Array(count),
    previous: new Int32Array(count).fill(-1),
    kind: new Uint8Array(count),
    nLinks: 0,
    nTracks,
    trackStart: new Int32Array(nTracks + 1),
    begin: Int32Array.from(tracks, (track) => track.begin),
    end: Int32Array.from(tracks, (track) => track.end),
    parent: Int32Array.from(tracks, (track) =>
      track.parent === 0 ? -1 : (rowOf.get(track.parent) as number),
    ),
    children: Array.from({ length: nTracks }, () => []),
    nFrames,
    byFrame: new Int32Array(count),
    frameStart: new Int32Array(nFrames + 1),
  };
  const ids = tracks.map((track) => track.id);
  copyNodes(input, trackRow, side, ids, name);
  for (let k = 0; k < nTracks; k++) if (side.parent[k] >= 0) side.children[side.parent[k]].push(k);
  linkNodes(side, ids, name);
  sortByFrame(side);
  return side;
}

/** Row of the node of `track` in frame `t`, or -1. */
export function nodeAt(side: Side, track: number, t: number): number {
  let low = side.trackStart[track];
  let high = side.trackStart[track + 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (side.t[middle] < t) low = middle + 1;
    else high = middle;
  }
  return low < side.trackStart[track + 1] && side.t[low] === t ? low : -1;
}
