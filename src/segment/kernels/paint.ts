import { f32At, f64At, setF64, setU32 } from './memory';

/**
 * Paints polygons into rows `[first, end)` of a label image, the first (best) one last. Polygon i has label i + 1. What
 * belongs to a polygon: `renderPolygons`.
 *
 * @param vertices `n x nRays x 2` as (y, x), f32
 * @param labels the rows alone, u32; overwritten
 * @param crossings room for 2 x nRays f64
 */
export function paintAll(
  vertices: usize,
  n: i32,
  nRays: i32,
  labels: usize,
  first: i32,
  end: i32,
  width: i32,
  crossings: usize,
): void {
  memory.fill(labels, 0, ((end - first) as usize) * (width as usize) * 4);
  const step = (nRays as usize) << 3;
  for (let i = n - 1; i >= 0; i--)
    paint(vertices + (i as usize) * step, nRays, (i as u32) + 1, labels, first, end, width, crossings);
}

/** Paints one polygon row by row. */
function paint(
  polygon: usize,
  n: i32,
  label: u32,
  labels: usize,
  first: i32,
  end: i32,
  width: i32,
  right: usize,
): void {
  const left = right + ((n as usize) << 3);
  let minY = Infinity;
  let maxY = -Infinity;
  for (let k = 0; k < n; k++) {
    const y = f32At(polygon, 2 * k) as f64;
    minY = min(minY, y);
    maxY = max(maxY, y);
  }
  const y0 = max(first as f64, ceil(minY));
  const y1 = min((end - 1) as f64, floor(maxY));
  const last = (width - 1) as f64;
  for (let y = y0; y <= y1; y++) {
    const row = labels + ((y as i32) - first) * (width << 2);
    // Columns at which edges that start below or above this row cross it, for the parity to either side.
    let nRight = 0;
    let nLeft = 0;
    let from = Infinity;
    let to = -Infinity;
    let py = f32At(polygon, 2 * n - 2) as f64;
    let px = f32At(polygon, 2 * n - 1) as f64;
    for (let k = 0; k < n; k++) {
      const qy = f32At(polygon, 2 * k) as f64;
      const qx = f32At(polygon, 2 * k + 1) as f64;
      if (qy === y && qx >= 0 && qx <= last && floor(qx) === qx) setU32(row, qx as i32, label);
      const below = qy > y !== py > y;
      const above = qy < y !== py < y;
      if (below || above) {
        const x = px + ((y - py) * (qx - px)) / (qy - py);
        if (below) setF64(right, nRight++, x);
        if (above) setF64(left, nLeft++, x);
        from = min(from, x);
        to = max(to, x);
      }
      py = qy;
      px = qx;
    }
    const x1 = min(last, floor(to));
    for (let x = max(0.0, ceil(from)); x <= x1; x++) {
      let r = 0;
      let l = 0;
      for (let k = 0; k < nRight; k++) r ^= (f64At(right, k) > x) as i32;
      for (let k = 0; k < nLeft; k++) l ^= (f64At(left, k) < x) as i32;
      if (r === 1 || r !== l) setU32(row, x as i32, label);
    }
  }
}
