import type { Triple } from '../model/index.ts';
import { type Bands, openBands } from './bands.ts';
import { type Candidates3d, centreOf, firstRay, raysOf } from './candidates3d.ts';
import { kernels, type Place, put } from './compiled.ts';
import { type Cones, placeCones } from './cones.ts';
import { coverRays } from './coverRays.ts';

/**
 * Paints polyhedra into a label volume; where they overlap the first (best) one stays. Object i of `rows` has label
 * i + 1; one that is hidden leaves no voxel. A polyhedron is the union of the tetrahedra (centre, A, B, C), boundary included.
 *
 * Source: StarDist paints polyhedra in order of falling probability, and only background.
 *
 * @param rows which candidates, best first
 * @param labels `[depth, height, width]`, overwritten
 * @param scale network voxels per frame voxel, `[z, y, x]`: a voxel p belongs to a polyhedron when p times the scale lies in it
 */
export function renderPolyhedra(
  candidates: Candidates3d,
  rows: Uint32Array,
  cones: Cones,
  labels: Uint32Array,
  [depth, height, width]: Triple,
  scale?: Triple,
): void {
  coverRays(candidates, cones);
  const bands = openBands(labels, depth * height, width, { blank: true });
  paintPolyhedra(bands, candidates, rows, cones, height, scale);
  bands.close();
}

/** As `renderPolyhedra`, into a volume that is open, with cones that `coverRays` has prepared for the candidates. */
export function paintPolyhedra(
  bands: Bands,
  candidates: Candidates3d,
  rows: Uint32Array,
  cones: Cones,
  height: number,
  scale?: Triple,
): void {
  const [centres, dist] = placeRows(candidates, rows);
  const solids = [placeCones(cones), rows.length, centres, dist] as const;
  bands.each([], ({ labels, first, end }) => {
    const part = [labels, first, end, height, bands.width] as const;
    if (scale) kernels().paintScaled(...solids, ...scale, ...part);
    else kernels().paintSolids(...solids, ...part);
  });
}

/** Centres, `n x 3` i32, and rays, `n x nRays` u16, of some candidates. */
function placeRows(candidates: Candidates3d, rows: Uint32Array): [Place, Place] {
  const { nRays } = candidates;
  const centres = new Int32Array(3 * rows.length);
  const dist = new Uint16Array(nRays * rows.length);
  rows.forEach((row, i) => {
    const first = firstRay(candidates, row);
    centres.set(centreOf(candidates, row), 3 * i);
    dist.set(raysOf(candidates, row).subarray(first, first + nRays), i * nRays);
  });
  return [put(centres), put(dist)];
}
