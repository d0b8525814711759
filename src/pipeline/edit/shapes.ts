import { MorulaError } from '../../errors/index.ts';
import {
  type Command,
  type DetectionSpec,
  type EditState,
  type NodeRef,
  nodeNow,
  type Shape,
} from '../../lineage/index.ts';
import type { Movie } from '../../read/index.ts';
import type { Detections, LabelImage } from '../../segment/types.ts';
import { equivalentRadius, type RunFile, type WeakTable } from '../../store/index.ts';
import { discRuns, polygonRuns } from './outlines.ts';
import { countPixels, filterRuns, forEachPixel, type Runs, runsOfLabels, sizeOf } from './runs.ts';
import { alongLine, cutRuns, nearerFirst, seedsOf } from './split.ts';

type Split = Command & { do: 'split-object' };

/** Where shapes get pixels from. */
export interface ShapeSource {
  run: RunFile;
  state: EditState;
  movie: Movie | null;
  /** Label image of a frame, edits included. */
  labels(t: number): Promise<LabelImage>;
  weak(t: number): Promise<WeakTable | null>;
}

function refuse(message: string): never {
  throw new MorulaError('broken-lineage', `edit: ${message}`);
}

/**
 * The detections that a command draws, in the order in which `runCommand` takes them: pixels, never over another
 * object, and what is measured under them.
 *
 * @throws `broken-lineage` where nothing can be drawn
 */
export async function makeShapes(source: ShapeSource, command: Command): Promise<DetectionSpec[]> {
  switch (command.do) {
    case 'add':
      return [await addShape(source, command.t, command.shape)];
    case 'move':
      return [await moveShape(source, command.node, command.to)];
    case 'merge-objects':
      return [await mergeShapes(source, command.nodes)];
    case 'split-object':
      return splitShape(source, command);
    case 'many': {
      const made: DetectionSpec[] = [];
      for (const each of command.commands) made.push(...(await makeShapes(source, each)));
      return made;
    }
    default:
      return [];
  }
}

/** `[z, y, x]` of a place that may lack z. */
const place = (to: readonly number[]): number[] => (to.length === 3 ? [...to] : [0, ...to]);

async function addShape(source: ShapeSource, t: number, shape: Shape): Promise<DetectionSpec> {
  const { run } = source;
  const { ndim, voxelSize, nFrames } = run.movie;
  if (t >= nFrames) refuse(`the movie has frames 0 to ${nFrames - 1}, got ${t}`);
  if (!run.hasLabels) return pointOf(source, t, shape);
  const image = await source.labels(t);
  const size = sizeOf(image);
  const runs = async (): Promise<Runs> => {
    if (shape.kind === 'disc') return discRuns(size, voxelSize, ndim, place(shape.centre), shape.radius);
    if (shape.kind === 'polygon') {
      const plane = ndim === 2 ? 0 : Math.round((shape.z ?? 0) / voxelSize[0]);
      return polygonRuns(size, voxelSize, plane, shape.points);
    }
    return candidateRuns(await source.weak(t), shape.index, size, run.movie);
  };
  const prob = shape.kind === 'weak' ? ((await source.weak(t))?.prob[shape.index] ?? null) : null;
  return measure(source, t, free(await runs(), image, new Set([0])), image, prob);
}

/** Pixels of a candidate below the threshold, also those of other objects; in 3D the ball of its size. */
export function candidateRuns(
  weak: WeakTable | null,
  index: number,
  size: readonly [number, number, number],
  { ndim, voxelSize }: Pick<RunFile['movie'], 'ndim' | 'voxelSize'>,
): Runs {
  const { y, x, z, radius, points } = candidate(weak, index, voxelSize);
  return ndim === 2
    ? polygonRuns(size, voxelSize, 0, points)
    : discRuns(size, voxelSize, ndim, [z, y, x], radius);
}

