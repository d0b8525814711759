import { MorulaError } from '../errors/index.ts';
import type { PlaneManifest, PlaneSession } from '../model/index.ts';
import { centreRange, type GridRange, writtenRange } from './border.ts';
import { type Candidates, gatherCandidates } from './candidates.ts';
import { resizedLength } from './resize.ts';
import { candidatesOf, floatsOf, type Scratch, weakOf } from './scratch.ts';
import { type AxisTile, planFrame, tilesOfLength } from './tiles.ts';
import { raysFloor } from './weak.ts';
import { gatherWeak } from './weak2d.ts';

/** Most input pixels of one run of the network: bounds its memory (about 0.7 GB for a usual U-Net at this size). */
const MAX_TILE_PIXELS = 1024 * 1024;
/** Share of NaN among the outputs from which the model counts as broken. */
const MAX_NAN = 0.01;

/** The centre candidates of a frame, those below the threshold, and the milliseconds that the network took. */
export interface Prediction {
  candidates: Candidates;
  weak: Candidates;
  networkMs: number;
}

/** Size that an image must be padded to, `[height, width]`. */
export function paddedSize(
  height: number,
  width: number,
  { divisibleBy, fixedSize, grid }: PlaneManifest,
): [number, number] {
  const up = (n: number, d: number): number => Math.ceil(n / d) * d;
  if (fixedSize)
    return [Math.max(up(height, grid[0]), fixedSize[0]), Math.max(up(width, grid[1]), fixedSize[1])];
  return [up(height, divisibleBy[0]), up(width, divisibleBy[1])];
}

/** Columns of the output grid of a padded frame, in which `Candidates.index` counts. */
export function gridColumns(width: number, scale: number, manifest: PlaneManifest): number {
  return Math.ceil(paddedSize(1, resizedLength(width, scale), manifest)[1] / manifest.grid[1]);
}

/**
 * Runs the network over a padded frame, tile by tile where it is large, and gathers candidates from the part of each
 * tile that has full context. One suppression over all of them then needs no stitching.
 *
 * Source: StarDist's sparse prediction; `centreRange` says which centres are taken near a side.
 *
 * @param padded `[channels, paddedHeight, paddedWidth]`, normalised; sizes as `paddedSize` gives
 * @param size height and width of the frame without padding
 * @param scale input pixels per pixel of the full-resolution frame
 * @param keepWeak whether to look for candidates below the threshold
 * @throws `invalid-data` when the network gives NaN
 */
export async function predictCandidates(
  padded: Float32Array,
  paddedShape: readonly [number, number],
  size: readonly [number, number],
  session: PlaneSession,
  probThreshold: number,
  scale: number,
  scratch: Scratch,
  keepWeak = true,
): Promise<Prediction> {
  const { manifest } = session;
  const { grid, nRays } = manifest;
  const candidates = candidatesOf(scratch, nRays);
  const weak = weakOf(scratch, nRays);
  const gridSize = [Math.ceil(size[0] / grid[0]), Math.ceil(size[1] / grid[1])] as const;
  const maxDist = size[0] + size[1];
  const gridWidth = Math.ceil(paddedShape[1] / grid[1]);
  const [rows, columns] = tilesOf(paddedShape, manifest);
  const [rangeY, rangeX] = ([0, 1] as const).map((a) =>
    centreRange(gridSize[a], Math.ceil(paddedShape[a] / grid[a]), manifest),
  ) as [GridRange, GridRange];
  const centres = { y0: rangeY[0], y1: rangeY[1], x0: rangeX[0], x1: rangeX[1] };
  const floor = raysFloor(probThreshold, keepWeak);
  let networkMs = 0;
  let nan = 0;
  for (const ty of rows) {
    for (const tx of columns) {
      const input = cut(padded, paddedShape, ty, tx, scratch);
      const output = await session.run(input, ty.length, tx.length, floor);
      networkMs += output.ms;
      const [y0, y1] = writtenRange(ty, grid[0], rangeY);
      const [x0, x1] = writtenRange(tx, grid[1], rangeX);
      const window = {
        y0,
        y1,
        x0,
        x1,
        offsetY: ty.start / grid[0],
        offsetX: tx.start / grid[1],
        frameWidth: gridWidth,
      };
      nan += gatherCandidates(candidates, output, window, probThreshold, grid, scale, maxDist);
      if (keepWeak) gatherWeak(weak, output, window, centres, probThreshold, grid, scale, maxDist);
    }
  }
  if (nan > MAX_NAN * gridSize[0] * gridSize[1])
    throw new MorulaError(
      'invalid-data',
      `segment: the network must give numbers, but ${nan} of ${gridSize[0] * gridSize[1]} probabilities are NaN; ` +
        'the model is damaged or not meant for such images',
    );
  return { candidates, weak, networkMs };
}

function tilesOf(
  shape: readonly [number, number],
  { fixedSize, grid, divisibleBy, halo }: PlaneManifest,
): [AxisTile[], AxisTile[]] {
  if (!fixedSize) return planFrame(shape, divisibleBy, halo, MAX_TILE_PIXELS);
  const axis = (a: 0 | 1): AxisTile[] => {
    const most = Math.floor((fixedSize[a] - grid[a]) / 2 / grid[a]) * grid[a];
    return tilesOfLength(shape[a], fixedSize[a], Math.min(Math.ceil(halo[a] / grid[a]) * grid[a], most));
  };
  return [axis(0), axis(1)];
}

/** One tile's pixels in every channel; the frame itself when it is the only tile. */
function cut(
  image: Float32Array,
  [height, width]: readonly [number, number],
  ty: AxisTile,
  tx: AxisTile,
  scratch: Scratch,
): Float32Array {
  if (ty.length * tx.length === height * width) return image;
  const channels = image.length / (height * width);
  const tile = floatsOf(scratch, 'tile', channels * ty.length * tx.length);
  for (let to = 0, c = 0; c < channels; c++) {
    for (let y = 0; y < ty.length; y++, to += tx.length) {
      const source = (c * height + ty.start + y) * width + tx.start;
      tile.set(image.subarray(source, source + tx.length), to);
    }
  }
  return tile;
}
