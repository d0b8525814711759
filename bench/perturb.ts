import { createRandom, type Random } from '../src/array/index.ts';
import { buildGrid, findNearest, frameOffsets } from '../src/link/grid.ts';
import type { Links } from '../src/link/types.ts';
import type { Detections } from '../src/segment/types.ts';

/** What goes wrong with detections: shares of all detections, and the spread of positions in spacings. */
export interface Faults {
  /** Cells that are not found. */
  missed: number;
  /** Detections that are no cell, anywhere in the frame's box, of any cell's size, each in one frame. */
  added: number;
  /** Cells that are found together with their nearest neighbour, as one object a third of the way to it. */
  merged: number;
  /** Cells that are found as two fragments, three fifths and two fifths of them. */
  split: number;
  /** Standard deviation an axis, in units of the frame's median distance to the nearest neighbour. */
  jitter: number;
}

/** A detection on its way: the true cell's row, -1 = none. */
interface Row {
  cell: number;
  t: number;
  z: number;
  y: number;
  x: number;
  size: number;
  radius: number;
}

const [KEPT, MISSED, MERGED, SPLIT] = [0, 1, 2, 3];

/** Draws a fate for every cell; a cell that another swallowed is neither split nor swallows. */
function drawFates({ count }: Detections, { missed, merged, split }: Faults, random: Random): Uint8Array {
  return Uint8Array.from({ length: count }, () => {
    const u = random.uniform();
    if (u < missed) return MISSED;
    if (u < missed + merged) return MERGED;
    return u < missed + merged + split ? SPLIT : KEPT;
  });
}

/** One frame's detections with its faults. */
function disturbFrame(
  d: Detections,
  [from, to]: readonly [number, number],
  fates: Uint8Array,
  faults: Faults,
  random: Random,
): Row[] {
  const grid = buildGrid(d, from, to);
  const apart: number[] = [];
  const rows: Row[] = [];
  const gone = new Set<number>();
  const own = (i: number): Row => {
    return { cell: i, t: d.t[i], z: d.z[i], y: d.y[i], x: d.x[i], size: d.size[i], radius: d.radius[i] };
  };
  for (let i = from; i < to; i++) {
    const neighbour = findNearest(d, grid, i);
    if (neighbour.row >= 0) apart.push(Math.sqrt(neighbour.d2));
    if (fates[i] === MISSED) gone.add(i);
    if (fates[i] !== MERGED || gone.has(i) || neighbour.row < 0) continue;
    const other = neighbour.row;
    if (gone.has(other) || fates[other] !== KEPT) continue;
    gone.add(i).add(other);
    const between = (axis: Float64Array): number => (2 * axis[i] + axis[other]) / 3;
    const grown = (d.size[i] + d.size[other]) / d.size[i];
    rows.push({
      ...own(i),
      z: between(d.z),
      y: between(d.y),
      x: between(d.x),
      size: d.size[i] + d.size[other],
      radius: d.radius[i] * grown ** (1 / d.ndim),
    });
  }
  const spacing = apart.sort((a, b) => a - b)[apart.length >> 1] ?? 0;
  const direction = (): [number, number, number] => {
    const v = [d.ndim === 3 ? random.normal() : 0, random.normal(), random.normal()] as const;
    const length = Math.hypot(...v) || 1;
    return [v[0] / length, v[1] / length, v[2] / length];
  };
  for (let i = from; i < to; i++) {
    if (gone.has(i)) continue;
    if (fates[i] !== SPLIT) {
      rows.push(own(i));
      continue;
    }
    const reach = Number.isNaN(d.radius[i]) ? 0.15 * spacing : 0.5 * d.radius[i];
    const [dz, dy, dx] = direction();
    for (const [share, sign, cell] of [
      [0.6, 0.4, i],
      [0.4, -0.6, -1],
    ]) {
      const place = own(i);
      rows.push({
        ...place,
        cell,
        z: place.z + 2 * sign * reach * dz,
        y: place.y + 2 * sign * reach * dy,
        x: place.x + 2 * sign * reach * dx,
        size: share * place.size,
        radius: place.radius * share ** (1 / d.ndim),
      });
    }
  }
  const extent = (axis: Float64Array): [number, number] => {
    const part = axis.subarray(from, to);
    const low = part.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    return [low, part.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) - low];
  };
  const box = [extent(d.z), extent(d.y), extent(d.x)];
  for (let i = from; i < to; i++) {
    if (random.uniform() >= faults.added) continue;
    const like = own(from + random.int(to - from));
    const [z, y, x] = box.map(([low, length]) => low + length * random.uniform());
    rows.push({ ...like, cell: -1, z, y, x });
  }
  if (faults.jitter > 0) {
    for (const row of rows) {
      if (d.ndim === 3) row.z += faults.jitter * spacing * random.normal();
      row.y += faults.jitter * spacing * random.normal();
      row.x += faults.jitter * spacing * random.normal();
    }
  }
  return rows;
}

