import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex, writeFilesAtomic } from '../codec/files.ts';
import { inLanes } from '../codec/inLanes.ts';
import { morulaVersion } from '../codec/packageRoot.ts';
import type { MorulaError } from '../errors/index.ts';
import type { Detections, LabelImage } from '../segment/types.ts';
import { decodeFrameTable, encodeFrameTable, type FrameTable, joinTables, sliceTable } from './frameTable.ts';
import { encodeLabels } from './labels.ts';
import { layout } from './layout.ts';
import { checksumError, frameError } from './remedy.ts';
import { readRescued } from './rescuedTable.ts';
import { openMarker, sealMarker } from './sealed.ts';
import type { FileBytes, FrameMarker, PackedFrame, RunFile } from './types.ts';
import type { WeakTable } from './weakTable.ts';

/** What a worker reports besides the frame itself. */
export interface FrameReport {
  /** Where the network ran, if one did. */
  device?: string;
  seconds: FrameMarker['seconds'];
  warnings: string[];
  /** Chunks of the movie that were taken as missing; absent = none. */
  masked?: number;
}

/**
 * Encodes everything that a frame's commit writes. The arrays may be used for the next frame afterwards.
 *
 * @param labels null for imported points
 */
export async function packFrame(
  folder: string,
  key: string,
  table: FrameTable,
  labels: LabelImage | null,
  report: FrameReport,
): Promise<PackedFrame> {
  const chunks = labels === null ? [] : await encodeLabels(folder, table.t, labels);
  const marker: PackedFrame['marker'] = {
    v: 1,
    unit: `segment/${table.t}`,
    key,
    count: table.count,
    ...(table.weak === undefined ? {} : { weak: table.weak.count }),
    ...(report.masked ? { masked: report.masked } : {}),
    seconds: report.seconds,
    env: {
      morula: morulaVersion(),
      node: process.version,
      ...(report.device === undefined ? {} : { device: report.device }),
    },
    warnings: report.warnings,
  };
  const tableFile = { path: layout.frameTable('', table.t), bytes: encodeFrameTable(table) };
  return { t: table.t, files: [...chunks, tableFile], marker };
}

/**
 * Commits frames: label chunks and tables, and when all of them are durable the done-markers that name them with their
 * checksums. Until its marker is in place a frame counts as not done; two writers of one frame write the same bytes over
 * one another. Many frames wait for the disk once: for those that take no time themselves.
 */
export async function commitFrames(folder: string, frames: readonly PackedFrame[]): Promise<FrameMarker[]> {
  const outputs = await writeFiles(
    folder,
    frames.flatMap(({ files }) => files),
  );
  const markers: FrameMarker[] = [];
  let from = 0;
  for (const { marker, files } of frames) {
    markers.push(wholeMarker(marker, outputs.slice(from, from + files.length)));
    from += files.length;
  }
  const encoder = new TextEncoder();
  await writeFiles(
    folder,
    markers.map((marker, i) => ({
      path: layout.frameMarker('', frames[i].t),
      bytes: encoder.encode(sealMarker(marker)),
    })),
  );
  return markers;
}

function wholeMarker(marker: PackedFrame['marker'], outputs: FrameMarker['outputs']): FrameMarker {
  const { v, unit, key, count, weak, ...rest } = marker;
  return { v, unit, key, count, ...(weak === undefined ? {} : { weak }), outputs, ...rest };
}

/** Writes files into a result folder, all durable at the end, and says what was written, in the order given. */
export async function writeFiles(
  folder: string,
  files: readonly FileBytes[],
): Promise<FrameMarker['outputs']> {
  const written = await writeFilesAtomic(
    files.map(({ path, bytes }) => ({ path: join(folder, path), bytes })),
  );
  return files.map(({ path }, i) => ({ path, ...written[i] }));
}

/** The frame's marker if the frame is done under `key` and every file it names has its size; else null. */
export async function readMarker(folder: string, key: string, t: number): Promise<FrameMarker | null> {
  const marker = await readMarkerFile(folder, key, t);
  if (typeof marker === 'string') return null;
  for (const output of marker.outputs) {
    const found = await stat(join(folder, output.path)).catch(() => null);
    if (found === null || found.size !== output.bytes) return null;
  }
  return marker;
}

/**
 * A frame's marker as it lies there, whatever became of the files that it names; or in one word why there is none:
 * `absent`, `damaged`, or of `another` job.
 */
