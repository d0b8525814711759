import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createRandom, type NdArray } from '../src/array/index.ts';
import {
  builtinModels,
  createSession,
  type GridOutput,
  isSemanticSession,
  isVolumeSession,
  loadModel,
  type PlaneSession,
} from '../src/model/index.ts';
import { openMovie } from '../src/read/index.ts';
import {
  createCandidates,
  createScratch,
  type Scratch,
  segmentFrame,
  suppressOverlaps,
} from '../src/segment/index.ts';
import { dataRoot, parse } from './ap.ts';
import { benchDevice } from './device.ts';
import { benchRatio } from './ratio.ts';

const USAGE =
  'bench segment [--model <name, folder or .onnx>] [--movie <movie>] [--frames n] [--workers n] [--threads n] ' +
  '[--rounds n] [--most <ratio>] [--part own] [--device <device>]';
const WARM_UP = 2;

/**
 * The whole of `segment` against the bare network, see `benchRatio`; `--device` looks at a device instead, and
 * `--part own` at what `segmentFrame` does besides the network.
 */
export async function run(args: readonly string[]): Promise<void> {
  const options = parse(args, USAGE);
  if (options.has('device')) return benchDevice(options);
  if (options.get('part') === 'own') return benchOwn(options);
  return benchRatio('2d', options.get('model') ?? 'nuclei-2d', options);
}

/**
 * How much `segmentFrame` adds to the bare network: both are timed in the same runs, frame by frame. Frames of the
 * HeLa movie where the data are at hand, simulated ones else.
 */
async function benchOwn(options: ReadonlyMap<string, string>): Promise<void> {
  benchSuppression();
  const name = options.get('model') ?? (await builtinModels())[0]?.name;
  if (name === undefined) {
    console.log('segment: skipped, there is no built-in model here; name one with --model');
    return;
  }
  const count = Number(options.get('frames') ?? 10);
  const { title, frames } = await framesOf(options.get('movie'), count + WARM_UP);
  const session = await createSession(await loadModel(name), {
    threads: Number(options.get('threads') ?? 1),
  });
  if (isVolumeSession(session) || isSemanticSession(session))
    throw new Error(`segment: ${name} must be a StarDist network for planes`);
  const scratch = createScratch();
  const network: number[] = [];
  const whole: number[] = [];
  let objects = 0;
  for (const frame of frames) {
    const started = performance.now();
    const found = await segmentFrame([frame], 0, session, {}, scratch);
    whole.push(performance.now() - started);
    network.push(found.networkMs);
    objects += found.objects.count;
  }
  const cpu: number[] = [];
  for (const frame of frames) cpu.push(await ownCpu(frame, session, scratch));
  await session.close();
  const [h, w] = frames[0]!.shape;
  console.log(
    `segment: ${name} on ${title}, ${h} x ${w}, ${(objects / frames.length).toFixed(0)} objects a frame`,
  );
  report('network ms', network.slice(WARM_UP));
  report('segmentFrame ms', whole.slice(WARM_UP));
  const own = whole.map((ms, i) => ms - network[i]!).slice(WARM_UP);
  report('own work ms', own);
  const ratio = own.map((ms, i) => (100 * ms) / network[i + WARM_UP]!);
  report('own work, % of network', ratio);
  report('own work, CPU ms', cpu.slice(WARM_UP));
}

