/** One tile along one axis: it reads `[start, start + length)` and writes `[from, to)` of the axis. */
export interface AxisTile {
  start: number;
  length: number;
  from: number;
  to: number;
}

/** Tiles needed to cover n blocks by tiles of `length` blocks that overlap on each inner side. */
function tilesNeeded(n: number, length: number, overlap: number): number {
  return length >= n ? 1 : Math.ceil((n - 2 * overlap) / (length - 2 * overlap));
}

/**
 * Covers an axis with about `count` overlapping tiles, in units of `block` pixels. The written parts do not overlap
 * and leave out `overlap` blocks at each inner end of a tile.
 *
 * Source: CSBDeep's tile iterator, as StarDist uses it.
 *
 * @param size pixels, a multiple of `block`
 * @param overlap blocks
 */
export function planTiles(size: number, count: number, block: number, overlap: number): AxisTile[] {
  const n = size / block;
  let length = 2 * overlap + 1;
  while (tilesNeeded(n, length, overlap) > count) length++;
  if (length - 1 > 2 * overlap) {
    const fewer = tilesNeeded(n, length, overlap);
    const more = tilesNeeded(n, length - 1, overlap);
    if (more - count < count - fewer) length--;
  }
  return tilesOfLength(size, Math.min(length, n) * block, overlap * block);
}

/**
 * Covers an axis with tiles of one length; the last one is moved back to end at the axis's end.
 *
 * @param size pixels, at least `length`
 * @param overlap pixels that are not written at each inner end; less than half of `length`
 */
export function tilesOfLength(size: number, length: number, overlap: number): AxisTile[] {
  const stride = length - 2 * overlap;
  const tiles: AxisTile[] = [];
  for (let written = 0; written < size; ) {
    const start = Math.min(tiles.length * stride, size - length);
    const to = start + length === size ? size : start + length - overlap;
    tiles.push({ start, length, from: written, to });
    written = to;
  }
  return tiles;
}

/**
 * Tiles of both axes such that no tile has more than `maxPixels` (as far as the overlap allows).
 *
 * @param size `[height, width]`, multiples of `block`
 * @param halo pixels of context on each side, rounded up to blocks
 */
export function planFrame(
  size: readonly [number, number],
  block: readonly [number, number],
  halo: readonly [number, number],
  maxPixels: number,
): [AxisTile[], AxisTile[]] {
  const counts: [number, number] = [1, 1];
  const plan = (axis: 0 | 1): AxisTile[] =>
    planTiles(size[axis], counts[axis], block[axis], Math.ceil(halo[axis] / block[axis]));
  const tiles: [AxisTile[], AxisTile[]] = [plan(0), plan(1)];
  for (;;) {
    const lengths = [tiles[0][0]!.length, tiles[1][0]!.length] as const;
    if (lengths[0] * lengths[1] <= maxPixels) return tiles;
    const axis = lengths[0] >= lengths[1] ? 0 : 1;
    const smallest = (2 * Math.ceil(halo[axis] / block[axis]) + 1) * block[axis];
    if (lengths[axis] <= smallest) return tiles;
    counts[axis]++;
    tiles[axis] = plan(axis);
  }
}
