import type { Triple, VolumeOutput } from '../model/index.ts';
import { type GridRange, writtenRange } from './border.ts';
import { PROB_STEPS } from './candidates.ts';
import { addRows, BLOCK, type Candidates3d, keepBest, keepPeaks } from './candidates3d.ts';
import { copyIn, copyOut, kernels, type Place, put, roomFor } from './compiled.ts';
import { copyRays } from './copyRays.ts';
import type { AxisTile } from './tiles.ts';
import { MAX_WEAK, SLACK, weakFloor } from './weak.ts';

/** What was met so far: candidates, those better than their neighbours, NaN, and whether room ran out. */
export interface Tally {
  found: number;
  peaks: number;
  nan: number;
  full: boolean;
}

/** Tiles along z, y and x, and where centres are taken along them. */
export type Tiles = readonly [AxisTile, AxisTile, AxisTile];
export type Ranges = readonly [GridRange, GridRange, GridRange];

/** Positions that are gathered at once. */
const AT_ONCE = 4096;

/** A tile's output in the kernels' memory, and room for `AT_ONCE` of its positions. */
interface PlacedOutput {
  output: VolumeOutput;
  /** Frame's grid position of the output's first. */
  offset: Triple;
  prob: Place;
  field: Place;
  /** Whether positions are better than their neighbours, u8; their columns: f32, u32, `nRays` u16. */
  peaks: Place;
  probs: Place;
  index: Place;
  rays: Place;
  /** Of a sparse output: a plane's rows, `nRays` f32, and their positions, i32. Else `nRays` f32 for each of `AT_ONCE`. */
  dist: Place;
  at: Place;
}

/**
 * Appends the positions that a tile writes and whose rounded prob exceeds the threshold; from when there are more than `most`
 * on, only those better than their neighbours. To `weak` go those below the threshold but over `weakFloor` that are better
 * than their neighbours; null where they are not wanted.
 */
export function gatherTile(
  candidates: Candidates3d,
  weak: Candidates3d | null,
  output: VolumeOutput,
  tiles: Tiles,
  ranges: Ranges,
  threshold: number,
  most: number,
  tally: Tally,
): void {
  const { grid, nRays } = candidates;
  const [[z0, z1], [y0, y1], [x0, x1]] = tiles.map((tile, a) => writtenRange(tile, grid[a], ranges[a]));
  const [rows, columns] = [Math.max(0, y1 - y0), Math.max(0, x1 - x0)];
  const placed = placeOutput(output, nRays, tiles, grid, ranges);
  const [hits, over, found] = [roomFor(4 * rows * columns), roomFor(4 * rows * columns), roomFor(8)];
  const floor = weak ? weakFloor(threshold) : threshold;
  const low = weak ? floor - SLACK : threshold - 1 / PROB_STEPS;
  const [oz, oy, ox] = placed.offset;
  const counts = new Int32Array(2);
  for (let z = z0; z < z1; z++) {
    const first = ((z - oz) * output.height + y0 - oy) * output.width + x0 - ox;
    kernels().scan(placed.prob + 4 * first, output.width, rows, columns, low, first, hits, found);
    copyOut(found, counts);
    const nHits = counts[0];
    tally.nan += counts[1];
    if (nHits === 0) continue;
    placePlane(placed, z, nRays);
    kernels().splitByProb(placed.prob, hits, nHits, floor, threshold, over, found);
    copyOut(found, counts);
    tally.found += counts[1];
    eachPart(over, counts[1], (part, n) => {
      const peaks = kernels().findPeaks3d(placed.field, z - oz, part, n, placed.peaks);
      tally.peaks += peaks;
      if (tally.full) kernels().keepFlagged(part, placed.peaks, n);
      append(candidates, placed, z, part, tally.full ? peaks : n);
      if (candidates.count > most) thinOut(candidates, most, tally);
    });
    if (!weak) continue;
    eachPart(hits, counts[0], (part, n) => {
      kernels().findPeaks3d(placed.field, z - oz, part, n, placed.peaks);
      append(weak, placed, z, part, kernels().keepFlagged(part, placed.peaks, n));
    });
  }
  if (weak && weak.count > 2 * MAX_WEAK) keepBest(weak, MAX_WEAK);
}

/** Makes room when there are too many. */
function thinOut(candidates: Candidates3d, most: number, tally: Tally): void {
  if (tally.full) keepBest(candidates, Math.ceil(most / 2));
  else keepPeaks(candidates);
  tally.full = true;
}

