import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/codec/packageRoot.ts';
import { parse } from './ap.ts';

const USAGE =
  'bench memory [--short <frames>] [--long <frames>] [--cells <founders>] [--preset 2d|3d] [--workers <n>]';

/**
 * Adds the process's peak resident memory, kilobytes, to a file when it ends. Loaded into both processes of a run: the
 * command and the engine in which the network runs.
 */
const PROBE = `import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.on('exit', () =>
  appendFileSync(process.env.MORULA_PEAK, process.resourceUsage().maxRSS + '\\n'));`;

interface Measured {
  peakMb: number;
  report: { detections: number; segment_seconds: number; network_seconds: number; link_seconds: number };
}

/** Peak resident memory of `track` (the sum of its two processes' peaks) on a short and on a long simulated movie of the same frame size. */
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
  const peakFile = join(folder, `${frames}.peak`);
  const stdout = execFileSync(
    process.execPath,
    [
      main,
      ...['track', movie, '-o', join(folder, `f${frames}.morula`), '--quiet', '--json'],
      ...['--workers', options.get('workers') ?? '2'],
    ],
    {
      env: {
        ...process.env,
        MORULA_PEAK: peakFile,
        NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(PROBE)}`,
      },
      encoding: 'utf8',
    },
  );
  rmSync(movie, { recursive: true });
  return {
    peakMb: sumOf(readFileSync(peakFile, 'utf8')) / 1024,
    report: JSON.parse(stdout) as Measured['report'],
  };
}

/** Sum of the numbers of a text, one a line. */
function sumOf(text: string): number {
  return text
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number(line), 0);
}
