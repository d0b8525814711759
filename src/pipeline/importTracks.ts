import { readFile } from 'node:fs/promises';
import { makeFolder, sha256Hex, writeFileAtomic } from '../codec/files.ts';
import { morulaVersion } from '../codec/packageRoot.ts';
import { asStorageError, MorulaError } from '../errors/index.ts';
import { type CtcTracks, readTracks, type Tracks } from '../exchange/index.ts';
import { buildLineage, checkLineage } from '../lineage/index.ts';
import type { Links } from '../link/types.ts';
import { type MovieInfo, type MovieSource, openMovie } from '../read/index.ts';
import type { Detections } from '../segment/types.ts';
import {
  commitFrames,
  type FrameMarker,
  layout,
  linkKey,
  type Output,
  type PackedFrame,
  packFrame,
  prepareResult,
  type RunFile,
  type StoredMovie,
  sliceTable,
  stageKey,
  storeMovie,
  takeLock,
  writeRunFile,
} from '../store/index.ts';
import { importMarks } from './importMarks.ts';
import { commitLineage } from './linkResult.ts';
import { absolute, baseName } from './names.ts';
import type { Hooks } from './progress.ts';
import { summarise } from './publish.ts';
import { keepTwoDaughters } from './twoDaughters.ts';

/** What a user can say about an import. */
export interface ImportJob {
  path: string;
  format: string;
  /** Movie to show behind the tracks, or null. */
  movie: MovieSource | null;
  folder: string;
  /** Drops the links. */
  detectionsOnly: boolean;
  /** Micrometres: what is in pixels becomes micrometres, what has no unit is taken to be in them. */
  pixelSize?: readonly number[];
  timeStep?: number;
  overwrite: boolean;
}

/** What an import did. */
export interface ImportReport {
  run: RunFile;
  detections: number;
  links: number;
  warnings: string[];
}

const NO_LINKS: Links = {
  count: 0,
  source: new Int32Array(0),
  target: new Int32Array(0),
  cost: new Float32Array(0),
  prob: new Float32Array(0),
};

/** Makes a result of somebody's tracks or masks. */
export async function importTracks(job: ImportJob, hooks: Hooks = {}): Promise<ImportReport> {
  const info = job.movie === null ? null : await describeMovie(job.movie);
  const tracks = await readInput(job, info);
  const movie = await describeTracks(tracks, info, job);
  const { links, dropped } = keepTwoDaughters(
    tracks.detections,
    job.detectionsOnly ? NO_LINKS : tracks.links,
  );
  if (dropped > 0) {
    tracks.warnings.push(
      `import: links to a third daughter: ${dropped}, left out: the two nearest daughters stay`,
    );
  }
  // A result never holds what its graph cannot say: a broken lineage is refused before anything is written.
  const lineage = buildLineage(tracks.detections, links);
  checkLineage(lineage);
  try {
    await makeFolder(job.folder);
  } catch (error) {
    throw asStorageError('store', job.folder, error);
  }
  const release = await takeLock(job.folder);
  try {
    const plan = {
      morula: morulaVersion(),
      movie,
      segment: {
        kind: 'import' as const,
        model: tracks.format,
        modelDigest: contentKey(tracks, job.detectionsOnly),
        channel: 0,
        probThreshold: 0,
        nmsThreshold: 0,
        objectDiameter: null,
        omeZarr: '0.5' as const,
      },
      hasLabels: tracks.labelImage !== undefined,
    };
    const run = await prepareResult(job.folder, plan, job.overwrite);
    const markers = await importFrames(job.folder, run, tracks, hooks);
    if (tracks.format === 'trackmate') run.documents = await keepOriginal(job, run);
    run.stages.segment = 'done';
    await writeRunFile(job.folder, run);
    if (!job.detectionsOnly) {
      const settings = { kind: 'import' as const, maxDistance: null, maxFrameInterval: 0, divisions: true };
      const key = linkKey(settings, markers);
      await commitLineage(job.folder, run, lineage, {
        key,
        settings,
        summary: summarise(run, lineage, null),
      });
      if (tracks.marks) {
        tracks.warnings.push(
          ...(await importMarks(job.folder, run, lineage, tracks.marks, baseName(job.path))),
        );
      }
    } else if (tracks.marks) {
      tracks.warnings.push('import: names, colours, tags and groups were left out with the links');
    }
    return { run, detections: tracks.detections.count, links: links.count, warnings: tracks.warnings };
  } finally {
    await release();
  }
}

async function describeMovie(source: MovieSource): Promise<MovieInfo> {
  const movie = await openMovie({ ...source, path: absolute(source.path) });
  await movie.close();
  return movie.info;
}

async function readInput(job: ImportJob, info: MovieInfo | null): Promise<Tracks> {
  const voxelSize = info?.voxelSizeKnown === true ? info.voxelSize : threeAxes(job.pixelSize);
  const timeStep = job.timeStep ?? (info?.timeStepKnown === true ? info.timeStep : undefined);
  const read: Tracks | CtcTracks = await readTracks(job.path, {
    format: job.format,
    ...(voxelSize === undefined ? {} : { voxelSize }),
    ...(timeStep === undefined ? {} : { timeStep }),
  });
  if (!('toTracks' in read)) return read;
  return read.toTracks({
    ...(voxelSize === undefined ? {} : { voxelSize }),
    ...(timeStep === undefined ? {} : { timeStep }),
  });
}

