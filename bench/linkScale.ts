import { createRandom } from '../src/array/index.ts';
import { type LinkOptions, linkDetections } from '../src/link/index.ts';
import type { Links } from '../src/link/types.ts';
import type { Detections } from '../src/segment/types.ts';
import { scoreLinks } from './link.ts';

/**
 * A drifting cloud of about 1,000 cells in 3D that walk, divide (1.2 % a frame) and end, in `nFrames` frames: drift of
 * half a spacing an axis and frame, so that the nearest neighbour is mostly the wrong cell.
 */
export function simulateCloud(nFrames: number, seed: number): { detections: Detections; links: Links } {
  const random = createRandom(seed);
  const [t, z, y, x, radius]: number[][] = [[], [], [], [], []];
  const source: number[] = [];
  const target: number[] = [];
  const place = (): number => 96 * random.uniform();
  let cells = Array.from({ length: 1000 }, () => ({ at: [place(), place(), place()], parent: -1 }));
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
      if (fate < 0.012 && cells.length < 1100) next.push(step(1, 0.5), step(-1, 0.5));
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

/** Links simulated clouds of 10 and 100 frames (`args`: other numbers of frames) and prints time, memory and quality. */
export async function run(args: readonly string[]): Promise<void> {
  const frames = args.length > 0 ? args.map(Number) : [10, 100];
  const head = ['frames', 'detections', 'seconds', 'CPU s', 'resident MB', 'LNK', 'division F1 (1)', 'gap'];
  console.log(`| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|`);
  const options: LinkOptions = {
    linker: 'global',
    maxDistance: Number.NaN,
    maxFrameInterval: 2,
    divisions: true,
  };
  for (const nFrames of frames) {
    const { detections, links } = simulateCloud(nFrames, 1);
    const begin = process.cpuUsage();
    const clock = performance.now();
    const result = await linkDetections(detections, options);
    const seconds = (performance.now() - clock) / 1000;
    const { user, system } = process.cpuUsage(begin);
    const { lnk, division1 } = scoreLinks(detections, links, result.links);
    const gap = result.solve === null ? Number.NaN : result.solve.cost - result.solve.bound;
    const memory = process.memoryUsage().rss / 1e6;
    const figures = [seconds.toFixed(1), ((user + system) / 1e6).toFixed(1), memory.toFixed(0)];
    const quality = [lnk.toFixed(4), division1.toFixed(4), gap.toFixed(3)];
    console.log(`| ${[nFrames, detections.count, ...figures, ...quality].join(' | ')} |`);
  }
}
