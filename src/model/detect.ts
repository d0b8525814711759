import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { MorulaError } from '../errors/index.ts';
import { DEFAULTS, type PartialManifest } from './manifest.ts';
import { type RawOutput, sizesOf, toPlanes } from './outputs.ts';
import { rawOf } from './session.ts';
import type { Layout, Manifest } from './types.ts';

const MIN_RAYS = 8;
/** Divisors tried, in order: 16 suits every U-Net of depth 3 at grid 2, the usual StarDist. */
const DIVISORS = [16, 32, 64];
/** Half of the receptive field of a U-Net of depth 3 at grid 2, pixels, which bounds the usual networks. */
const HALO = 96;

interface Probe {
  layout: Layout;
  height: number;
  width: number;
  divisor: number;
  outputs: Map<string, RawOutput>;
}

/**
 * Finds out what an ONNX file is by its signature and one run on a small test picture: layout, grid, rays, whether
 * prob is a probability or a logit, whether the outputs are concatenated and upsampled, fixed sizes.
 *
 * @param stated fields that need no detection, taken as they are
 * @throws `invalid-data` when the file is not a StarDist network; `unsupported` for 3D and multi-channel ones
 */
export async function detectManifest(
  session: InferenceSession,
  stated: PartialManifest,
  name: string,
  path: string,
): Promise<Manifest> {
  const shape = inputShape(session, path);
  const probe = await runProbe(session, shape, stated, path);
  const heads = findHeads(probe, path);
  const { layout, height, width } = probe;
  const { h, w } = sizesOf(heads.dist.dims, layout);
  const found: PartialManifest = {
    layout,
    nRays: heads.nRays,
    outputs: heads.outputs,
    concatenated: heads.concatenated,
    grid: gridOf(height, width, h, w, path),
  };
  const prob = toPlanes(heads.prob, layout, 0, 1, [1, 1]);
  const lattice = heads.concatenated && found.grid![0] === 1 ? latticeOf(prob, h, w) : 1;
  found.sparseLattice = lattice > 1;
  if (lattice > 1) found.grid = [lattice, lattice];
  found.probActivation = prob.every((p) => p >= 0 && p <= 1) ? 'none' : 'sigmoid';
  const fixed = fixedSizeOf(shape, layout);
  found.fixedSize = fixed;
  found.divisibleBy = fixed ?? [probe.divisor, probe.divisor];
  found.halo = fixed ? [Math.min(HALO, fixed[0] >> 2), Math.min(HALO, fixed[1] >> 2)] : [HALO, HALO];
  return { name, ...DEFAULTS, ...found, ...stated } as Manifest;
}

/** The input's declared sizes; names stand for sizes that are free. */
function inputShape(session: InferenceSession, path: string): readonly (number | string)[] {
  const [input, ...others] = session.inputMetadata;
  if (!input || others.length > 0)
    throw notStarDist(path, `one input is needed, found ${session.inputNames.join(', ') || 'none'}`);
  if (!input.isTensor || input.type !== 'float32')
    throw notStarDist(path, `a float32 input is needed, found ${input.isTensor ? input.type : 'no tensor'}`);
  if (input.shape.length === 5)
    throw new MorulaError(
      'unsupported',
      `model: ${path} takes volumes, and 3D models come later; use a 2D model`,
    );
  if (input.shape.length !== 4)
    throw notStarDist(path, `an input of rank 4 is needed, found rank ${input.shape.length}`);
  return input.shape;
}

/** Layouts that the declared input shape allows, likeliest first. */
function possibleLayouts(shape: readonly (number | string)[], path: string): Layout[] {
  const first = shape[1]!;
  const last = shape[3]!;
  if (first === 1 && last !== 1) return ['NCHW'];
  if (last === 1 && first !== 1) return ['NHWC'];
  const channels = [first, last].find((n) => typeof n === 'number' && n > 1 && n <= 4);
  if (channels !== undefined)
    throw new MorulaError(
      'unsupported',
      `model: ${path} takes ${channels} channels, and only networks with one input channel can be used`,
    );
  return ['NCHW', 'NHWC'];
}

