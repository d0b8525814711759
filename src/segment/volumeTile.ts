import type { TypedArray } from '../array/index.ts';
import { copyIn, copyOut, kernels, roomFor, typeOf } from './compiled.ts';
import { reflectIndex } from './normalise.ts';
import type { AxisTile } from './tiles.ts';

/**
 * Cuts a tile out of a raw volume and normalises it on the way, so that no normalised copy of the volume is needed:
 * `low` becomes 0 and `high` 1, without clipping; voxels that are not finite become 0. Beyond the volume's end it is
 * mirrored without repeating the edge.
 *
 * Source: StarDist's percentile normalisation and numpy's 'reflect', as for planes.
 *
 * @param data `[depth, height, width]`
 * @param out `[tz.length, ty.length, tx.length]`, overwritten
 */
export function cutTile(
  data: TypedArray,
  [depth, height, width]: readonly [number, number, number],
  [tz, ty, tx]: readonly [AxisTile, AxisTile, AxisTile],
  low: number,
  high: number,
  out: Float32Array,
): void {
  const span = high - low + 1e-20;
  const type = typeOf(data);
  const insideOf = (tile: AxisTile, n: number): number => Math.max(0, Math.min(tile.length, n - tile.start));
  const [insideY, insideX] = [insideOf(ty, height), insideOf(tx, width)];
  const room = Math.max(1, insideY);
  const beyond = Int32Array.from({ length: tx.length - insideX }, (_, i) =>
    reflectIndex(tx.start + insideX + i, width),
  );
  kernels().clear();
  const source = roomFor(room * width * data.BYTES_PER_ELEMENT);
  const target = roomFor(4 * room * tx.length);
  const cut = (first: number, rows: number, to: number): void => {
    copyIn(data.subarray(first * width, (first + rows) * width), source);
    for (let y = 0; y < rows; y++) {
      const from = source + (y * width + tx.start) * data.BYTES_PER_ELEMENT;
      kernels().normalise(type, from, insideX, low, span, target + 4 * y * tx.length);
    }
    copyOut(target, out.subarray(to, to + rows * tx.length));
    for (let y = 0; y < rows; y++) {
      for (let i = 0; i < beyond.length; i++) {
        const value = (data[(first + y) * width + beyond[i]] - low) / span;
        out[to + y * tx.length + insideX + i] = value - value === 0 ? value : 0;
      }
    }
  };
  for (let z = 0; z < tz.length; z++) {
    const plane = reflectIndex(tz.start + z, depth) * height;
    const to = z * ty.length * tx.length;
    cut(plane + ty.start, insideY, to);
    for (let y = insideY; y < ty.length; y++)
      cut(plane + reflectIndex(ty.start + y, height), 1, to + y * tx.length);
  }
}