/** A candidate's centre, radius and, in 2D, outline; micrometres. In 3D its polyhedron counts as the ball of its size. */
function candidate(
  weak: WeakTable | null,
  index: number,
  voxelSize: readonly [number, number, number],
): { z: number; y: number; x: number; radius: number; points: [number, number][] } {
  if (weak === null || index >= weak.count)
    refuse(`candidate ${index} must be one of the ${weak?.count ?? 0}`);
  const { nRays, dist, distSteps } = weak;
  const [z, y, x, radius] = [weak.z[index], weak.y[index], weak.x[index], weak.radius[index]];
  const points = Array.from({ length: nRays }, (_, k): [number, number] => {
    const length = dist[index * nRays + k] / distSteps;
    const angle = (2 * Math.PI * k) / nRays;
    return [y + length * Math.sin(angle) * voxelSize[1], x + length * Math.cos(angle) * voxelSize[2]];
  });
  return { z, y, x, radius, points };
}

/** A detection of a result without label images: a place and a size. */
function pointOf({ run, state }: ShapeSource, t: number, shape: Shape): DetectionSpec {
  if (shape.kind === 'weak') refuse('this result has no candidates');
  const { ndim } = run.movie;
  const spec = (z: number, y: number, x: number, radius: number): DetectionSpec => ({
    ...{ t, label: 0, z, y, x, radius },
    size: ndim === 2 ? Math.PI * radius ** 2 : (4 / 3) * Math.PI * radius ** 3,
    prob: null,
    border: 0,
    intensity: new Array<number | null>(state.base.detections.nChannels).fill(null),
  });
  if (shape.kind === 'disc') {
    const [z, y, x] = place(shape.centre);
    return spec(z, y, x, shape.radius);
  }
  const { points } = shape;
  const mean = (axis: 0 | 1): number => points.reduce((sum, p) => sum + p[axis], 0) / points.length;
  const [y, x] = [mean(0), mean(1)];
  const radius = points.reduce((sum, p) => sum + Math.hypot(p[0] - y, p[1] - x), 0) / points.length;
  return spec(shape.z ?? 0, y, x, radius);
}

/** A detection that is there. */
function nodeOf({ state }: ShapeSource, ref: NodeRef): DetectionSpec {
  return nodeNow(state, ref) ?? refuse(`detection ${ref} is not there`);
}

async function moveShape(source: ShapeSource, ref: NodeRef, to: readonly number[]): Promise<DetectionSpec> {
  const node = nodeOf(source, ref);
  const [z, y, x] = place(to);
  const { voxelSize } = source.run.movie;
  if (!source.run.hasLabels || node.label === 0) return { ...node, z, y, x };
  const image = await source.labels(node.t);
  const shift = [z - node.z, y - node.y, x - node.x].map((d, axis) => Math.round(d / voxelSize[axis]));
  const runs = runsOfLabels(image, new Set([node.label])).map((v, i) => (i % 4 < 3 ? v + shift[i % 4] : v));
  const kept = free(runs, image, new Set([0, node.label]));
  return { ...(await measure(source, node.t, kept, image, node.prob)), label: node.label };
}

async function mergeShapes(source: ShapeSource, refs: readonly NodeRef[]): Promise<DetectionSpec> {
  const nodes = refs.map((ref) => nodeOf(source, ref));
  const t = nodes[0]?.t ?? 0;
  const { run } = source;
  if (!run.hasLabels) {
    const mean = (of: (node: DetectionSpec) => number): number =>
      nodes.reduce((sum, node) => sum + of(node), 0) / nodes.length;
    const size = nodes.reduce<number | null>(
      (sum, n) => (sum === null || n.size === null ? null : sum + n.size),
      0,
    );
    const radius = size === null ? nodes[0].radius : equivalentRadius(size, run.movie.ndim);
    return { ...nodes[0], z: mean((n) => n.z), y: mean((n) => n.y), x: mean((n) => n.x), size, radius };
  }
  const image = await source.labels(t);
  const prob = nodes.reduce<number | null>(
    (most, n) => (n.prob === null ? most : Math.max(most ?? 0, n.prob)),
    null,
  );
  return measure(source, t, runsOfLabels(image, new Set(nodes.map((n) => n.label))), image, prob);
}