function eachPart(hits: Place, count: number, work: (part: Place, n: number) => void): void {
  for (let from = 0; from < count; from += AT_ONCE) work(hits + 4 * from, Math.min(AT_ONCE, count - from));
}

/** Takes the kernels' memory for an output. */
function placeOutput(
  output: VolumeOutput,
  nRays: number,
  tiles: Tiles,
  grid: Triple,
  ranges: Ranges,
): PlacedOutput {
  const { prob, height, width, depth, at } = output;
  kernels().clear();
  const place = put(prob);
  const offset = tiles.map((tile, a) => tile.start / grid[a]) as unknown as Triple;
  const size = [depth, height, width];
  const bounds = ranges.flatMap(([first, end], a) => [
    Math.max(first - offset[a], 0),
    Math.min(end - offset[a], size[a]) - 1,
  ]) as [number, number, number, number, number, number];
  const most = at ? mostRows(at, height * width) : AT_ONCE;
  return {
    output,
    offset,
    prob: place,
    field: kernels().openField(place, height, width, ...bounds),
    peaks: roomFor(AT_ONCE),
    probs: roomFor(4 * AT_ONCE),
    index: roomFor(4 * AT_ONCE),
    rays: roomFor(2 * AT_ONCE * nRays),
    dist: roomFor(4 * most * nRays),
    at: roomFor(4 * most),
  };
}

/** The rows of the plane of a sparse output that has most. */
function mostRows(at: Int32Array, plane: number): number {
  let most = 0;
  for (let first = 0; first < at.length; ) {
    const next = rowOf(at, (Math.floor(at[first] / plane) + 1) * plane);
    most = Math.max(most, next - first);
    first = next;
  }
  return most;
}

/** The first row of a position that is not before `position`. */
function rowOf(at: Int32Array, position: number): number {
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle] < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Puts the rows of one plane, frame's grid, where they are looked for. */
function placePlane({ output, offset, dist, at }: PlacedOutput, z: number, nRays: number): void {
  if (output.at === undefined) return;
  const plane = output.height * output.width;
  const [first, end] = [z, z + 1].map((p) => rowOf(output.at as Int32Array, (p - offset[0]) * plane));
  copyIn(output.dist.subarray(first * nRays, end * nRays), dist);
  copyIn(output.at.subarray(first, end), at);
}

/** Appends some positions of plane z, frame's grid. */
function append(candidates: Candidates3d, placed: PlacedOutput, z: number, hits: Place, n: number): void {
  if (n === 0) return;
  const { offset, output } = placed;
  const { gridShape } = candidates;
  const first = addRows(candidates, n);
  const plane = (z - offset[0]) * output.height * output.width;
  const start = (z * gridShape[1] + offset[1]) * gridShape[2] + offset[2];
  const { probs, index, peaks } = placed;
  kernels().gatherColumns3d(placed.field, hits, n, plane, start, gridShape[2], probs, index);
  copyOut(probs, candidates.prob.subarray(first, first + n));
  copyOut(index, candidates.index.subarray(first, first + n));
  copyOut(peaks, candidates.peak.subarray(first, first + n));
  stepRays(placed, candidates.nRays, hits, n);
  copyRows(placed.rays, candidates, first, n);
}

/** Puts the rays of some positions on their steps, into `rays`. */
function stepRays({ output, dist, at, rays }: PlacedOutput, nRays: number, hits: Place, n: number): void {
  if (output.at !== undefined) {
    kernels().stepRows(dist, at, nRays, hits, n, rays);
    return;
  }
  const [places, lengths] = [new Uint32Array(n), new Float32Array(n * nRays)];
  copyOut(hits, places);
  copyRays(output, nRays, places, n, lengths, 0);
  copyIn(lengths, dist);
  kernels().stepRays(dist, n * nRays, rays);
}

/** Copies n rows into the blocks of a table. */
function copyRows(rays: Place, { dist, nRays }: Candidates3d, first: number, n: number): void {
  for (let row = first; row < first + n; ) {
    const from = row % BLOCK;
    const rows = Math.min(BLOCK - from, first + n - row);
    const block = dist[Math.floor(row / BLOCK)];
    copyOut(rays + 2 * nRays * (row - first), block.subarray(from * nRays, (from + rows) * nRays));
    row += rows;
  }
}
