import { isMorulaError, MorulaError } from '../src/errors/index.ts';
import { modelDigest } from '../src/model/digest.ts';
import { loadModel } from '../src/model/load.ts';
import { createSession } from '../src/model/session.ts';
import type { ModelSession } from '../src/model/types.ts';
import { takeSpans, watchRuns } from '../src/model/watch.ts';
import { guard } from '../src/pool/guard.ts';
import type { SegmentDone, SegmentTask } from '../src/pool/tasks.ts';
import { openMovie } from '../src/read/openMovie.ts';
import type { Movie } from '../src/read/types.ts';
import { createScratch } from '../src/segment/scratch.ts';
import { segmentFrame } from '../src/segment/segmentFrame.ts';
import { packFrame } from '../src/store/frames.ts';
import { toPhysical } from '../src/store/frameTable.ts';

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
