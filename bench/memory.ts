import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/codec/packageRoot.ts';
import { parse } from './ap.ts';

const USAGE =
  'bench memory [--short <frames>] [--long <frames>] [--cells <founders>] [--preset 2d|3d] [--workers <n>]';

/**
 * Keeps when the process began and was last seen (milliseconds) and its peak resident memory (kilobytes) in a file of its
 * own, ten times a second: the engines in which network and linker run are ended without warning. Loaded into every
 * process of a run.
 */
const PROBE = `import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
const begun = Date.now();
const say = () => appendFileSync(process.env.MORULA_PEAK + process.pid,
  [begun, Date.now(), process.resourceUsage().maxRSS].join() + '\\n');
if (isMainThread) {
  process.on('exit', say);
  setInterval(say, 100).unref();
}`;

interface Measured {
  peakMb: number;
  report: { detections: number; segment_seconds: number; network_seconds: number; link_seconds: number };
}

/** Peak resident memory of `track` (processes that are there at once, added) on a short and on a long simulated movie of the same frame size. */
export async function run(args: readonly string[]): Promise<void> {
  const options = parse(args, USAGE);
  const [short, long] = [Number(options.get('short') ?? 50), Number(options.get('long') ?? 1000)];
  const folder = mkdtempSync(join(tmpdir(), 'morula-memory-'));
  try {
    const rows = [short, long].map((frames) => ({ frames, ...measure(folder, frames, options) }));
    console.log(`memory: track on simulated movies, ${options.get('workers') ?? 2} workers`);
    console.log('frames  detections  peak MB   segment s  network s  link s');
    for (const { frames, peakMb, report } of rows) {
      const seconds = [report.segment_seconds, report.network_seconds, report.link_seconds];
      const cells = [report.detections, Math.round(peakMb)].map((n) => String(n).padEnd(12)).join('');
      console.log(
        `${String(frames).padEnd(8)}${cells}${seconds.map((s) => s.toFixed(1).padEnd(11)).join('')}`,
      );
    }
    console.log(`ratio ${(rows[1]!.peakMb / rows[0]!.peakMb).toFixed(3)} (long over short)`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes a movie, tracks it in a process of its own, and asks its processes how much they held at most. */
function measure(folder: string, frames: number, options: ReadonlyMap<string, string>): Measured {
  const movie = join(folder, `f${frames}.ome.zarr`);
  const main = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');
  const chosen = ['cells', 'preset'].flatMap((name) =>
    options.has(name) ? [`--${name}`, options.get(name)!] : [],
  );
  execFileSync(process.execPath, [main, 'simulate', movie, '--frames', `${frames}`, ...chosen, '--quiet']);
  const { peakMb, stdout } = watched(folder, `${frames}.peak.`, [
    ...['track', movie, '-o', join(folder, `f${frames}.morula`), '--quiet', '--json'],
    ...['--workers', options.get('workers') ?? '2'],
  ]);
  rmSync(movie, { recursive: true });
  return { peakMb, report: JSON.parse(stdout) as Measured['report'] };
}

/** Runs a command of morula and asks its processes how much they held at most; their files in `folder` begin with `peaks`. */
export function watched(
  folder: string,
  peaks: string,
  args: readonly string[],
): { peakMb: number; stdout: string } {
  const main = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');
  const stdout = execFileSync(process.execPath, [main, ...args], {
    env: {
      ...process.env,
      MORULA_PEAK: join(folder, peaks),
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(PROBE)}`,
    },
    encoding: 'utf8',
  });
  return { peakMb: peakOf(folder, peaks) / 1024, stdout };
}

/** The largest sum of the peaks of processes that were there at once. */
function peakOf(folder: string, beginning: string): number {
  const processes = readdirSync(folder)
    .filter((name) => name.startsWith(beginning))
    .map((name) =>
      /(.*)\n$/
        .exec(readFileSync(join(folder, name), 'utf8'))![1]!
        .split(',')
        .map(Number),
    );
  const sums = processes.map(([moment]) =>
    processes
      .filter(([begun, seen]) => begun! <= moment! && moment! <= seen!)
      .reduce((sum, [, , peak]) => sum + peak!, 0),
  );
  return Math.max(...sums);
}
