import type { Detections } from '../segment/types.ts';
import { arrange, countFrames, emptyDetections, plainLinks, reorder } from './build.ts';
import { hasMarks, moveMarks, type RowMarks } from './marks.ts';
import type { NumberTable } from './numberTable.ts';
import type { LengthUnit, ReadOptions, Tracks } from './types.ts';

/** Detections of a table with positions; flat where no row has a z other than 0. */
export function tableDetections(
  table: NumberTable<'t' | 'z' | 'y' | 'x'>,
  voxelSize: readonly [number, number, number] = [1, 1, 1],
): Detections {
  const { t, z, y, x } = table.values;
  const flat = !table.has('z') || z.every((value) => value === 0);
  const out = emptyDetections(table.count, flat ? 2 : 3);
  out.t.set(t);
  for (let i = 0; i < table.count; i++) {
    if (!flat) out.z[i] = z[i] * voxelSize[0];
    out.y[i] = y[i] * voxelSize[1];
    out.x[i] = x[i] * voxelSize[2];
  }
  return out;
}

/** What a reader of a table has found out. */
export interface Found {
  format: string;
  place: string;
  detections: Detections;
  source: Int32Array;
  target: Int32Array;
  /** Per link, where the file has them; NaN = not known. */
  cost?: Float32Array;
  prob?: Float32Array;
  sourceId: Float64Array;
  /** What the file calls its rows. */
  marks?: RowMarks;
  unit: LengthUnit;
  nameOf(row: number): string;
}

/** Checked and sorted tracks of what was found. */
export function assembleTracks(found: Found, options: ReadOptions): Tracks {
  const { format, place, nameOf, unit } = found;
  const plain = plainLinks(found.source, found.target);
  const read = { ...plain, cost: found.cost ?? plain.cost, prob: found.prob ?? plain.prob };
  const { detections, links, row, warnings } = arrange(found.detections, read, {
    place,
    nameOf,
    strict: options.strict ?? false,
  });
  return {
    format,
    detections,
    links,
    ndim: detections.ndim,
    nFrames: countFrames(detections),
    unit,
    ...(options.timeStep === undefined ? {} : { timeStep: options.timeStep }),
    ...(options.voxelSize === undefined ? {} : { voxelSize: options.voxelSize }),
    sourceId: reorder(found.sourceId, row),
    ...(found.marks && hasMarks(found.marks) ? { marks: moveMarks(found.marks, row) } : {}),
    warnings,
  };
}
