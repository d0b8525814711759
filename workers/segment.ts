import { isMorulaError, MorulaError } from '../src/errors/index.ts';
import {
  createSession,
  loadModel,
  type ModelSession,
  modelDigest,
  takeSpans,
  watchRuns,
} from '../src/model/index.ts';
import { guard, type SegmentDone, type SegmentTask } from '../src/pool/index.ts';
import { type Movie, openMovie } from '../src/read/index.ts';
import { createScratch, segmentFrame } from '../src/segment/index.ts';
import { packFrame, toPhysical } from '../src/store/index.ts';

/** What a worker keeps from frame to frame: one open movie, one session, one set of buffers. */
interface Bench {
  key: string;
  movie: Movie;
  session: ModelSession;
}

let bench: Promise<Bench> | null = null;
let benchKey = '';
const scratch = createScratch();

async function openBench(task: SegmentTask): Promise<Bench> {
  const model = await loadModel(task.model);
  if (modelDigest(model) !== task.modelDigest) {
    throw new MorulaError(
      'other-settings',
      `model: ${task.model} changed while the movie was being segmented; run again with --overwrite`,
    );
  }
  const session = await createSession(model, { threads: task.threads, device: task.device, sparse: true });
  return { key: benchKey, movie: await openMovie(task.source), session };
}

function takeBench(task: SegmentTask): Promise<Bench> {
  const key = `${task.segmentKey} ${task.folder} ${task.device} ${task.threads}`;
  if (bench === null || benchKey !== key) {
    benchKey = key;
    bench = openBench(task);
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

/** Reads, segments and packs one frame. */
export default guard(async (task: SegmentTask, beats): Promise<SegmentDone> => {
  watchRuns(beats);
  const started = performance.now();
  const { movie, session } = await takeBench(task);
  const { info } = movie;
  const channels = [];
  for (const { index } of info.channels) channels.push((await movie.readFrame(task.t, index)).image);
  const read = (performance.now() - started) / 1000;
  const options = {
    probThreshold: task.probThreshold,
    nmsThreshold: task.nmsThreshold,
    memory: task.memory,
    ...(Number.isNaN(task.objectDiameterPx) ? {} : { objectDiameterPx: task.objectDiameterPx }),
    ...(info.voxelSizeKnown ? { voxelSize: info.voxelSize } : {}),
  };
  const { objects, labels, weak, networkMs, warnings } = await segmentFrame(
    channels,
    task.channel,
    session,
    options,
    scratch,
  ).catch((error: unknown) => {
    throw atFrame(error, task.t);
  });
  const seconds = { read, network: networkMs / 1000, total: (performance.now() - started) / 1000 };
  const table = toPhysical(task.t, objects, info.voxelSize, info.ndim, weak);
  const { device } = session;
  const report = { device, seconds, warnings };
  const packed = await packFrame(task.folder, task.segmentKey, table, labels, report);
  return { t: task.t, packed, count: objects.count, seconds, spans: takeSpans(), warnings };
});