export async function readMarkerFile(
  folder: string,
  key: string,
  t: number,
): Promise<FrameMarker | 'absent' | 'damaged' | 'another'> {
  let marker: FrameMarker | null;
  try {
    marker = openMarker(await readFile(layout.frameMarker(folder, t))) as FrameMarker | null;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'absent' : 'damaged';
  }
  if (marker?.v !== 1 || !Array.isArray(marker.outputs)) return 'damaged';
  return marker.key === key ? marker : 'another';
}

/**
 * What of the frames `[start, end)` is done: the frames that are missing, those with masked chunks, and the cells in those
 * that stand, with the candidates below the threshold.
 */
export async function surveyFrames(
  folder: string,
  key: string,
  start: number,
  end: number,
): Promise<{ missing: number[]; masked: number[]; detections: number; weak: number }> {
  const missing: number[] = [];
  const masked: number[] = [];
  let detections = 0;
  let weak = 0;
  const markers = await inLanes(end - start, (i) => readMarker(folder, key, start + i));
  for (const [i, marker] of markers.entries()) {
    if (marker === null) {
      missing.push(start + i);
      continue;
    }
    detections += marker.count;
    weak += marker.weak ?? 0;
    if (marker.masked !== undefined) masked.push(start + i);
  }
  return { missing, masked, detections, weak };
}

/** Frames in `[start, end)` that are not done. */
export async function missingFrames(
  folder: string,
  key: string,
  start: number,
  end: number,
): Promise<number[]> {
  return (await surveyFrames(folder, key, start, end)).missing;
}

/** All markers of a result, in frame order. */
export async function readMarkers(folder: string, run: RunFile): Promise<FrameMarker[]> {
  return inLanes(run.movie.nFrames, async (t) => {
    const marker = await readMarker(folder, run.segmentKey, t);
    if (marker === null) throw await unusable(folder, run, t);
    return marker;
  });
}

/**
 * Detections of all frames, each frame's rescued cells behind the others; each table is checked against its marker's
 * checksum.
 *
 * @param rescued default: those of the present linking; null = as segmented
 * @throws `invalid-data` naming the frame that is missing or damaged
 */
export async function loadDetections(
  folder: string,
  run: RunFile,
  rescued?: Detections | null,
): Promise<Detections> {
  const late = rescued === undefined ? await readRescued(folder) : rescued;
  const markers = await readMarkers(folder, run);
  const read = await inLanes(markers.length, async (t) => {
    const { weak: _, ...table } = await readTable(folder, run, markers[t], t);
    return table;
  });
  return joinFrames(read, late, run.movie.ndim);
}

/** The tables of all frames as one, each frame's `rescued` cells behind the others. */
export function joinFrames(read: readonly FrameTable[], rescued: Detections | null, ndim: 2 | 3): Detections {
  if (rescued === null) return joinTables(read, ndim);
  const tables: FrameTable[] = [];
  const flags: number[] = [];
  let row = 0;
  for (const [t, table] of read.entries()) {
    const from = row;
    while (row < rescued.count && rescued.t[row] === t) row++;
    tables.push(table, sliceTable(rescued, t, from, row));
    for (let i = 0; i < table.count + row - from; i++) flags.push(i < table.count ? 0 : 1);
  }
  return { ...joinTables(tables, ndim), rescued: Uint8Array.from(flags) };
}

/**
 * Candidates below the threshold in frame `t`: of what was segmented by an older version, or not by a network of
 * candidates, null.
 *
 * @throws `invalid-data` when the frame is not segmented or damaged
 */
export async function loadWeak(folder: string, run: RunFile, t: number): Promise<WeakTable | null> {
  const marker = await readMarker(folder, run.segmentKey, t);
  if (marker === null) throw await unusable(folder, run, t);
  return (await readTable(folder, run, marker, t)).weak ?? null;
}

/** Why a frame has no marker that holds. */
async function unusable(folder: string, run: RunFile, t: number): Promise<MorulaError> {
  return frameError(folder, run, t, await readMarkerFile(folder, run.segmentKey, t));
}

/** A frame's table, checked against its marker's checksum. */
async function readTable(folder: string, run: RunFile, marker: FrameMarker, t: number): Promise<FrameTable> {
  const path = layout.frameTable(folder, t);
  const bytes = await readFile(path);
  const expected = marker.outputs.find((output) => output.path === layout.frameTable('', t));
  if (expected === undefined || sha256Hex(bytes) !== expected.sha256) throw checksumError(folder, run, path);
  return decodeFrameTable(bytes, path);
}
