import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createRandom } from '../src/array/index.ts';
import type { LinkOptions, Links } from '../src/link/types.ts';
import { linkApart } from '../src/pipeline/linkApart.ts';
import type { Detections } from '../src/segment/types.ts';
import { scoreLinks } from './link.ts';

/**
 * A drifting cloud of about `nCells` cells in 3D that walk, divide (1.2 % a frame) and end, in `nFrames` frames: drift of
 * half a spacing an axis and frame, so that the nearest neighbour is mostly the wrong cell. As dense whatever `nCells`.
 */
export function simulateCloud(
  nFrames: number,
  seed: number,
  nCells = 1000,
): { detections: Detections; links: Links } {
  const random = createRandom(seed);
  const [t, z, y, x, radius]: number[][] = [[], [], [], [], []];
  const source: number[] = [];
  const target: number[] = [];
  const side = 96 * Math.cbrt(nCells / 1000);
  const place = (): number => side * random.uniform();
  let cells = Array.from({ length: nCells }, () => ({ at: [place(), place(), place()], parent: -1 }));
  const drift = [0, 0, 0];
  for (let frame = 0; frame < nFrames; frame++) {
    for (let a = 0; a < 3; a++) drift[a] += 3 * random.normal();
    const next: typeof cells = [];
    for (const { at, parent } of cells) {
      const row = t.length;
      t.push(frame);
      z.push(at[0] + drift[0]);
      y.push(at[1] + drift[1]);
      x.push(at[2] + drift[2]);
      radius.push(3 + 0.2 * random.normal());
      if (parent >= 0) {
        source.push(parent);
        target.push(row);
      }
      const fate = random.uniform();
      const away = [random.normal(), random.normal(), random.normal()];
      const scale = 3.5 / Math.hypot(...away);
      const step = (sign: number, walk: number) => ({
        at: at.map((v, a) => v + sign * scale * away[a] + walk * random.normal()),
        parent: row,
      });
      if (fate < 0.012 && cells.length < 1.1 * nCells) next.push(step(1, 0.5), step(-1, 0.5));
      else if (fate < 0.99) next.push(step(0, 0.8));
    }
    cells = next;
  }
  const count = t.length;
  const radii = Float64Array.from(radius);
  const unknown = new Float32Array(count).fill(Number.NaN);
  const detections: Detections = {
    count,
    ndim: 3,
    t: Int32Array.from(t),
    label: new Uint32Array(count),
    z: Float64Array.from(z),
    y: Float64Array.from(y),
    x: Float64Array.from(x),
    size: radii.map((r) => (4 / 3) * Math.PI * r ** 3),
    radius: radii,
    prob: unknown,
    border: new Uint8Array(count),
    intensity: new Float32Array(0),
    nChannels: 0,
  };
  const none = new Float32Array(source.length).fill(Number.NaN);
  const links: Links = {
    count: source.length,
    source: Int32Array.from(source),
    target: Int32Array.from(target),
    cost: none,
    prob: none,
  };
  return { detections, links };
}

/** Sizes of the issue: frames, and cells in a frame. */
const SIZES: Record<string, readonly [frames: number, cells: number]> = {
  '10k': [10, 1000],
  '100k': [100, 1000],
  '1M': [500, 2000],
};

const USAGE = 'bench linkScale [10k | 100k | 1M | <frames> | <frames>x<cells>]... [--width <blocks at once>]';

/** What one size took, and how good the answer was. */
interface Figures {
  frames: number;
  detections: number;
  seconds: number;
  cpuSeconds: number;
  /** Sum over the processes. */
  peakMb: number;
  lnk: number;
  division1: number;
  gap: number;
}

