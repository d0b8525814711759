/**
 * As the kernel's, by its definition: a pixel belongs to a polygon when an odd number of edges crosses the row to its right,
 * or to its left, or when it is a vertex. The first polygon is painted last.
 *
 * @param vertices `n x nRays x 2` as (y, x), pixels
 */
export function renderPolygons(
  vertices: Float32Array,
  nRays: number,
  labels: Uint32Array,
  height: number,
  width: number,
): void {
  labels.fill(0);
  for (let i = vertices.length / (2 * nRays) - 1; i >= 0; i--) {
    const polygon = vertices.subarray(2 * nRays * i, 2 * nRays * (i + 1));
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) if (holds(polygon, y, x)) labels[y * width + x] = i + 1;
  }
}

function holds(polygon: Float32Array, y: number, x: number): boolean {
  let right = false;
  let left = false;
  let [py, px] = polygon.subarray(-2) as unknown as [number, number];
  for (let k = 0; k < polygon.length; k += 2) {
    const [qy, qx] = [polygon[k]!, polygon[k + 1]!];
    if (qy === y && qx === x) return true;
    const at = px + ((y - py) * (qx - px)) / (qy - py);
    if (qy > y !== py > y && at > x) right = !right;
    if (qy < y !== py < y && at < x) left = !left;
    [py, px] = [qy, qx];
  }
  return right || left;
}
