import type { NdArray, TypedArray } from '../array/index.ts';
import type { SemanticSession } from '../model/index.ts';
import { DEFAULT_MEMORY } from './planVolume.ts';
import { floatsOf, type Scratch } from './scratch.ts';
import type { Size } from './semantic/neighbours.ts';
import { planMaps } from './semantic/planMaps.ts';
import { spansOf } from './semantic/spans.ts';
import type { AxisTile } from './tiles.ts';
import { volumeRange } from './volumeRange.ts';
import { cutTile } from './volumeTile.ts';

/** Whole pictures that are kept, in the maps of two bytes that `planMaps` counts. */
const MAPS = 2;

/**
 * Restores one image, as a network for noise does it that was trained with CARE or Noise2Void: normalise over the whole
 * image, run the network tile by tile, back to grey values.
 *
 * Source: Weigert et al. 2018, doi 10.1038/s41592-018-0216-7 (CARE); Krull et al. 2019, doi 10.1109/CVPR.2019.00223.
 * Differs: the image is mirrored at its far ends alone to a size that the network takes, where CSBDeep mirrors half on each side.
 *
 * @param image `[y, x]` or `[z, y, x]`
 * @param memory budget, bytes
 * @returns float32 of the same shape; the image itself where it has no contrast
 * @throws as `SemanticSession.run`
 */
export async function restoreImage(
  image: NdArray,
  session: SemanticSession,
  scratch: Scratch,
  memory: number = DEFAULT_MEMORY,
): Promise<{ image: NdArray; networkMs: number }> {
  const { manifest } = session;
  const [y, x] = image.shape.slice(-2) as [number, number];
  const size: Size = [image.shape.length === 3 ? image.shape[0]! : 1, y, x];
  const rangeOf = (data: TypedArray[], low: number, high: number) => volumeRange(data, x, low, high);
  // What is odd about the frame is said by the segmentation.
  const span = spansOf([image], manifest.normalise, rangeOf, [])?.[0];
  if (span === undefined) return { image, networkMs: 0 };
  const { tiles } = planMaps(size, manifest, image.data.byteLength, MAPS, memory);
  const restored = new Float32Array(size[0] * y * x);
  let networkMs = 0;
  for (const tz of tiles[0]) {
    for (const ty of tiles[1]) {
      for (const tx of tiles[2]) {
        const shape = [tz.length, ty.length, tx.length];
        const input = floatsOf(scratch, 'tile', tz.length * ty.length * tx.length);
        cutTile(image.data, size, [tz, ty, tx], span[0], span[1], input);
        const { planes, ms } = await session.run(input, image.shape.length === 3 ? shape : shape.slice(1));
        networkMs += ms;
        writeTile(restored, planes[0]!, span, [tz, ty, tx], size);
      }
    }
  }
  return { image: { data: restored, shape: [...image.shape] }, networkMs };
}

/** Writes the part of a tile that has full context, in grey values. */
function writeTile(
  out: Float32Array,
  plane: Float32Array,
  [low, high]: readonly [number, number],
  [tz, ty, tx]: readonly [AxisTile, AxisTile, AxisTile],
  [depth, height, width]: Size,
): void {
  for (let z = tz.from; z < Math.min(tz.to, depth); z++) {
    for (let y = ty.from; y < Math.min(ty.to, height); y++) {
      let to = (z * height + y) * width + tx.from;
      let from = ((z - tz.start) * ty.length + y - ty.start) * tx.length + tx.from - tx.start;
      for (let x = tx.from; x < Math.min(tx.to, width); x++, to++, from++) {
        out[to] = low + plane[from]! * (high - low);
      }
    }
  }
}
