import type { NdArray } from '../array/index.ts';
import { MorulaError } from '../errors/index.ts';
import type { Triple, VolumeSession } from '../model/index.ts';
import { centreRange } from './border.ts';
import { type Candidates3d, createCandidates3d, keepBest } from './candidates3d.ts';
import type { Span } from './frameOptions.ts';
import { gatherTile, type Ranges, type Tally } from './gather3d.ts';
import type { VolumePlan } from './planVolume.ts';
import { cutResizedTile, type VolumeResize } from './resizeVolume.ts';
import { floatsOf, type Scratch } from './scratch.ts';
import { cutTile } from './volumeTile.ts';
import { raysFloor } from './weak.ts';

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
        const below = keepWeak ? weak : null;
        const tile = [tz, ty, tx] as const;
        gatherTile(candidates, below, output, tile, ranges, probThreshold, plan.maxCandidates, tally);
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
