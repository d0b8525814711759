import type { NdArray } from '../src/array/index.ts';
import { isMorulaError, MorulaError } from '../src/errors/index.ts';
import { modelDigest } from '../src/model/digest.ts';
import { loadModel } from '../src/model/load.ts';
import type { SemanticSession } from '../src/model/semantic/types.ts';
import { createSession } from '../src/model/session.ts';
import { type Device, isSemanticSession, type ModelSession } from '../src/model/types.ts';
import { takeSpans, watchRuns } from '../src/model/watch.ts';
import { guard } from '../src/pool/guard.ts';
import type { OpenTask, SegmentDone, SegmentTask } from '../src/pool/tasks.ts';
import { openMovie } from '../src/read/openMovie.ts';
import type { Movie } from '../src/read/types.ts';
import { restoreImage } from '../src/segment/restore.ts';
import { createScratch } from '../src/segment/scratch.ts';
import { segmentFrame } from '../src/segment/segmentFrame.ts';
import { packFrame } from '../src/store/frames.ts';
import { toPhysical } from '../src/store/frameTable.ts';

/** What a worker keeps from frame to frame: one open movie, one session, one set of buffers. */
interface Bench {
  /** Of the model. */
  digest: string;
  movie: Movie;
  session: ModelSession;
  restorer: { digest: string; session: SemanticSession } | null;
}

let bench: Promise<Bench> | null = null;
let benchKey = '';
const scratch = createScratch();

async function openBench({ model: path, restore, threads, device, source }: OpenTask): Promise<Bench> {
  const model = await loadModel(path);
  const session = await createSession(model, { threads, device, sparse: true });
  const restorer = restore ? await openRestorer(restore.model, threads, device) : null;
  return { digest: modelDigest(model), movie: await openMovie(source), session, restorer };
}

async function openRestorer(path: string, threads: number, device: Device): Promise<Bench['restorer']> {
  const model = await loadModel(path);
  const session = await createSession(model, { threads, device });
  if (isSemanticSession(session)) return { digest: modelDigest(model), session };
  throw new MorulaError('unsupported', `--restore: ${path} must be a network that restores`);
}

function takeBench({ source, model, restore, device, threads }: OpenTask): Promise<Bench> {
  const key = JSON.stringify([source, model, restore, device, threads]);
  if (bench === null || benchKey !== key) {
    benchKey = key;
    bench = openBench({ source, model, restore: restore ?? null, device, threads });
    bench.catch(() => {
      bench = null;
    });
  }
  return bench;
}

/** The error with the frame's number: `model: frame 7: ...`. */
function atFrame(error: unknown, t: number): unknown {
  if (!isMorulaError(error)) return error;
  const message = error.message.replace(/^(\w+): /, `$1: frame ${t}: `);
  return new MorulaError(error.tag, message, { cause: error, exit: error.exit });
}

/** Reads, segments and packs one frame; or only opens what frames need. */
export default guard(async (task: SegmentTask | OpenTask, beats): Promise<SegmentDone | null> => {
  watchRuns(beats);
  if ('t' in task) return segment(task);
  await takeBench(task);
  return null;
});

/** What a frame says of its masked chunks: one line, with the first reason. */
function maskedWords(masked: readonly string[]): string[] {
  const [first] = masked;
  if (first === undefined) return [];
  const more = masked.length === 1 ? '' : ` (and ${masked.length - 1} more)`;
  return [`what does not decode counts as missing: ${first}${more}`];
}

const changed = (model: string): MorulaError =>
  new MorulaError(
    'other-settings',
    `model: ${model} changed while the movie was being segmented; run again with --overwrite`,
  );

/** The channels, of which those that the network sees are restored. */
async function restoreChannels(
  channels: readonly NdArray[],
  { channel, memory, t }: SegmentTask,
  session: SemanticSession,
): Promise<{ seen: NdArray[]; networkMs: number }> {
  const seen = [...channels];
  let networkMs = 0;
  for (const index of new Set(typeof channel === 'number' ? [channel] : channel)) {
    const restored = await restoreImage(channels[index]!, session, scratch, memory).catch(
      (error: unknown) => {
        throw atFrame(error, t);
      },
    );
    seen[index] = restored.image;
    networkMs += restored.networkMs;
  }
  return { seen, networkMs };
}

async function segment(task: SegmentTask): Promise<SegmentDone> {
  const started = performance.now();
  const { digest, movie, session, restorer } = await takeBench(task);
  if (digest !== task.modelDigest) throw changed(task.model);
  if (restorer !== null && restorer.digest !== task.restore?.digest) throw changed(`${task.restore?.model}`);
  const { info } = movie;
  const channels = [];
  const masked: string[] = [];
  for (const { index } of info.channels) {
    const frame = await movie.readFrame(task.t, index);
    channels.push(frame.image);
    masked.push(...(frame.masked ?? []));
  }
  const read = (performance.now() - started) / 1000;
  const options = {
    probThreshold: task.probThreshold,
    nmsThreshold: task.nmsThreshold,
    memory: task.memory,
    ...(Number.isNaN(task.objectDiameterPx) ? {} : { objectDiameterPx: task.objectDiameterPx }),
    ...(info.voxelSizeKnown ? { voxelSize: info.voxelSize } : {}),
  };
  const restored = restorer === null ? null : await restoreChannels(channels, task, restorer.session);
  const { objects, labels, weak, networkMs, warnings } = await segmentFrame(
    channels,
    task.channel,
    session,
    restored === null ? options : { ...options, seen: restored.seen },
    scratch,
  ).catch((error: unknown) => {
    throw atFrame(error, task.t);
  });
  const seconds = {
    read,
    network: ((restored?.networkMs ?? 0) + networkMs) / 1000,
    total: (performance.now() - started) / 1000,
  };
  const table = toPhysical(task.t, objects, info.voxelSize, info.ndim, weak);
  const { device } = session;
  const report = { device, seconds, warnings: [...maskedWords(masked), ...warnings], masked: masked.length };
  const packed = await packFrame(task.folder, task.segmentKey, table, labels, report);
  return { t: task.t, packed, count: objects.count, seconds, spans: takeSpans(), warnings: report.warnings };
}
