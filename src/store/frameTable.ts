import { decodeColumns, encodeColumns } from '../codec/columns.ts';
import { MorulaError } from '../errors/index.ts';
import { createDetections } from '../lineage/index.ts';
import type { WeakCandidates } from '../segment/index.ts';
import type { Detections, FrameObjects } from '../segment/types.ts';
import { decodeWeak, encodeWeak, type WeakTable, weakToPhysical } from './weakTable.ts';

/** Detections of one frame, physical units: the columns of `Detections` less `t`. */
export interface FrameTable extends Omit<Detections, 't' | 'ndim'> {
  t: number;
  /** What the network saw below the threshold; absent where none was asked, and in frames of older versions. */
  weak?: WeakTable;
}

/** Version of a frame's file: 1 had no weak candidates and did not say so. */
const VERSION = 2;

/**
 * Pixels to micrometres, once.
 *
 * @param voxelSize `[z, y, x]` micrometres
 */
export function toPhysical(
  t: number,
  objects: FrameObjects,
  voxelSize: readonly [number, number, number],
  ndim: 2 | 3,
  weak?: WeakCandidates,
): FrameTable {
  const [dz, dy, dx] = voxelSize;
  const unit = ndim === 2 ? dy * dx : dz * dy * dx;
  const size = objects.size.map((pixels) => pixels * unit);
  return {
    t,
    count: objects.count,
    nChannels: objects.nChannels,
    label: objects.label,
    z: objects.z.map((v) => v * dz),
    y: objects.y.map((v) => v * dy),
    x: objects.x.map((v) => v * dx),
    size,
    radius: size.map((s) => equivalentRadius(s, ndim)),
    prob: objects.prob,
    border: objects.border,
    intensity: objects.intensity,
    ...(weak === undefined ? {} : { weak: weakToPhysical(weak, voxelSize, ndim) }),
  };
}

/** Radius of the disc or ball of the given area or volume. */
export function equivalentRadius(size: number, ndim: 2 | 3): number {
  return ndim === 2 ? Math.sqrt(size / Math.PI) : Math.cbrt((3 * size) / (4 * Math.PI));
}

/** Bytes of a frame's table. */
export function encodeFrameTable(table: FrameTable): Uint8Array {
  const { t, count, nChannels, weak, ...columns } = table;
  if (weak === undefined) return encodeColumns({ meta: { t, count, nChannels }, columns });
  const below = encodeWeak(weak);
  return encodeColumns({
    meta: { t, count, nChannels, version: VERSION, weak: below.meta },
    columns: { ...columns, ...below.columns },
  });
}

/**
 * The table in `bytes`, which the caller does not use again.
 *
 * @param place names the file in errors
 * @throws `invalid-data` for bytes that are no such table, `unsupported` for those of a later version
 */
export function decodeFrameTable(bytes: Uint8Array, place: string): FrameTable {
  const { meta, columns } = decodeColumns(bytes, place, true);
  const { t, count, nChannels, version = 1, weak } = meta;
  if (typeof version !== 'number' || version > VERSION) {
    throw new MorulaError(
      'unsupported',
      `store: ${place} must be of version ${VERSION} or older, got ${JSON.stringify(version)}; it was made by a newer morula, install that`,
    );
  }
  const below = weak === undefined ? {} : { weak: decodeWeak(weak, columns, place) };
  return { t, count, nChannels, ...columns, ...below } as unknown as FrameTable;
}

/** All frames' tables under one another, in the order given (by frame). */
export function joinTables(tables: readonly FrameTable[], ndim: 2 | 3): Detections {
  const count = tables.reduce((sum, table) => sum + table.count, 0);
  const nChannels = tables.reduce((most, table) => Math.max(most, table.nChannels), 0);
  const all = createDetections(count, ndim, nChannels);
  let row = 0;
  for (const table of tables) {
    all.t.fill(table.t, row, row + table.count);
    for (const name of ['label', 'z', 'y', 'x', 'size', 'radius', 'prob', 'border'] as const) {
      all[name].set(table[name], row);
    }
    all.intensity.set(table.intensity, row * nChannels);
    row += table.count;
  }
  return all;
}

/** The rows `[start, end)` of `detections`, which all lie in frame `t`, as a frame's table. */
export function sliceTable(detections: Detections, t: number, start: number, end: number): FrameTable {
  const { nChannels } = detections;
  return {
    t,
    count: end - start,
    nChannels,
    label: detections.label.slice(start, end),
    z: detections.z.slice(start, end),
    y: detections.y.slice(start, end),
    x: detections.x.slice(start, end),
    size: detections.size.slice(start, end),
    radius: detections.radius.slice(start, end),
    prob: detections.prob.slice(start, end),
    border: detections.border.slice(start, end),
    intensity: detections.intensity.slice(start * nChannels, end * nChannels),
  };
}