function threeAxes(pixelSize: readonly number[] | undefined): readonly [number, number, number] | undefined {
  if (pixelSize === undefined) return undefined;
  const [z, y, x] = pixelSize.length === 3 ? pixelSize : [1, ...pixelSize];
  return [z!, y!, x!];
}

async function describeTracks(tracks: Tracks, info: MovieInfo | null, job: ImportJob): Promise<StoredMovie> {
  if (info === null && tracks.nFrames === 0) {
    throw new MorulaError(
      'invalid-data',
      `import: ${job.path} holds no cell, so nothing says how many frames there are; name the movie with --movie`,
    );
  }
  if (info !== null && tracks.nFrames > info.nFrames) {
    throw new MorulaError(
      'shape-mismatch',
      `import: ${job.path} has tracks up to frame ${tracks.nFrames - 1}, the movie ${info.name} has ${info.nFrames} frames`,
    );
  }
  const image = tracks.labelImage === undefined ? null : await tracks.labelImage(0);
  const shape = image === null ? null : ([1, 1, ...image.shape].slice(-3) as [number, number, number]);
  if (info !== null) {
    if (shape?.some((extent, axis) => extent !== info.shape[axis])) {
      throw new MorulaError(
        'shape-mismatch',
        `import: masks of ${job.path} must have the movie's ${info.shape.join(' x ')} pixels, found ${shape.join(' x ')}`,
      );
    }
    return storeMovie(info, null);
  }
  return {
    path: null,
    name: baseName(job.path),
    ndim: tracks.ndim,
    nFrames: tracks.nFrames,
    shape: shape ?? [0, 0, 0],
    dtype: null,
    level: 0,
    channels: [],
    voxelSize: tracks.voxelSize ?? threeAxes(job.pixelSize) ?? [1, 1, 1],
    timeStep: tracks.timeStep ?? job.timeStep ?? 1,
    // Who gives the size of a pixel in micrometres means that positions without a unit are in micrometres.
    voxelSizeKnown:
      tracks.unit === 'micrometer' || (tracks.unit === 'unknown' && job.pixelSize !== undefined),
    timeStepKnown: (tracks.timeStep ?? job.timeStep) !== undefined,
    fingerprint: stageKey(absolute(job.path)),
    sample: null,
  };
}

/**
 * TrackMate's XML holds settings and features that a lineage does not: an export puts them back.
 *
 * @returns what run.json keeps checksums of, this file among them
 */
async function keepOriginal(job: ImportJob, { documents = [] }: RunFile): Promise<Output[]> {
  const path = layout.original('');
  const written = await writeFileAtomic(layout.original(job.folder), await readFile(job.path));
  return [...documents.filter((document) => document.path !== path), { path, ...written }];
}

/** Content of the tracks, so that another file of the same name is another job. */
function contentKey(tracks: Tracks, detectionsOnly: boolean): string {
  const { t, z, y, x, label, radius, size, prob } = tracks.detections;
  const { source, target } = tracks.links;
  const columns = [t, z, y, x, label, radius, size, prob, source, target];
  const bytes = columns.map((data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return stageKey(sha256Hex(...bytes), detectionsOnly);
}

/** Frames and bytes that are committed at once. */
const BATCH_FRAMES = 256;
const BATCH_BYTES = 16 * 1024 ** 2;

/** Commits every frame, in batches; the frames' markers come back. */
async function importFrames(
  folder: string,
  run: RunFile,
  tracks: Tracks,
  hooks: Hooks,
): Promise<FrameMarker[]> {
  const { detections } = tracks;
  const report = { seconds: { read: 0, network: 0, total: 0 }, warnings: [] };
  const total = run.movie.nFrames;
  const markers: FrameMarker[] = [];
  let batch: PackedFrame[] = [];
  let bytes = 0;
  let start = 0;
  for (let t = 0; t < total; t++) {
    hooks.signal?.throwIfAborted();
    const end = endOfFrame(detections, start, t);
    const labels = tracks.labelImage !== undefined && t < tracks.nFrames ? await tracks.labelImage(t) : null;
    const table = sliceTable(detections, t, start, end);
    const packed = await packFrame(folder, run.segmentKey, table, labels, report);
    start = end;
    batch.push(packed);
    for (const file of packed.files) bytes += file.bytes.length;
    if (batch.length < BATCH_FRAMES && bytes < BATCH_BYTES && t < total - 1) continue;
    markers.push(...(await commitFrames(folder, batch)));
    batch = [];
    bytes = 0;
    hooks.onProgress?.({ stage: 'importing', done: t + 1, total, unit: 'frames' });
  }
  return markers;
}

function endOfFrame(detections: Detections, start: number, t: number): number {
  let end = start;
  while (end < detections.count && detections.t[end] === t) end++;
  return end;
}
