/**
 * The bare network: `node --import tsx networkAlone.ts <json>` prepares what `segment` would give the network, says
 * `begin`, runs it on so many frames with so many workers, and says `end`.
 */

import { totalmem } from 'node:os';
import { MessageChannel, type MessagePort, Worker, workerData } from 'node:worker_threads';
import { createSession, isVolumeSession, loadModel, type ModelSession } from '../src/model/index.ts';
import { openMovie } from '../src/read/index.ts';
import { segmentFrame } from '../src/segment/index.ts';

interface Wish {
  movie: string;
  model: string;
  frames: number;
  workers: number;
  threads: number;
}

/** Frames that each worker holds prepared; they are taken in turn. */
const HELD = 6;

if (workerData === null) await lead(JSON.parse(process.argv[2]!) as Wish);
else await work(workerData as { wish: Wish; port: MessagePort; next: Int32Array });

async function lead(wish: Wish): Promise<void> {
  const next = new Int32Array(new SharedArrayBuffer(4));
  const ports: MessagePort[] = [];
  const hear = (port: MessagePort): Promise<void> => new Promise((resolve) => port.once('message', resolve));
  for (let i = 0; i < wish.workers; i++) {
    const { port1, port2 } = new MessageChannel();
    // A worker's own file cannot be TypeScript; what it imports can.
    new Worker(`import('tsx/esm/api').then((tsx) => (tsx.register(), import('${import.meta.url}')))`, {
      eval: true,
      workerData: { wish, port: port2, next },
      transferList: [port2],
    });
    ports.push(port1);
  }
  await Promise.all(ports.map(hear));
  console.log('begin');
  const ends = ports.map(hear);
  for (const port of ports) port.postMessage('go');
  await Promise.all(ends);
  console.log('end');
  for (const port of ports) port.close();
}

/** One run of the network: its input, the size, and the floor of its rays. */
type Run = [Float32Array, ...number[]];

async function work({
  wish,
  port,
  next,
}: {
  wish: Wish;
  port: MessagePort;
  next: Int32Array;
}): Promise<void> {
  const session = await createSession(await loadModel(wish.model), {
    threads: wish.threads,
    device: 'cpu',
    sparse: true,
  });
  const held = await prepare(wish, session);
  const infer = session.run as (...run: Run) => Promise<unknown>;
  for (const run of held[0]!) await infer(...run);
  const go = new Promise((resolve) => port.once('message', resolve));
  port.postMessage('ready');
  await go;
  for (let t = Atomics.add(next, 0, 1); t < wish.frames; t = Atomics.add(next, 0, 1))
    for (const run of held[t % held.length]!) await infer(...run);
  port.postMessage('done');
  port.close();
  await session.close();
}

/** What `segmentFrame` gives the network, frame by frame. */
async function prepare(wish: Wish, session: ModelSession): Promise<Run[][]> {
  const { manifest } = session;
  if (manifest.kind !== 'stardist') throw new Error(`${manifest.name}: only StarDist networks are measured`);
  const movie = await openMovie({ path: wish.movie });
  const frames: Run[][] = [];
  for (let i = 0; i < Math.min(HELD, wish.frames); i++) {
    const runs: Run[] = [];
    const note = async (input: Float32Array, ...rest: number[]): Promise<unknown> => {
      runs.push([input.slice(), ...rest]);
      const size = rest.slice(0, -1);
      const grid: readonly number[] = manifest.grid;
      const [nz, ny, nx] = [1, ...size.map((n, a) => n / grid[a]!)].slice(-3) as [number, number, number];
      const voxels = nz * ny * nx;
      return {
        depth: nz,
        height: ny,
        width: nx,
        prob: new Float32Array(voxels),
        dist: new Float32Array(0),
        ms: 0,
      };
    };
    const noted = (
      isVolumeSession(session) ? { ...session, run: note } : { ...session, run: note }
    ) as ModelSession;
    const t = Math.floor((i * wish.frames) / Math.min(HELD, wish.frames));
    const { image } = await movie.readFrame(t);
    await segmentFrame([image], 0, noted, { memory: totalmem() / 2 / wish.workers });
    frames.push(runs);
  }
  await movie.close();
  return frames;
}
