import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { isMorulaError, MorulaError } from '../errors/index.ts';
import { finishManifest, type PartialManifest, type Sidecar } from './manifest.ts';
import { MAX_CHANNELS } from './manifestChecks.ts';
import { channelsFirst, fromPlanes, inputDims, type RawOutput, rawOf, sizesOf, toPlanes } from './outputs.ts';
import { firstLine } from './runtime.ts';
import { asSemantic, completeSemantic, looksSemantic, type Probe } from './semantic/detect.ts';
import { testPicture } from './testPicture.ts';
import type { Layout, Manifest, StarManifest } from './types.ts';

const MIN_RAYS = 8;
/** Divisors tried, in order: 16 suits every U-Net of depth 3 at grid 2, the usual StarDist. */
const DIVISORS = [16, 32, 64];
/** Divisors tried for z, the smallest first: stacks are thin, and many networks pool less along z. */
const Z_DIVISORS = [1, 2, 4, 8, 16];
/** Half of the receptive field of a U-Net of depth 3 at grid 2, pixels, which bounds the usual networks. */
const HALO = 96;
/** The same in 3D, where U-Nets have depth 2 (and a grid of 1 along z) and ResNets see less, `[z, y, x]`. */
const HALO_3D = [24, 48, 48];

/** Input pixels per output pixel that a network may have. Source: StarDist's `grid` takes powers of two. */
const GRIDS = [1, 2, 4, 8, 16];
/** Pitches of upsampled outputs, `[z, y, x]`, the widest first. */
const LATTICES = [
  [4, 4, 4],
  [2, 4, 4],
  [1, 4, 4],
  [2, 2, 2],
  [1, 2, 2],
];

/**
 * Finds out what an ONNX file is by its signature and one run on a small test picture: layout, grid, rays, whether
 * prob is a probability or a logit, whether the outputs are concatenated and upsampled, fixed sizes; or that it is a
 * semantic network.
 *
 * @param stated fields that need no detection, taken as they are
 * @param warnings gets a line for what had to be guessed
 * @throws `invalid-data` when the file is neither
 */
export async function detectManifest(
  session: InferenceSession,
  stated: Sidecar['stated'],
  name: string,
  path: string,
  warnings: string[],
): Promise<Manifest> {
  const shape = inputShape(session, path);
  const ndim = shape.length - 2;
  if ((stated.ndim ?? ndim) !== ndim)
    throw new MorulaError(
      'invalid-metadata',
      `model: the model.json of ${path} must describe a ${ndim}D network, as the file is, got a ${stated.ndim}D one`,
    );
  const probe = await runProbe(session, shape, stated, path);
  const fixed = fixedSizeOf(shape, probe.layout);
  const wide = shape.length === 5 ? HALO_3D : [HALO, HALO];
  const halo = fixed ? wide.map((h, axis) => Math.min(h, fixed[axis]! >> 2)) : wide;
  const geometry = { fixedSize: fixed, divisibleBy: fixed ?? probe.divisor, halo };
  if (stated.kind === 'semantic')
    return completeSemantic(probe, { ...stated, name }, geometry, path, warnings);
  if (stated.kind === undefined && looksSemantic(probe))
    return completeSemantic(probe, { ...asSemantic(stated), name }, geometry, path, warnings);
  const heads = findHeads(probe, path);
  const { layout } = probe;
  const found: PartialManifest = {
    layout,
    channels: probe.channels,
    nRays: heads.nRays,
    outputs: heads.outputs,
    concatenated: heads.concatenated,
    grid: probe.grid,
  };
  const { size } = sizesOf(heads.prob.dims, layout);
  const one = size.map(() => 1);
  const prob = toPlanes(heads.prob, layout, 0, 1, one);
  const lattice = heads.concatenated && probe.grid.every((g) => g === 1) ? latticeOf(prob, size) : one;
  found.sparseLattice = lattice.some((n) => n > 1);
  if (found.sparseLattice) found.grid = lattice;
  found.probActivation = prob.every((p) => p >= 0 && p <= 1) ? 'none' : 'sigmoid';
  return finishManifest({ ...found, ...geometry, ...stated, name }, path, warnings);
}

