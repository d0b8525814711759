import { Tensor } from 'onnxruntime-node';
import { MorulaError } from '../../errors/index.ts';
import { fromPlanes, sizesOf, toPlanes } from '../outputs.ts';
import { openRuntime } from '../runtime.ts';
import { activate } from '../semantic/activate.ts';
import type { PublishedTest } from './candidate.ts';

/** Largest difference from the published outputs that passes: absolute, or relative to the value if that is more. */
const TOLERANCE = 1e-3;

interface Block {
  data: ArrayLike<number>;
  shape: readonly number[];
}

/**
 * Runs a model on the input that its package publishes.
 *
 * @returns the largest difference, absolute or relative to the value where that is over 1
 * @throws `invalid-data` when the outputs are not the published ones
 */
export async function runPublishedTest(onnx: Uint8Array, test: PublishedTest, path: string): Promise<number> {
  const { session } = await openRuntime(onnx, path, { device: 'cpu' });
  try {
    const { data, dims } = test.form === 'stardist' ? channelsToFront(test.input) : asIs(test.input);
    const values = await session.run({ [session.inputNames[0]!]: new Tensor('float32', data, dims) });
    const outputs = session.outputNames.map((name): Block => {
      const { data: got, dims: sizes } = values[name] as Tensor;
      return { data: got as Float32Array, shape: sizes };
    });
    if (test.form === 'sigmoid' || test.form === 'softmax') activateOutputs(outputs, test);
    const worst =
      test.form === 'stardist' ? compareStars(outputs, test, path) : compareSame(outputs, test, path);
    if (worst <= TOLERANCE) return worst;
    throw new MorulaError(
      'invalid-data',
      `model: ${path} must reproduce its package's test output within ${TOLERANCE}, got a difference of ${worst.toPrecision(3)}`,
    );
  } finally {
    await session.release();
  }
}

function asIs({ data, shape }: PublishedTest['input']): { data: Float32Array; dims: number[] } {
  return { data, dims: shape };
}

/** `[1, ...size, channels]` as `[1, channels, ...size]`. */
function channelsToFront({ data, shape }: PublishedTest['input']): { data: Float32Array; dims: number[] } {
  const size = shape.slice(1, -1);
  const layout = size.length === 3 ? 'NDHWC' : 'NHWC';
  const channels = shape.at(-1)!;
  const one = size.map(() => 1);
  return {
    data: toPlanes({ data, dims: shape }, layout, 0, channels, one),
    dims: [shape[0]!, channels, ...size],
  };
}

/** Applies the package's activation; the channel is the second axis, or the last where the input has it there. */
function activateOutputs(outputs: Block[], { form, input: { shape } }: PublishedTest): void {
  const last = shape.at(-1)! < shape[1]!;
  for (const output of outputs) {
    const ndim = output.shape.length - 2;
    const layout = ndim === 3 ? (last ? 'NDHWC' : 'NCDHW') : last ? 'NHWC' : 'NCHW';
    const raw = { data: Float32Array.from(output.data), dims: output.shape };
    const { channels } = sizesOf(output.shape, layout);
    const planes = toPlanes(raw, layout, 0, channels, Array(ndim).fill(1));
    const size = planes.length / channels;
    const each = Array.from({ length: channels }, (_, c) => planes.subarray(c * size, (c + 1) * size));
    activate(each, { activation: form === 'softmax' ? 'softmax' : 'sigmoid', classes: [] });
    output.data = fromPlanes(planes, layout, channels);
  }
}

function compareSame(outputs: Block[], { expected }: PublishedTest, path: string): number {
  let worst = 0;
  for (const [k, want] of expected.entries()) {
    const got = outputs[k];
    if (got?.shape.join() !== want.shape.join()) throw wrongShape(path, want, got);
    for (let i = 0; i < want.data.length; i++)
      worst = Math.max(worst, difference(got.data[i]!, want.data[i]!));
  }
  return worst;
}

/**
 * Compares `prob` `[n, 1, ...]` and `dist` `[n, rays, ...]` with one channels-last array of both, which StarDist's
 * exporter brings up to the input's size: prob keeps its place on the grid, dist is repeated.
 */
function compareStars([prob, dist]: Block[], { expected: [want] }: PublishedTest, path: string): number {
  const channels = dist!.shape[1]! + 1;
  const sizes = dist!.shape.slice(2);
  const full = want!.shape.slice(1, -1);
  const steps = sizes.map((s, a) => full[a]! / s);
  const fits =
    want!.shape.length === sizes.length + 2 && want!.shape[0] === 1 && want!.shape.at(-1) === channels;
  if (!fits || !steps.every(Number.isInteger)) throw wrongShape(path, want!, dist);
  const count = sizes.reduce((product, n) => product * n, 1);
  let worst = 0;
  for (let i = 0; i < count; i++) {
    let rest = i;
    let at = 0;
    for (let a = sizes.length - 1, unit = 1; a >= 0; a--) {
      const index = rest % sizes[a]!;
      rest = (rest - index) / sizes[a]!;
      at += index * steps[a]! * unit;
      unit *= full[a]!;
    }
    worst = Math.max(worst, difference(prob!.data[i]!, want!.data[at * channels]!));
    for (let c = 1; c < channels; c++)
      worst = Math.max(worst, difference(dist!.data[(c - 1) * count + i]!, want!.data[at * channels + c]!));
  }
  return worst;
}

/** NaN counts as infinitely far. */
function difference(got: number, want: number): number {
  const apart = Math.abs(got - want) / Math.max(1, Math.abs(want));
  return Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart;
}

function wrongShape(path: string, want: Block, got: Block | undefined): MorulaError {
  return new MorulaError(
    'shape-mismatch',
    `model: ${path} must give its package's test output of ${want.shape.join(' x ')}, got ${got?.shape.join(' x ') ?? 'none'}`,
  );
}
