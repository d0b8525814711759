import type { NdArray } from '../array/index.ts';
import { MorulaError } from '../errors/index.ts';
import type { Triple, VolumeOutput, VolumeSession } from '../model/index.ts';
import { centreRange, type GridRange, writtenRange } from './border.ts';
import { PROB_STEPS, quantiseProb } from './candidates.ts';
import {
  addCandidate,
  type Candidates3d,
  createCandidates3d,
  keepBest,
  keepPeaks,
  quantiseRays,
} from './candidates3d.ts';
import { copyRays } from './copyRays.ts';
import type { Span } from './frameOptions.ts';
import type { VolumePlan } from './planVolume.ts';
import { cutResizedTile, type VolumeResize } from './resizeVolume.ts';
import { scanWindow } from './scanWindow.ts';
import { floatsOf, type Scratch } from './scratch.ts';
import type { AxisTile } from './tiles.ts';
import { cutTile } from './volumeTile.ts';
import { raysFloor } from './weak.ts';
import { gatherWeak3d } from './weak3d.ts';

/** Share of NaN among the outputs from which the model counts as broken. */
const MAX_NAN = 0.01;

/** The centre candidates of a volume, the milliseconds that the network took, and whether some were left out. */
export interface Prediction3d {
  candidates: Candidates3d;
  /** Candidates below the threshold. */
  weak: Candidates3d;
  networkMs: number;
  /** Candidates found, of which `candidates.count` are kept. */
  found: number;
}

/**
 * Runs the network over a volume tile by tile and gathers candidates from the part of each tile that has full
 * context: one suppression over all of them then needs no stitching. Of more than `plan.maxCandidates` only those
 * are kept that are better than their neighbours in the grid, so that dim objects stay; of more than that many of
 * them, the best half of the number. What is kept does not depend on the tiles.
 *
 * Source: StarDist's sparse prediction; `centreRange` says which centres are taken near a side.
 * Differs: the border is narrower along axes that would have no centre at all: thin stacks keep their middle.
 *
 * @param inputs `[z, y, x]` of one shape, raw, one for each channel that the network takes
 * @param spans grey values of each that become 0 and 1
 * @param keepWeak whether to look for candidates below the threshold
 * @param resize how the network is to see the volume; candidates are then in its voxels
 * @throws `invalid-data` when the network gives NaN
 */
export async function predictVolume(
  inputs: readonly NdArray[],
  spans: readonly Span[],
  plan: VolumePlan,
  session: VolumeSession,
  probThreshold: number,
  scratch: Scratch,
  keepWeak = true,
  resize: VolumeResize | null = null,
): Promise<Prediction3d> {
  const { grid, nRays, border, borderRule } = session.manifest;
  const given = inputs[0].shape as unknown as Triple;
  const shape = resize?.shape ?? given;
  const gridShape: Triple = [0, 1, 2].map((a) => Math.ceil(shape[a] / grid[a])) as unknown as Triple;
  const candidates = createCandidates3d(nRays, grid, gridShape);
  const weak = createCandidates3d(nRays, grid, gridShape);
  const ranges = plan.tiles.map((tiles, a) => {
    const padded = Math.ceil((tiles.at(-1)!.start + tiles.at(-1)!.length) / grid[a]);
    const narrow = Math.min(border, ((borderRule === 'padded' ? padded : gridShape[a]) - 1) >> 1);
    return centreRange(gridShape[a], padded, { border: narrow, borderRule });
  }) as unknown as Ranges;
  const tally: Tally = { found: 0, peaks: 0, nan: 0, full: false };
  const floor = raysFloor(probThreshold, keepWeak);
  let networkMs = 0;
  for (const tz of plan.tiles[0]) {
    for (const ty of plan.tiles[1]) {
      for (const tx of plan.tiles[2]) {
        const voxels = tz.length * ty.length * tx.length;
        const input = floatsOf(scratch, 'tile', inputs.length * voxels);
        for (const [c, { data }] of inputs.entries()) {
          const [low, high] = spans[c];
          const out = input.subarray(c * voxels, (c + 1) * voxels);
          if (resize) cutResizedTile(data, given, resize, [tz, ty, tx], low, high, out);
          else cutTile(data, shape, [tz, ty, tx], low, high, out);
        }
        const output = await session.run(input, tz.length, ty.length, tx.length, floor);
        networkMs += output.ms;
        gather(candidates, output, [tz, ty, tx], probThreshold, plan.maxCandidates, tally, ranges);
        if (keepWeak) gatherBelow(weak, output, [tz, ty, tx], probThreshold, ranges);
      }
    }
  }
  const positions = gridShape[0] * gridShape[1] * gridShape[2];
  if (tally.nan > MAX_NAN * positions)
    throw new MorulaError(
      'invalid-data',
      `segment: the network must give numbers, but ${tally.nan} of ${positions} probabilities are NaN; ` +
        'the model is damaged or not meant for such images',
    );
  if (tally.peaks > plan.maxCandidates) keepBest(candidates, Math.ceil(plan.maxCandidates / 2));
  return { candidates, weak, networkMs, found: tally.found };
}

/** What was met so far: candidates, those better than their neighbours, NaN, and whether room ran out. */
interface Tally {
  found: number;
  peaks: number;
  nan: number;
  full: boolean;
}

