import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/codec/packageRoot.ts';
import { simulateMovie } from '../src/pipeline/index.ts';
import { KEEP_MEMORY } from '../src/pool/pool.ts';
import { type Finish, type Racer, race } from './race.ts';

/** Founder cells that make the simulated movies 1024 x 1024, and 24 x 336 x 336. */
const MOVIES = {
  '2d': { cells: 122, frames: 50 },
  '3d': { cells: 48, frames: 50 },
} as const;

/**
 * The time of the bare network against the whole of `segment`, on one movie, in turns of two seconds: what
 * else the machine does falls on both alike. Both use the same number of processes, threads and sessions; the network
 * gets what `segment` gives it, prepared in memory beforehand, and its first runs are not counted.
 *
 * The whole is `segmentMovie` from the call to its return: plan, folder, sessions, reading, normalisation, inference,
 * decoding, suppression, painting, measures, durable writing. The command also starts node and loads its code.
 *
 * @param options movie, model, frames, workers, threads, rounds, most (a ratio above it is a failure)
 */
export async function benchRatio(
  preset: keyof typeof MOVIES,
  model: string,
  options: ReadonlyMap<string, string>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'morula-ratio-'));
  try {
    const frames = Number(options.get('frames') ?? MOVIES[preset].frames);
    const movie = options.get('movie') ?? (await benchMovie(preset, frames));
    const workers = Number(options.get('workers') ?? availableParallelism());
    const threads = Number(options.get('threads') ?? 1);
    const common = { movie, model, frames, workers, threads };
    const ratios: number[] = [];
    console.log(`${movie}, frames 0 to ${frames - 1}, ${model}, ${workers} workers of ${threads} threads`);
    for (let round = 0; round < Number(options.get('rounds') ?? 1); round++) {
      const script = (name: string, extra: object): Racer['args'] => [
        join(packageRoot(), 'bench', name),
        JSON.stringify({ ...common, ...extra }),
      ];
      const node = process.execPath;
      const main = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');
      const result = (name: string): string => join(folder, `${name}-${round}.morula`);
      const command = [
        'segment',
        movie,
        '-o',
        result('command'),
        '--frames',
        `0:${frames}`,
        '--model',
        model,
      ];
      const settings = ['--workers', `${workers}`, '--threads', `${threads}`, '--device', 'cpu', '--quiet'];
      const finishes = await race([
        {
          title: 'network',
          command: node,
          args: ['--import', 'tsx', ...script('networkAlone.ts', {})],
          env: KEEP_MEMORY,
        },
        { title: 'segment', command: node, args: script('segmentOnce.mjs', { folder: result('call') }) },
        { title: 'morula segment', command: node, args: [main, ...command, ...settings] },
      ]);
      ratios.push(report(finishes, frames));
    }
    const most = Number(options.get('most') ?? Number.POSITIVE_INFINITY);
    const middle = ratios.sort((a, b) => a - b)[ratios.length >> 1]!;
    if (ratios.length > 1) console.log(`  median ratio ${middle.toFixed(3)} of ${ratios.length} rounds`);
    if (middle > most) {
      console.log(`  the ratio must be at most ${most}`);
      process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The preset's movie, kept among the temporary files from run to run. */
export async function benchMovie(preset: keyof typeof MOVIES, frames: number): Promise<string> {
  const { cells } = MOVIES[preset];
  const path = join(tmpdir(), `morula-bench-${preset}-${cells}-${frames}.ome.zarr`);
  // Its points are written last: with them it is whole.
  if (existsSync(path.replace(/\.ome\.zarr$/, '.points.csv'))) return path;
  console.log(`making ${path}`);
  await simulateMovie({ path, preset, cells, frames, seed: 1, overwrite: true });
  return path;
}

/** Prints one round and gives the ratio. */
function report(finishes: readonly Finish[], frames: number): number {
  const [network, segment, command] = finishes as [Finish, Finish, Finish];
  console.log('                  seconds  ms a frame  frames/s  to network    CPU s  to network  peak MB');
  const line = (title: string, seconds: number, cpu: number, peak: number): void => {
    const cells = [
      seconds.toFixed(2).padStart(9),
      ((1000 * seconds) / frames).toFixed(1).padStart(12),
      (frames / seconds).toFixed(2).padStart(10),
      (seconds / network.marked).toFixed(3).padStart(12),
      cpu.toFixed(2).padStart(9),
      (cpu / network.markedCpu).toFixed(3).padStart(12),
      peak.toFixed(0).padStart(9),
    ];
    console.log(`  ${title.padEnd(14)}${cells.join('')}`);
  };
  line('network', network.marked, network.markedCpu, network.peakMb);
  line('segment', segment.marked, segment.markedCpu, segment.peakMb);
  line('whole process', command.seconds, command.cpuSeconds, command.peakMb);
  return segment.marked / network.marked;
}
