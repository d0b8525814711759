import { type Bands, openBands } from './bands.ts';
import { kernels, put } from './compiled.ts';

/**
 * Paints polygons into a label image, the first (best) one last, so that better objects cover worse ones. Polygon i
 * has label i + 1.
 *
 * Source: StarDist paints in order of rising probability with scikit-image's polygon rule: a pixel belongs to a
 * polygon when its centre is inside by parity, or on an edge, or on a vertex. Parity of both sides after O'Rourke,
 * Computational Geometry in C, 1998, section 7.4.
 *
 * @param vertices `n x nRays x 2` as (y, x), pixels; may lie outside the image
 * @param labels `[height, width]`, overwritten
 */
export function renderPolygons(
  vertices: Float32Array,
  nRays: number,
  labels: Uint32Array,
  height: number,
  width: number,
): void {
  const bands = openBands(labels, height, width, { blank: true });
  paintBands(bands, vertices, nRays);
  bands.close();
}

/** As `renderPolygons`, into an image that is open. */
export function paintBands(bands: Bands, vertices: Float32Array, nRays: number): void {
  const polygons = put(vertices);
  const n = vertices.length / (2 * nRays);
  bands.each([], ({ labels, first, end }) =>
    kernels().paintAll(polygons, n, nRays, labels, first, end, bands.width),
  );
}