/** Where centres are taken along z, y and x. */
type Ranges = readonly [GridRange, GridRange, GridRange];

/** Appends the positions that a tile writes and whose rounded prob exceeds the threshold. */
function gather(
  candidates: Candidates3d,
  output: VolumeOutput,
  tiles: readonly [AxisTile, AxisTile, AxisTile],
  threshold: number,
  most: number,
  tally: Tally,
  ranges: Ranges,
): void {
  const { grid, gridShape } = candidates;
  const [[z0, z1], [y0, y1], [x0, x1]] = tiles.map((tile, a) => writtenRange(tile, grid[a], ranges[a]));
  const [oz, oy, ox] = tiles.map((tile, a) => tile.start / grid[a]);
  const floor = threshold - 1 / PROB_STEPS;
  const at = new Uint32Array(BLOCK);
  const hits = new Uint32Array(Math.max(0, y1 - y0) * Math.max(0, x1 - x0));
  let block = 0;
  const flush = (): void => {
    gatherRays(candidates, output, at.subarray(0, block));
    block = 0;
    if (candidates.count <= most) return;
    if (tally.full) keepBest(candidates, Math.ceil(most / 2));
    else keepPeaks(candidates);
    tally.full = true;
  };
  const peaks = peakFinder(output, [oz, oy, ox], ranges);
  for (let z = z0; z < z1; z++) {
    const plane = (z - oz) * output.height * output.width;
    const first = plane + (y0 - oy) * output.width + x0 - ox;
    const [nHits, nNan] = scanWindow(output.prob, first, output.width, y1 - y0, x1 - x0, floor, hits);
    tally.nan += nNan;
    for (let j = 0; j < nHits; j++) {
      const prob = output.prob[hits[j]];
      if (!(quantiseProb(prob) > threshold)) continue;
      tally.found++;
      const row = Math.floor((hits[j] - plane) / output.width);
      const y = row + oy;
      const x = hits[j] - plane - row * output.width + ox;
      const peak = peaks(z, y, x);
      if (peak) tally.peaks++;
      else if (tally.full) continue;
      const added = addCandidate(candidates, prob, (z * gridShape[1] + y) * gridShape[2] + x);
      candidates.peak[added] = Number(peak);
      at[block++] = hits[j];
      if (block === BLOCK) flush();
    }
  }
  flush();
}

/** Appends what a tile writes below the threshold. */
function gatherBelow(
  weak: Candidates3d,
  output: VolumeOutput,
  tiles: readonly [AxisTile, AxisTile, AxisTile],
  threshold: number,
  ranges: Ranges,
): void {
  const written = tiles.map((tile, a) => writtenRange(tile, weak.grid[a], ranges[a]));
  const offset = tiles.map((tile, a) => tile.start / weak.grid[a]) as unknown as Triple;
  const from = written.map(([first]) => first) as unknown as Triple;
  const to = written.map(([, end]) => end) as unknown as Triple;
  gatherWeak3d(weak, output, from, to, offset, threshold, peakFinder(output, offset, ranges));
}

/** Tells whether a position is better than the up to 26 positions around it where a centre may be taken. */
function peakFinder(
  { prob, depth, height, width }: VolumeOutput,
  [oz, oy, ox]: readonly number[],
  ranges: Ranges,
): (z: number, y: number, x: number) => boolean {
  const [[z0, z1], [y0, y1], [x0, x1]] = [depth, height, width].map((n, a) => {
    const offset = [oz, oy, ox][a];
    return [Math.max(ranges[a][0], offset), Math.min(ranges[a][1], offset + n) - 1];
  });
  return (z, y, x) => {
    const own = ((z - oz) * height + y - oy) * width + x - ox;
    const left = own - x + Math.max(x0, x - 1);
    const right = own - x + Math.min(x1, x + 1);
    for (let nz = Math.max(z0, z - 1); nz <= Math.min(z1, z + 1); nz++) {
      for (let ny = Math.max(y0, y - 1); ny <= Math.min(y1, y + 1); ny++) {
        const step = ((nz - z) * height + ny - y) * width;
        if (hasBetter(prob, left + step, right + step, own)) return false;
      }
    }
    return true;
  };
}

/** Whether one of the places `first..last` is better than place `own`; of equals the later one is. */
function hasBetter(prob: Float32Array, first: number, last: number, own: number): boolean {
  const best = Math.round(prob[own] * PROB_STEPS);
  for (let i = first; i <= last; i++) {
    const value = Math.round(prob[i] * PROB_STEPS);
    if (value > best || (value === best && i > own)) return true;
  }
  return false;
}

/** Candidates whose rays are gathered together, so that both their voxels and their rows stay in the cache. */
const BLOCK = 64;

/** Fills in the rays of the last candidates, which lie at `at` in the output. */
function gatherRays(candidates: Candidates3d, output: VolumeOutput, at: Uint32Array): void {
  const { nRays } = candidates;
  const first = candidates.count - at.length;
  const found = new Float32Array(at.length * nRays);
  copyRays(output, nRays, at, at.length, found, 0);
  for (let i = 0; i < at.length; i++) quantiseRays(candidates, first + i, found, i * nRays);
}