/** CPU time of `segmentFrame` without the network, whose output is replayed. */
async function ownCpu(frame: NdArray, session: PlaneSession, scratch: Scratch): Promise<number> {
  const outputs: GridOutput[] = [];
  const record: PlaneSession = {
    ...session,
    run: async (...input) => {
      const output = await session.run(...input);
      outputs.push({ ...output, prob: output.prob.slice(), dist: output.dist.slice() });
      return output;
    },
  };
  await segmentFrame([frame], 0, record, {}, scratch);
  const before = process.cpuUsage();
  const replay: PlaneSession = { ...session, run: async () => outputs.shift()! };
  await segmentFrame([frame], 0, replay, {}, scratch);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** 25,000 candidates on 529 noisy ellipses in 1024 x 1024, 32 rays. */
function benchSuppression(): void {
  const candidates = ellipses(1024, 23, 10, 2);
  const times: number[] = [];
  let survivors = 0;
  for (let i = 0; i < WARM_UP + 8; i++) {
    const before = process.cpuUsage().user;
    survivors = suppressOverlaps(candidates, { nmsThreshold: 0.4 }).length;
    if (i >= WARM_UP) times.push((process.cpuUsage().user - before) / 1000);
  }
  console.log(
    `suppressOverlaps: ${candidates.count} candidates to ${survivors} survivors, 1024 x 1024, 32 rays`,
  );
  report('CPU ms', times);
}

/** Candidates of a lattice of `side^2` jittered ellipses, on a grid of `grid` pixels. */
function ellipses(extent: number, side: number, radius: number, grid: number) {
  const R = 32;
  const random = createRandom(1);
  const candidates = createCandidates(R, 40_000);
  const pitch = extent / side;
  for (let i = 0; i < side * side; i++) {
    const cy = (Math.floor(i / side) + 0.5 + 0.3 * (random.uniform() - 0.5)) * pitch;
    const cx = ((i % side) + 0.5 + 0.3 * (random.uniform() - 0.5)) * pitch;
    const a = radius * (1 + 0.4 * random.uniform());
    const b = radius / (1 + 0.4 * random.uniform());
    const turn = random.uniform() * Math.PI;
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    for (let y = Math.ceil((cy - a) / grid) * grid; y <= cy + a; y += grid) {
      for (let x = Math.ceil((cx - a) / grid) * grid; x <= cx + a; x += grid) {
        const [u, v] = [((x - cx) * c + (y - cy) * s) / a, ((y - cy) * c - (x - cx) * s) / b];
        const q = u * u + v * v;
        if (q > 0.6) continue;
        const n = candidates.count++;
        candidates.prob[n] = Math.min(1, Math.max(0.3, 1 - 0.9 * Math.sqrt(q) + 0.02 * random.normal()));
        candidates.index[n] = (y / grid) * extent + x / grid;
        candidates.y[n] = y;
        candidates.x[n] = x;
        for (let k = 0; k < R; k++) {
          const [ey, ex] = [Math.sin((2 * Math.PI * k) / R), Math.cos((2 * Math.PI * k) / R)];
          const [du, dv] = [(ex * c + ey * s) / a, (ey * c - ex * s) / b];
          const [A, B] = [du * du + dv * dv, u * du + v * dv];
          const d = (-B + Math.sqrt(B * B - A * (q - 1))) / A;
          candidates.dist[n * R + k] = Math.max(1, Math.round(64 * d * (1 + 0.05 * random.normal())) / 64);
        }
      }
    }
  }
  return candidates;
}

async function framesOf(
  path: string | undefined,
  count: number,
): Promise<{ title: string; frames: NdArray[] }> {
  const hela = join(dataRoot(), 'hela-01.ome.zarr');
  const source = path ?? (existsSync(hela) ? hela : null);
  if (source === null) {
    const frames = Array.from({ length: count }, (_, t) => blobs(1024, 1024, 500, t + 1));
    return { title: 'simulated frames (the HeLa movie is absent)', frames };
  }
  const movie = await openMovie({ path: source });
  const frames: NdArray[] = [];
  for (let i = 0; i < count; i++)
    frames.push((await movie.readFrame(Math.floor((i * movie.info.nFrames) / count))).image);
  await movie.close();
  return { title: movie.info.name, frames };
}

/** Soft round blobs on a noisy ground, uint16. */
function blobs(height: number, width: number, count: number, seed: number): NdArray {
  const random = createRandom(seed);
  const data = Uint16Array.from({ length: height * width }, () => 200 + 20 * random.normal());
  for (let i = 0; i < count; i++) {
    const [cy, cx, r] = [random.int(height), random.int(width), 7 + 5 * random.uniform()];
    for (let y = Math.max(0, Math.ceil(cy - 2 * r)); y < Math.min(height, cy + 2 * r); y++)
      for (let x = Math.max(0, Math.ceil(cx - 2 * r)); x < Math.min(width, cx + 2 * r); x++)
        data[y * width + x]! += 900 / (1 + Math.exp(Math.hypot(y - cy, x - cx) - r));
  }
  return { data, shape: [height, width] };
}

function report(title: string, values: readonly number[]): void {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
  const minimum = Math.min(...values);
  console.log(
    `  ${title.padEnd(24)} min ${minimum.toFixed(1).padStart(8)}  mean ${mean.toFixed(1).padStart(8)} +- ${deviation.toFixed(1)}`,
  );
}