/**
 * Detections with faults, and the links that remain true of them: a missed cell's link is joined over the gap (its
 * daughters become those of its parent, the first two), a merged object stands for the cell that swallowed its
 * neighbour, a split cell's larger fragment for the cell. Rows stay sorted by frame, shuffled within it.
 *
 * @param seed the same seed gives the same faults
 */
export function perturb(
  detections: Detections,
  links: Links,
  faults: Faults,
  seed: number,
): { detections: Detections; links: Links } {
  const random = createRandom(seed);
  const fates = drawFates(detections, faults, random);
  const offsets = frameOffsets(detections);
  const rows: Row[] = [];
  for (let t = 0; t + 1 < offsets.length; t++) {
    const frame = disturbFrame(detections, [offsets[t], offsets[t + 1]], fates, faults, random);
    for (let i = frame.length - 1; i > 0; i--) {
      const j = random.int(i + 1);
      [frame[i], frame[j]] = [frame[j], frame[i]];
    }
    rows.push(...frame);
  }
  const column = (name: 'z' | 'y' | 'x' | 'size' | 'radius'): Float64Array =>
    Float64Array.from(rows, (row) => row[name]);
  const disturbed: Detections = {
    ...detections,
    count: rows.length,
    t: Int32Array.from(rows, ({ t }) => t),
    label: new Uint32Array(rows.length),
    z: column('z'),
    y: column('y'),
    x: column('x'),
    size: column('size'),
    radius: column('radius'),
    prob: new Float32Array(rows.length).fill(Number.NaN),
    border: Uint8Array.from(rows, ({ cell }) => (cell >= 0 ? detections.border[cell] : 0)),
    intensity: new Float32Array(0),
    nChannels: 0,
  };
  return { detections: disturbed, links: remainingLinks(detections.count, links, rows) };
}

/** Links between what is still there, joined over what is not. */
function remainingLinks(count: number, links: Links, rows: readonly Row[]): Links {
  const parent = new Int32Array(count).fill(-1);
  for (let k = 0; k < links.count; k++) parent[links.target[k]] = links.source[k];
  const rowOf = new Int32Array(count).fill(-1);
  for (const [row, { cell }] of rows.entries()) if (cell >= 0) rowOf[cell] = row;
  const daughters = new Uint8Array(rows.length);
  const source: number[] = [];
  const target: number[] = [];
  for (const [row, { cell }] of rows.entries()) {
    if (cell < 0) continue;
    let from = parent[cell];
    while (from >= 0 && rowOf[from] < 0) from = parent[from];
    if (from < 0 || daughters[rowOf[from]] === 2) continue;
    daughters[rowOf[from]]++;
    source.push(rowOf[from]);
    target.push(row);
  }
  const unknown = new Float32Array(target.length).fill(Number.NaN);
  return {
    count: target.length,
    source: Int32Array.from(source),
    target: Int32Array.from(target),
    cost: unknown,
    prob: unknown,
  };
}
