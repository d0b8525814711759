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
  labels.fill(0);
  const right = new Float64Array(nRays);
  const left = new Float64Array(nRays);
  for (let i = vertices.length / (2 * nRays) - 1; i >= 0; i--)
    paint(vertices.subarray(i * 2 * nRays, (i + 1) * 2 * nRays), i + 1, labels, height, width, right, left);
}

/** Paints one polygon row by row. `right` and `left` are scratch of one entry a vertex. */
function paint(
  polygon: Float32Array,
  label: number,
  labels: Uint32Array,
  height: number,
  width: number,
  right: Float64Array,
  left: Float64Array,
): void {
  const n = polygon.length / 2;
  let minY = Number.POSITIVE_INFINITY;
  let maxY = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < n; k++) {
    minY = Math.min(minY, polygon[2 * k]!);
    maxY = Math.max(maxY, polygon[2 * k]!);
  }
  const y1 = Math.min(height - 1, Math.floor(maxY));
  for (let y = Math.max(0, Math.ceil(minY)); y <= y1; y++) {
    // Columns at which edges that start below or above this row cross it, for the parity to either side.
    let nRight = 0;
    let nLeft = 0;
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    let py = polygon[2 * n - 2]!;
    let px = polygon[2 * n - 1]!;
    for (let k = 0; k < n; k++) {
      const qy = polygon[2 * k]!;
      const qx = polygon[2 * k + 1]!;
      if (qy === y && Number.isInteger(qx) && qx >= 0 && qx < width) labels[y * width + qx] = label;
      const below = qy > y !== py > y;
      const above = qy < y !== py < y;
      if (below || above) {
        const x = px + ((y - py) * (qx - px)) / (qy - py);
        if (below) right[nRight++] = x;
        if (above) left[nLeft++] = x;
        from = Math.min(from, x);
        to = Math.max(to, x);
      }
      py = qy;
      px = qx;
    }
    const x1 = Math.min(width - 1, Math.floor(to));
    for (let x = Math.max(0, Math.ceil(from)); x <= x1; x++) {
      let r = 0;
      let l = 0;
      for (let k = 0; k < nRight; k++) if (right[k]! > x) r ^= 1;
      for (let k = 0; k < nLeft; k++) if (left[k]! < x) l ^= 1;
      if (r === 1 || r !== l) labels[y * width + x] = label;
    }
  }
}