/** Peak memory and processor time of the processes that this one started, read every tenth of a second. */
function watchChildren(): { stop(): { peakMb: number; cpuSeconds: number } } {
  const seen = new Map<string, { peakMb: number; cpuSeconds: number }>();
  const look = (): void => {
    for (const pid of readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(/\s+/)) {
      try {
        const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
        const times = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
        const cpuSeconds = (Number(times[11]) + Number(times[12])) / 100;
        // One that is just ending has no memory any more.
        const peakMb = Math.max(Number(peak?.[1] ?? 0) / 1024, seen.get(pid)?.peakMb ?? 0);
        seen.set(pid, { peakMb, cpuSeconds });
      } catch {
        // It ended between two looks.
      }
    }
  };
  const timer = setInterval(look, 100);
  const sum = (of: 'peakMb' | 'cpuSeconds'): number => [...seen.values()].reduce((n, row) => n + row[of], 0);
  return {
    stop() {
      clearInterval(timer);
      return { peakMb: sum('peakMb'), cpuSeconds: sum('cpuSeconds') };
    },
  };
}

/** Links one cloud as `morula link` does, in this process and those that it starts. */
async function measureOne(frames: number, cells: number, width: number): Promise<Figures> {
  const options: LinkOptions = {
    linker: 'global',
    maxDistance: Number.NaN,
    maxFrameInterval: 2,
    divisions: true,
  };
  const { detections, links } = simulateCloud(frames, 1, cells);
  const children = watchChildren();
  const begin = process.cpuUsage();
  const clock = performance.now();
  const result = await linkApart(detections, options, {}, width);
  const seconds = (performance.now() - clock) / 1000;
  const { user, system } = process.cpuUsage(begin);
  const own = process.resourceUsage().maxRSS / 1024;
  const { peakMb, cpuSeconds } = children.stop();
  const { lnk, division1 } = scoreLinks(detections, links, result.links);
  return {
    frames,
    detections: detections.count,
    seconds,
    cpuSeconds: cpuSeconds + (user + system) / 1e6,
    peakMb: peakMb + own,
    lnk,
    division1,
    gap: result.solve === null ? Number.NaN : result.solve.cost - result.solve.bound,
  };
}

function sizeOf(text: string): readonly [number, number] {
  const size = SIZES[text] ?? text.split('x').map(Number);
  if (size.every((n) => n >= 2)) return [size[0], size[1] ?? 1000];
  throw new Error(`bench: linkScale has no size "${text}"; ${USAGE}`);
}

/**
 * Links simulated clouds, each in a process of its own, and prints time, memory, quality, and how the time grows: seconds
 * for each detection, as a multiple of the row before.
 */
export async function run(args: readonly string[]): Promise<void> {
  const at = args.indexOf('--width');
  const width = at < 0 ? Math.min(8, availableParallelism()) : Number(args[at + 1]);
  const named = at < 0 ? args : args.filter((_, i) => i !== at && i !== at + 1);
  if (named[0] === '--once') {
    const [frames, cells] = sizeOf(named[1]);
    process.stdout.write(JSON.stringify(await measureOne(frames, cells, width)));
    return;
  }
  const head = [
    'frames',
    'detections',
    'seconds',
    'CPU s',
    'peak MB',
    'LNK',
    'division F1 (1)',
    'gap',
    'growth',
  ];
  console.log(`| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|`);
  let before: Figures | null = null;
  for (const name of named.length > 0 ? named : ['10k', '100k']) {
    sizeOf(name);
    const again = [
      ...process.execArgv,
      process.argv[1],
      'linkScale',
      '--once',
      name,
      '--width',
      String(width),
    ];
    const now = JSON.parse(execFileSync(process.execPath, again, { encoding: 'utf8' })) as Figures;
    const per = (row: Figures): number => row.seconds / row.detections;
    const row = [
      now.frames,
      now.detections,
      now.seconds.toFixed(1),
      now.cpuSeconds.toFixed(1),
      now.peakMb.toFixed(0),
      now.lnk.toFixed(4),
      now.division1.toFixed(4),
      now.gap.toFixed(3),
      before === null ? '' : (per(now) / per(before)).toFixed(2),
    ];
    console.log(`| ${row.join(' | ')} |`);
    before = now;
  }
}
