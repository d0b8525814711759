/** What a perfect StarDist network would give for a label volume. */
import type { Triple } from '../../src/model/index.ts';
import type { Rays3d } from '../../src/segment/rays3d.ts';

/** March of a ray, voxels. */
const STEP = 1 / 8;

/**
 * prob: distance to the object's outside over the object's largest one, in voxels stretched by the anisotropy;
 * dist: length of each ray up to the object's surface. Both at every `grid`-th voxel; 0 outside objects.
 *
 * @returns prob `[d, h, w]` and dist `[nRays, d, h, w]` of the grid's shape
 */
export function starTargets(
  labels: ArrayLike<number>,
  shape: Triple,
  rays: Rays3d,
  grid: Triple,
): { prob: Float32Array; dist: Float32Array; size: number[] } {
  const size = shape.map((n, a) => Math.ceil(n / grid[a]));
  const count = size[0] * size[1] * size[2];
  const prob = new Float32Array(count);
  const dist = new Float32Array(count * rays.nRays);
  const labelAt = (z: number, y: number, x: number): number =>
    z < 0 || y < 0 || x < 0 || z >= shape[0] || y >= shape[1] || x >= shape[2]
      ? 0
      : labels[(z * shape[1] + y) * shape[2] + x];
  const depth = depths(labels, shape, rays.anisotropy, labelAt);
  for (let i = 0; i < count; i++) {
    const z = Math.floor(i / (size[1] * size[2])) * grid[0];
    const y = (Math.floor(i / size[2]) % size[1]) * grid[1];
    const x = (i % size[2]) * grid[2];
    const label = labelAt(z, y, x);
    if (label === 0) continue;
    prob[i] = depth[(z * shape[1] + y) * shape[2] + x];
    for (let k = 0; k < rays.nRays; k++) {
      const [vz, vy, vx] = rays.vector.subarray(3 * k, 3 * k + 3);
      let t = STEP;
      while (labelAt(Math.round(z + t * vz), Math.round(y + t * vy), Math.round(x + t * vx)) === label)
        t += STEP;
      dist[k * count + i] = t - STEP / 2;
    }
  }
  return { prob, dist, size };
}

/** Distance of every object voxel to the nearest voxel outside, over the largest one of its object. */
function depths(
  labels: ArrayLike<number>,
  [depth, height, width]: Triple,
  [sz, sy, sx]: Triple,
  labelAt: (z: number, y: number, x: number) => number,
): Float32Array {
  const inside = new Map<number, number[][]>();
  const rim = new Map<number, number[][]>();
  const add = (map: Map<number, number[][]>, label: number, point: number[]): void => {
    if (!map.has(label)) map.set(label, []);
    map.get(label)?.push(point);
  };
  for (let i = 0; i < depth * height * width; i++) {
    const label = labels[i];
    if (label === 0) continue;
    const [z, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    add(inside, label, [z, y, x, i]);
    for (const [dz, dy, dx] of [
      [1, 0, 0],
      [-1, 0, 0],
      [0, 1, 0],
      [0, -1, 0],
      [0, 0, 1],
      [0, 0, -1],
    ])
      if (labelAt(z + dz, y + dy, x + dx) !== label) add(rim, label, [z + dz, y + dy, x + dx]);
  }
  const out = new Float32Array(depth * height * width);
  for (const [label, points] of inside) {
    let largest = 0;
    for (const [z, y, x, i] of points) {
      let nearest = Number.POSITIVE_INFINITY;
      for (const [rz, ry, rx] of rim.get(label) ?? [])
        nearest = Math.min(nearest, (sz * (z - rz)) ** 2 + (sy * (y - ry)) ** 2 + (sx * (x - rx)) ** 2);
      out[i] = Math.sqrt(nearest);
      largest = Math.max(largest, out[i]);
    }
    for (const [, , , i] of points) out[i] /= largest;
  }
  return out;
}
