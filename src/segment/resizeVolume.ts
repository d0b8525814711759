import type { TypedArray } from '../array/index.ts';
import { MorulaError } from '../errors/index.ts';
import type { Triple, VolumeManifest } from '../model/index.ts';
import { reflectIndex } from './normalise.ts';
import { type AxisWeights, axisWeights, resizedLength } from './resize.ts';
import type { AxisTile } from './tiles.ts';

/** How a volume is resized for the network: never as a whole, but tile by tile. */
export interface VolumeResize {
  /** Network voxels per frame voxel, `[z, y, x]`. */
  scale: Triple;
  /** The volume that the network sees. */
  shape: Triple;
  weights: readonly [AxisWeights, AxisWeights, AxisWeights];
}

/** Most voxels that a rescaled volume may have. */
const MAX_SCALED_VOXELS = 2 ** 31;

/**
 * Network voxels per frame voxel. In y and x objects get the diameter that the model was trained for. Planes stay as
 * they are where the voxels' shape (z over y) then lies in the range that the model knows; else as many are made as
 * bring it there. Without that range it is the one that the model's rays are spread for. Where the frame's voxel size
 * is not known, z follows y and x.
 *
 * @param diameterPx of the objects, pixels of y
 * @param voxelSize `[z, y, x]` in one unit, or null
 * @throws `invalid-option`
 */
export function volumeScale(diameterPx: number, voxelSize: Triple | null, manifest: VolumeManifest): Triple {
  if (!(diameterPx > 0 && Number.isFinite(diameterPx)))
    throw new MorulaError('invalid-option', `segment: objectDiameterPx must be over 0, got ${diameterPx}`);
  if (manifest.objectDiameterPx === null)
    throw new MorulaError(
      'invalid-option',
      `segment: the model ${manifest.name} must state objectDiameterPx to be used with an object diameter; ` +
        'add it to its model.json',
    );
  const scale = manifest.objectDiameterPx / diameterPx;
  if (voxelSize === null) return [scale, scale, scale];
  const trained = manifest.rays.anisotropy[0] / manifest.rays.anisotropy[1];
  const [low, high] = manifest.anisotropyRange ?? [trained, trained];
  const shape = (voxelSize[0] / voxelSize[1]) * scale;
  return [shape / Math.min(high, Math.max(low, shape)), scale, scale];
}

/**
 * @param shape voxels `[z, y, x]`
 * @throws `invalid-option` when the volume would become too large
 */
export function planResize(shape: Triple, scale: Triple): VolumeResize {
  const scaled = shape.map((n, a) => resizedLength(n, scale[a])) as unknown as Triple;
  if (scaled[0] * scaled[1] * scaled[2] > MAX_SCALED_VOXELS)
    throw new MorulaError(
      'invalid-option',
      `segment: the object diameter would enlarge ${shape.join(' x ')} voxels to ${scaled.join(' x ')}; check the voxel size and the diameter`,
    );
  const weights = shape.map((n, a) => axisWeights(n, scale[a])) as unknown as VolumeResize['weights'];
  return { scale, shape: scaled, weights };
}

/** Two buffers that grow with the tiles. */
interface Lines {
  plane: Float32Array;
  line: Float32Array;
}
const lines: Lines = { plane: new Float32Array(0), line: new Float32Array(0) };

/**
 * Cuts a tile out of a raw volume, normalised and resized on the way: as `cutTile` of the whole volume normalised and
 * then resized as `resizeInto` does along all three axes. Besides the tile one plane of what lies under it is held.
 *
 * @param data `[depth, height, width]`
 * @param tiles of the resized volume; beyond its end it is mirrored
 * @param out `[tz.length, ty.length, tx.length]`, overwritten
 */
export function cutResizedTile(
  data: TypedArray,
  [, height, width]: Triple,
  { shape, weights }: VolumeResize,
  tiles: readonly [AxisTile, AxisTile, AxisTile],
  low: number,
  high: number,
  out: Float32Array,
): void {
  const span = high - low + 1e-20;
  const [zs, ys, xs] = tiles.map((tile, a) => sourcesOf(tile, shape[a], weights[a]));
  const [wz, wy, wx] = weights;
  const [rows, columns] = [ys.end - ys.first, xs.end - xs.first];
  if (lines.plane.length < rows * columns) lines.plane = new Float32Array(rows * columns);
  if (lines.line.length < columns) lines.line = new Float32Array(columns);
  const { plane, line } = lines;
  let to = 0;
  for (const z of zs.index) {
    plane.fill(0, 0, rows * columns);
    for (let k = 0; k < wz.taps; k++) {
      const weight = wz.weight[z * wz.taps + k];
      if (weight === 0) continue;
      for (let r = 0, i = 0; r < rows; r++) {
        let source = ((wz.start[z] + k) * height + ys.first + r) * width + xs.first;
        for (let c = 0; c < columns; c++, i++, source++) {
          const value = (data[source] - low) / span;
          if (value - value === 0) plane[i] += weight * value;
        }
      }
    }
    for (const y of ys.index) {
      line.fill(0, 0, columns);
      for (let k = 0; k < wy.taps; k++) {
        const weight = wy.weight[y * wy.taps + k];
        if (weight === 0) continue;
        const row = (wy.start[y] + k - ys.first) * columns;
        for (let c = 0; c < columns; c++) line[c] += weight * plane[row + c];
      }
      for (const x of xs.index) {
        const first = wx.start[x] - xs.first;
        let sum = 0;
        for (let k = 0; k < wx.taps; k++) sum += wx.weight[x * wx.taps + k] * line[first + k];
        out[to++] = sum;
      }
    }
  }
}

/** Positions of the resized axis that a tile shows, and the part of the axis itself that they are made of. */
function sourcesOf(
  { start, length }: AxisTile,
  size: number,
  weights: AxisWeights,
): { index: Int32Array; first: number; end: number } {
  const index = Int32Array.from({ length }, (_, i) => reflectIndex(start + i, size));
  let first = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const i of index) {
    first = Math.min(first, weights.start[i]);
    end = Math.max(end, weights.start[i] + weights.taps);
  }
  return { index, first, end };
}