function fixedSizeOf(shape: readonly (number | string)[], layout: Layout): [number, number] | null {
  const [h, w] = layout === 'NCHW' ? [shape[2], shape[3]] : [shape[1], shape[2]];
  return typeof h === 'number' && typeof w === 'number' && h > 0 && w > 0 ? [h, w] : null;
}

async function runProbe(
  session: InferenceSession,
  shape: readonly (number | string)[],
  stated: PartialManifest,
  path: string,
): Promise<Probe> {
  let failure = '';
  for (const layout of stated.layout ? [stated.layout] : possibleLayouts(shape, path)) {
    const fixed = fixedSizeOf(shape, layout);
    const divisors = stated.divisibleBy ? [Math.max(...stated.divisibleBy)] : DIVISORS;
    for (const divisor of fixed ? [1] : divisors) {
      const scale = Math.max(1, Math.ceil(16 / divisor));
      const [height, width] = fixed ?? [5 * divisor * scale, 7 * divisor * scale];
      try {
        const outputs = await runOnce(session, layout, height, width, path);
        return { layout, height, width, divisor, outputs };
      } catch (error) {
        failure ||= error instanceof Error ? error.message.split('\n')[0]! : String(error);
      }
    }
  }
  throw notStarDist(path, `it does not run on a test picture (${failure.slice(0, 200)})`);
}

async function runOnce(
  session: InferenceSession,
  layout: Layout,
  height: number,
  width: number,
  path: string,
): Promise<Map<string, RawOutput>> {
  const dims = layout === 'NCHW' ? [1, 1, height, width] : [1, height, width, 1];
  const input = new Tensor('float32', testPicture(height, width), dims);
  const values = await session.run({ [session.inputNames[0]!]: input });
  const outputs = new Map<string, RawOutput>();
  for (const [name, value] of Object.entries(values)) outputs.set(name, rawOf(value, name, path));
  return outputs;
}

/** Blurred discs of several sizes on a dark ground, values about 0 to 1 like a normalised frame, `[h, w]`. */
export function testPicture(height: number, width: number): Float32Array {
  const picture = new Float32Array(height * width);
  const pitch = 32;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const radius = 6 + ((Math.floor(y / pitch) * 3 + Math.floor(x / pitch) * 5) % 6);
      const d = Math.hypot((y % pitch) - pitch / 2, (x % pitch) - pitch / 2);
      const grain = ((x * 7919 + y * 104729) % 101) / 1010;
      picture[y * width + x] = 1 / (1 + Math.exp(1.5 * (d - radius))) + grain;
    }
  }
  return picture;
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
  outputs: Manifest['outputs'];
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

function gridOf(height: number, width: number, h: number, w: number, path: string): [number, number] {
  const grid: [number, number] = [height / h, width / w];
  if (grid.every((g) => Number.isInteger(g) && g >= 1 && g <= 16)) return grid;
  throw notStarDist(
    path,
    `a ${height} x ${width} picture gave ${h} x ${w} output pixels, not a whole fraction`,
  );
}

/** 2 or 4 when every prob off the lattice of that pitch is exactly 0 and most on it are not; else 1. */
function latticeOf(prob: Float32Array, h: number, w: number): number {
  for (const pitch of [4, 2]) {
    let on = 0;
    let off = 0;
    for (let i = 0; i < prob.length; i++) {
      if (prob[i] === 0) continue;
      if (Math.floor(i / w) % pitch === 0 && (i % w) % pitch === 0) on++;
      else off++;
    }
    if (off === 0 && on * 2 * pitch * pitch > h * w) return pitch;
  }
  return 1;
}

function notStarDist(path: string, why: string): MorulaError {
  return new MorulaError('invalid-data', `model: ${path} must be a StarDist network: ${why}`);
}