/** The input's declared sizes; names stand for sizes that are free. */
function inputShape(session: InferenceSession, path: string): readonly (number | string)[] {
  const [input, ...others] = session.inputMetadata;
  if (!input || others.length > 0)
    throw notStarDist(path, `one input is needed, found ${session.inputNames.join(', ') || 'none'}`);
  if (!input.isTensor || input.type !== 'float32')
    throw notStarDist(path, `a float32 input is needed, found ${input.isTensor ? input.type : 'no tensor'}`);
  if (input.shape.length !== 4 && input.shape.length !== 5)
    throw notStarDist(
      path,
      `an input of rank 4 is needed, or of rank 5 for volumes, found rank ${input.shape.length}`,
    );
  return input.shape;
}

/** Layouts that the declared input shape allows, likeliest first. */
function possibleLayouts(shape: readonly (number | string)[]): Layout[] {
  const first = shape[1]!;
  const last = shape.at(-1)!;
  const [planar, interleaved] =
    shape.length === 5 ? (['NCDHW', 'NDHWC'] as const) : (['NCHW', 'NHWC'] as const);
  if (first === 1 && last !== 1) return [planar];
  if (last === 1 && first !== 1) return [interleaved];
  if (isChannelCount(first) && !isChannelCount(last)) return [planar];
  if (isChannelCount(last) && !isChannelCount(first)) return [interleaved];
  return [planar, interleaved];
}

function isChannelCount(n: number | string): boolean {
  return typeof n === 'number' && n >= 1 && n <= MAX_CHANNELS;
}

/** Channels that the declared input shape has in a layout; 1 where it leaves them open. */
function channelsOf(shape: readonly (number | string)[], layout: Layout): number {
  const declared = channelsFirst(layout) ? shape[1]! : shape.at(-1)!;
  return isChannelCount(declared) ? (declared as number) : 1;
}

function fixedSizeOf(shape: readonly (number | string)[], layout: Layout): number[] | null {
  const { size } = sizesOf(shape as readonly number[], layout);
  return size.every((n) => typeof n === 'number' && n > 0) ? size : null;
}

async function runProbe(
  session: InferenceSession,
  shape: readonly (number | string)[],
  stated: Sidecar['stated'],
  path: string,
): Promise<Probe> {
  let failure: unknown = null;
  for (const layout of stated.layout ? [stated.layout] : possibleLayouts(shape)) {
    const channels = stated.channels ?? channelsOf(shape, layout);
    for (const [size, divisor] of probeSizes(fixedSizeOf(shape, layout), stated, shape.length - 2)) {
      try {
        const outputs = await runOnce(session, layout, channels, size, path);
        const grid = gridOf(size, sizesOf([...outputs.values()].at(-1)!.dims, layout).size);
        return { layout, channels, size, grid, divisor, outputs };
      } catch (error) {
        failure ??= error;
      }
    }
  }
  if (isMorulaError(failure)) throw failure;
  throw notStarDist(path, `it does not run on a test picture (${firstLine(failure).slice(0, 200)})`);
}

/** Sizes to try, each with what it is a multiple of. Odd multiples, so that a network that needs more does not run. */
function probeSizes(
  fixed: number[] | null,
  { divisibleBy }: Sidecar['stated'],
  ndim: number,
): [size: number[], divisor: number[]][] {
  if (fixed) return [[fixed, fixed.map(() => 1)]];
  const planes = divisibleBy ? [Math.max(...divisibleBy.slice(-2))] : DIVISORS;
  const pictures = planes.map((d): [number[], number[]] => {
    const scale = Math.max(1, Math.ceil(16 / d));
    return [
      [5 * d * scale, 7 * d * scale],
      [d, d],
    ];
  });
  if (ndim === 2) return pictures;
  const depths = divisibleBy ? [divisibleBy[0]!] : Z_DIVISORS;
  return pictures.flatMap(([size, divisor]) =>
    depths.map((d): [number[], number[]] => [
      [3 * d, ...size],
      [d, ...divisor],
    ]),
  );
}

