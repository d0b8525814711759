import type { Triple } from '../model/index.ts';
import type { Candidates3d } from './candidates3d.ts';
import { type Cones, walkTo } from './cones.ts';
import { createPolyhedron, fitPolyhedron, ON_FACE, type Polyhedron } from './polyhedron.ts';

/**
 * Paints the polyhedra of a resized volume into the labels of the volume itself: a voxel p belongs to a polyhedron
 * when p times the scale lies in it. Otherwise as `renderPolyhedra`, and the same to the voxel at scale 1.
 *
 * @param scale network voxels per frame voxel, `[z, y, x]`
 * @param shape of the labels
 */
export function renderResized(
  candidates: Candidates3d,
  rows: ArrayLike<number>,
  cones: Cones,
  scale: Triple,
  labels: Uint32Array,
  shape: Triple,
): void {
  labels.fill(0);
  const polyhedron = createPolyhedron(cones.rays.nFaces);
  for (let i = 0; i < rows.length; i++) {
    fitPolyhedron(polyhedron, candidates, rows[i], cones);
    paint(polyhedron, cones, scale, i + 1, labels, shape);
  }
}

function paint(
  polyhedron: Polyhedron,
  cones: Cones,
  [sz, sy, sx]: Triple,
  label: number,
  labels: Uint32Array,
  [depth, height, width]: Triple,
): void {
  const { z, y, x, planes } = polyhedron;
  const [az, ay, ax] = cones.rays.anisotropy;
  const inner = polyhedron.inner ** 2 * (1 - 1e-9);
  const outer = polyhedron.outer ** 2 * (1 + 1e-9);
  // The box is that of the whole voxels inside: the surface lies less than one farther out.
  const from = (first: number, s: number): number => Math.max(0, Math.ceil((first - 1) / s));
  const to = (last: number, s: number, size: number): number =>
    Math.min(size - 1, Math.floor((last + 1) / s));
  const [z1, y1] = [to(polyhedron.z1, sz, depth), to(polyhedron.y1, sy, height)];
  const [x0, x1] = [from(polyhedron.x0, sx), to(polyhedron.x1, sx, width)];
  let face = 0;
  for (let pz = from(polyhedron.z0, sz); pz <= z1; pz++) {
    const oz = pz * sz - z;
    for (let py = from(polyhedron.y0, sy); py <= y1; py++) {
      const oy = py * sy - y;
      const row = (pz * height + py) * width;
      const side = (az * oz) ** 2 + (ay * oy) ** 2;
      for (let px = x0; px <= x1; px++) {
        if (labels[row + px] !== 0) continue;
        const ox = px * sx - x;
        const far = side + (ax * ox) ** 2;
        if (far > outer) continue;
        if (far >= inner) {
          face = walkTo(cones, face, oz, oy, ox);
          const f = 3 * face;
          if (planes[f] * oz + planes[f + 1] * oy + planes[f + 2] * ox > ON_FACE) continue;
        }
        labels[row + px] = label;
      }
    }
  }
}
