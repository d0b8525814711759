import { createRandom } from '../src/array/index.ts';
import {
  addCandidate,
  type Candidates3d,
  createCandidates3d,
  firstRay,
  quantiseDist,
  raysOf,
} from '../src/segment/candidates3d.ts';
import { type Cones, createCones } from '../src/segment/cones.ts';
import { goldenSpiral } from '../src/segment/rays3d.ts';
import { renderPolyhedra } from '../src/segment/render3d.ts';
import { suppressOverlaps3d } from '../src/segment/suppress3d.ts';
import { parse } from './ap.ts';
import { benchRatio } from './ratio.ts';

const USAGE =
  'bench segment3d [--model <name, folder or .onnx>] [--movie <movie>] [--frames n] [--workers n] [--threads n] ' +
  '[--rounds n] [--most <ratio>] [--part kernels [--objects n] [--runs n]]';
const ANISOTROPY = [2, 1, 1] as const;
const RAYS = 96;

type Triple = readonly [number, number, number];

/** The whole of `segment` against the bare network in 3D, see `benchRatio`; `--part kernels` times two kernels. */
export async function run(args: readonly string[]): Promise<void> {
  const options = parse(args, USAGE);
  if (options.get('part') === 'kernels') return benchKernels(options);
  return benchRatio('3d', options.get('model') ?? 'nuclei-3d', options);
}

/** Suppression and painting of a crowd of noisy ellipsoids in 3D, CPU time. */
function benchKernels(options: ReadonlyMap<string, string>): void {
  const objects = Number(options.get('objects') ?? 216);
  const runs = Number(options.get('runs') ?? 3);
  const cones = createCones(goldenSpiral(RAYS, ANISOTROPY));
  const side = Math.round(Math.cbrt(objects));
  const shape: Triple = [side * 12, side * 23, side * 23];
  const candidates = ellipsoids(side, shape, cones);
  const labels = new Uint32Array(shape[0] * shape[1] * shape[2]);
  const [suppress, paint]: number[][] = [[], []];
  let survivors = new Uint32Array(0);
  for (let i = 0; i <= runs; i++) {
    const before = cpuMs();
    survivors = suppressOverlaps3d(candidates, 0.3, cones) as Uint32Array<ArrayBuffer>;
    const between = cpuMs();
    renderPolyhedra(candidates, survivors, cones, labels, shape);
    if (i === 0) continue;
    suppress.push(between - before);
    paint.push(cpuMs() - between);
  }
  const painted = labels.reduce((sum, label) => sum + Number(label > 0), 0);
  console.log(
    `segment3d: ${candidates.count} candidates on ${side ** 3} ellipsoids in ${shape.join(' x ')}, ${RAYS} rays: ` +
      `${survivors.length} survivors, ${Math.round(painted / survivors.length)} voxels each`,
  );
  report('suppressOverlaps3d CPU ms', suppress);
  console.log(`  ${((1000 * Math.min(...suppress)) / candidates.count).toFixed(2)} microseconds a candidate`);
  report('renderPolyhedra CPU ms', paint);
}

/** Candidates on a grid of (1, 2, 2) in a lattice of `side^3` jittered ellipsoids. */
function ellipsoids(side: number, shape: Triple, { rays }: Cones): Candidates3d {
  const random = createRandom(1);
  const grid: Triple = [1, 2, 2];
  const gridShape: Triple = [shape[0], Math.ceil(shape[1] / 2), Math.ceil(shape[2] / 2)];
  const candidates = createCandidates3d(RAYS, grid, gridShape);
  for (let i = 0; i < side ** 3; i++) {
    const at = [Math.floor(i / side / side), Math.floor(i / side) % side, i % side];
    const centre = at.map((n, a) => ((n + 0.5 + 0.2 * (random.uniform() - 0.5)) * shape[a]) / side);
    const radius = ANISOTROPY.map((a) => (10 * (0.8 + 0.4 * random.uniform())) / a);
    const [from, to] = [-1, 1].map((sign) =>
      centre.map((c, a) => Math.ceil((c + sign * radius[a]) / grid[a]) - Number(sign > 0)),
    );
    for (let z = from[0]; z <= to[0]; z++)
      for (let y = from[1]; y <= to[1]; y++)
        for (let x = from[2]; x <= to[2]; x++) {
          const u = [z, y, x].map((n, a) => (n * grid[a] - centre[a]) / radius[a]);
          const q = u[0] ** 2 + u[1] ** 2 + u[2] ** 2;
          if (q > 0.6) continue;
          const prob = Math.min(1, Math.max(0.3, 1 - 0.9 * Math.sqrt(q) + 0.02 * random.normal()));
          const row = addCandidate(candidates, prob, (z * gridShape[1] + y) * gridShape[2] + x);
          const [rows, first] = [raysOf(candidates, row), firstRay(candidates, row)];
          for (let k = 0; k < RAYS; k++) {
            const v = radius.map((r, a) => rays.vector[3 * k + a] / r);
            const A = v[0] ** 2 + v[1] ** 2 + v[2] ** 2;
            const B = u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
            const d = (-B + Math.sqrt(B * B - A * (q - 1))) / A;
            rows[first + k] = quantiseDist(d * (1 + 0.05 * random.normal()));
          }
        }
  }
  return candidates;
}

function cpuMs(): number {
  return process.cpuUsage().user / 1000;
}

function report(title: string, values: readonly number[]): void {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
  const minimum = Math.min(...values).toFixed(1);
  console.log(
    `  ${title.padEnd(26)} min ${minimum.padStart(8)}  mean ${mean.toFixed(1).padStart(8)} +- ${deviation.toFixed(1)}`,
  );
}