async function splitShape(source: ShapeSource, command: Split): Promise<DetectionSpec[]> {
  const { node: ref } = command;
  const node = nodeOf(source, ref);
  const { voxelSize, ndim } = source.run.movie;
  if (!source.run.hasLabels) return splitPoint(node, command, ndim);
  const image = await source.labels(node.t);
  const size = sizeOf(image);
  const runs = runsOfLabels(image, new Set([node.label]));
  if (runs.length === 0) refuse(`${ref} has no pixels`);
  const side =
    'line' in command
      ? alongLine(voxelSize, command.line)
      : nearerFirst(
          voxelSize,
          'seeds' in command
            ? [place(command.seeds[0]), place(command.seeds[1])]
            : seedsOf(runs, size, voxelSize, hintsOf(await source.weak(node.t))),
        );
  const parts = cutRuns(runs, size, side);
  if (parts[1].length === 0) refuse(`the cut leaves ${ref} in one piece`);
  return Promise.all(parts.map((part) => measure(source, node.t, part, image, node.prob)));
}

/** Centres of candidates, the likeliest first. */
function hintsOf(weak: WeakTable | null): number[][] {
  if (weak === null) return [];
  const order = Array.from(weak.prob.keys()).sort((a, b) => weak.prob[b] - weak.prob[a]);
  return order.map((k) => [weak.z[k], weak.y[k], weak.x[k]]);
}

/** Two places for one, where there are no pixels; each has half the size. */
function splitPoint(node: DetectionSpec, command: Split, ndim: 2 | 3): DetectionSpec[] {
  if (!('seeds' in command)) {
    refuse('this result has no label images, so there is nothing to cut; give the places of both cells');
  }
  const half = { size: node.size === null ? null : node.size / 2 };
  const radius = node.radius === null ? null : node.radius * 0.5 ** (1 / ndim);
  return command.seeds.map((seed) => {
    const [z, y, x] = place(seed);
    return { ...node, ...half, radius, z, y, x };
  });
}

/** Pixels that have one of the given labels. */
export function free(runs: Runs, image: LabelImage, labels: ReadonlySet<number>): Runs {
  const size = sizeOf(image);
  const [, height, width] = size;
  return filterRuns(runs, size, (z, y, x) => labels.has(image.data[(z * height + y) * width + x]));
}

/** What measuring needs of a source. */
export interface Measured extends Pick<ShapeSource, 'run'> {
  movie: Pick<Movie, 'info' | 'readFrame'> | null;
  state: { base: { detections: Pick<Detections, 'nChannels'> } };
}

/** What is under pixels; the label is given later. */
export async function measure(
  { run, state, movie }: Measured,
  t: number,
  runs: Runs,
  image: LabelImage,
  prob: number | null,
): Promise<DetectionSpec> {
  const count = countPixels(runs);
  if (count === 0) refuse(`there is no free pixel at that place in frame ${t}`);
  const { ndim, voxelSize } = run.movie;
  const [depth, height, width] = sizeOf(image);
  const sum = [0, 0, 0];
  let border: 0 | 1 = 0;
  forEachPixel(runs, (z, y, x) => {
    sum[0] += z;
    sum[1] += y;
    sum[2] += x;
    if (y === 0 || x === 0 || y === height - 1 || x === width - 1) border = 1;
    if (ndim === 3 && (z === 0 || z === depth - 1)) border = 1;
  });
  const unit = ndim === 2 ? voxelSize[1] * voxelSize[2] : voxelSize[0] * voxelSize[1] * voxelSize[2];
  const size = count * unit;
  const [z, y, x] = sum.map((s, axis) => (s / count) * voxelSize[axis]);
  const intensity = await intensities(movie, t, runs, state.base.detections.nChannels);
  return { t, label: 0, z, y, x, size, radius: equivalentRadius(size, ndim), prob, border, intensity, runs };
}

/** Means under the pixels per channel, null where the movie cannot be read. */
async function intensities(
  movie: Measured['movie'],
  t: number,
  runs: Runs,
  n: number,
): Promise<(number | null)[]> {
  const out: (number | null)[] = [];
  for (let channel = 0; channel < n; channel++) {
    if (movie === null || channel >= movie.info.channels.length) {
      out.push(null);
      continue;
    }
    const { image } = await movie.readFrame(t, channel);
    const [, height, width] = sizeOf(image as LabelImage);
    let [total, finite] = [0, 0];
    forEachPixel(runs, (z, y, x) => {
      const value = image.data[(z * height + y) * width + x];
      if (!Number.isFinite(value)) return;
      total += value;
      finite++;
    });
    out.push(finite === 0 ? null : total / finite);
  }
  return out;
}