async function runOnce(
  session: InferenceSession,
  layout: Layout,
  channels: number,
  size: readonly number[],
  path: string,
): Promise<Map<string, RawOutput>> {
  const picture = fromPlanes(testPicture(size, channels), layout, channels);
  const input = new Tensor('float32', picture, inputDims(size, layout, channels));
  const values = await session.run({ [session.inputNames[0]!]: input });
  const outputs = new Map<string, RawOutput>();
  for (const [name, value] of Object.entries(values))
    outputs.set(name, rawOf(value, name, path, size.length + 2));
  return outputs;
}

/** Which output is prob and which dist, told by channel counts and not by names. */
function findHeads(
  probe: Probe,
  path: string,
): {
  prob: RawOutput;
  dist: RawOutput;
  nRays: number;
  concatenated: boolean;
  outputs: StarManifest['outputs'];
} {
  const list = [...probe.outputs].map(([name, raw]) => ({
    name,
    raw,
    channels: sizesOf(raw.dims, probe.layout).channels,
  }));
  const seen = list
    .map((o) => `${o.name} with ${o.channels} channel${o.channels === 1 ? '' : 's'}`)
    .join(', ');
  if (list.length === 1 && list[0]!.channels > MIN_RAYS) {
    const { name, raw, channels } = list[0]!;
    return {
      prob: raw,
      dist: raw,
      nRays: channels - 1,
      concatenated: true,
      outputs: { prob: name, dist: name },
    };
  }
  const probs = list.filter((o) => o.channels === 1);
  const dists = list.filter((o) => o.channels >= MIN_RAYS);
  const prob = probs.length > 1 ? probs.find((o) => o.name.includes('prob')) : probs[0];
  const dist = dists.length > 1 ? dists.find((o) => o.name.includes('dist')) : dists[0];
  if (!prob || !dist)
    throw notStarDist(path, `outputs for prob and for at least ${MIN_RAYS} rays are needed, found ${seen}`);
  return {
    prob: prob.raw,
    dist: dist.raw,
    nRays: dist.channels,
    concatenated: false,
    outputs: { prob: prob.name, dist: dist.name },
  };
}

function gridOf(size: readonly number[], output: readonly number[]): number[] {
  const grid = size.map((n, axis) => n / output[axis]!);
  if (grid.every((g) => GRIDS.includes(g))) return grid;
  throw new Error(
    `a ${size.join(' x ')} picture gave ${output.join(' x ')} output pixels, where a grid of 1, 2, 4, 8 or 16 is needed`,
  );
}

/** The pitch of the lattice off which every prob is exactly 0 and on which most are not; 1 for each axis if none. */
function latticeOf(prob: Float32Array, size: readonly number[]): number[] {
  const none = size.map(() => 1);
  const [h, w] = size.slice(-2) as [number, number];
  for (const pitches of LATTICES) {
    const pitch = pitches.slice(-size.length);
    const [py, px] = pitch.slice(-2) as [number, number];
    const pz = size.length === 3 ? pitch[0]! : 1;
    let on = 0;
    let off = 0;
    for (let i = 0; i < prob.length; i++) {
      if (prob[i] === 0) continue;
      if (Math.floor(i / (h * w)) % pz === 0 && (Math.floor(i / w) % h) % py === 0 && (i % w) % px === 0)
        on++;
      else off++;
    }
    if (off === 0 && on * 2 * pz * py * px > prob.length) return pitch;
  }
  return none;
}

function notStarDist(path: string, why: string): MorulaError {
  return new MorulaError('invalid-data', `model: ${path} must be a StarDist network: ${why}`);
}
