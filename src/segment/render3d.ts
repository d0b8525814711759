import type { Candidates3d } from './candidates3d.ts';
import type { Cones } from './cones.ts';
import { createPolyhedron, fitPolyhedron, ON_FACE, type Polyhedron } from './polyhedron.ts';

/**
 * Paints polyhedra into a label volume; where they overlap the first (best) one stays. Object i of `rows` has label
 * i + 1; one that is hidden leaves no voxel.
 *
 * Source: StarDist paints polyhedra in order of falling probability, and only background.
 *
 * @param rows which candidates, best first
 * @param labels `[depth, height, width]`, overwritten
 */
export function renderPolyhedra(
  candidates: Candidates3d,
  rows: ArrayLike<number>,
  cones: Cones,
  labels: Uint32Array,
  shape: readonly [number, number, number],
): void {
  labels.fill(0);
  const polyhedron = createPolyhedron(cones.rays.nFaces);
  for (let i = 0; i < rows.length; i++) {
    fitPolyhedron(polyhedron, candidates, rows[i], cones);
    paint(polyhedron, cones, i + 1, labels, shape);
  }
}

function paint(
  { z, y, x, z0, z1, y0, y1, x0, x1, planes }: Polyhedron,
  { table, reach }: Cones,
  label: number,
  labels: Uint32Array,
  [depth, height, width]: readonly [number, number, number],
): void {
  const right = Math.min(x1, width - 1);
  const bottom = Math.min(y1, height - 1);
  const last = Math.min(z1, depth - 1);
  for (let pz = Math.max(0, z0); pz <= last; pz++) {
    for (let py = Math.max(0, y0); py <= bottom; py++) {
      const target = (pz * height + py) * width;
      const row = (pz - z + reach[0]) * (2 * reach[1] + 1) + py - y + reach[1];
      const source = row * (2 * reach[2] + 1) + reach[2] - x;
      for (let px = Math.max(0, x0); px <= right; px++) {
        if (labels[target + px] !== 0) continue;
        const f = table[source + px];
        if (planes[f] * (pz - z) + planes[f + 1] * (py - y) + planes[f + 2] * (px - x) <= ON_FACE)
          labels[target + px] = label;
      }
    }
  }
}
