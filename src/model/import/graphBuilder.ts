import { MorulaError } from '../../errors/index.ts';
import type { KerasLayer } from './kerasWeights.ts';
import type { OnnxGraph, OnnxNode } from './onnxWriter.ts';

/** A tensor inside the graph that is being built, `[n, channels, ...spatial]`. */
export interface Value {
  name: string;
  channels: number;
}

/** Keras's epsilon of a batch normalisation. */
const EPSILON = 1e-3;

/** An empty graph that takes float32 `[n, channels, (d,) h, w]`. */
export function startGraph(channels: number, ndim: number): { graph: OnnxGraph; image: Value } {
  const shape = ['n', channels, ...spatial(ndim)];
  const graph: OnnxGraph = { inputs: [{ name: 'image', shape }], outputs: [], nodes: [], weights: [] };
  return { graph, image: { name: 'image', channels } };
}

/** Makes `value` an output of the graph under the name that it has. */
export function addOutput(graph: OnnxGraph, value: Value, ndim: number): void {
  const shape = ['n', value.channels, ...spatial(ndim).map((axis) => `${axis}_out`)];
  graph.outputs.push({ name: value.name, shape });
}

function spatial(ndim: number): string[] {
  return ['d', 'h', 'w'].slice(3 - ndim);
}

/**
 * A Keras convolution with padding "same", and the batch normalisation after it folded into its weights.
 *
 * Keras pads so that `ceil(size / stride)` remain, with the odd pixel at the end; sizes here are multiples of the
 * stride, hence the padding is `kernel - stride` in all.
 *
 * @param role name of the layer in the graph
 */
export function addConvolution(
  graph: OnnxGraph,
  input: Value,
  role: string,
  layer: KerasLayer,
  normalisation: KerasLayer | null = null,
  strides: readonly number[] | null = null,
): Value {
  const kernel = layer.arrays.kernel!;
  const sizes = kernel.shape.slice(0, -2);
  const outputs = kernel.shape.at(-1)!;
  const steps = strides ?? sizes.map(() => 1);
  const padding = sizes.map((k, a) => Math.max(0, k - steps[a]!));
  const { scale, shift } = foldedScale(layer, normalisation, outputs);
  graph.weights.push(
    { name: `${role}.weight`, dims: [outputs, input.channels, ...sizes], values: transposed(kernel, scale) },
    { name: `${role}.bias`, dims: [outputs], values: shift },
  );
  return add(graph, outputs, {
    op: 'Conv',
    inputs: [input.name, `${role}.weight`, `${role}.bias`],
    outputs: [role],
    attributes: {
      kernel_shape: sizes,
      strides: steps,
      pads: [...padding.map((p) => p >> 1), ...padding.map((p) => p - (p >> 1))],
    },
  });
}

/** Per channel `y = scale * (kernel conv x) + shift`: bias, then normalisation, in double precision. */
function foldedScale(
  layer: KerasLayer,
  normalisation: KerasLayer | null,
  channels: number,
): { scale: Float64Array; shift: Float64Array } {
  const scale = new Float64Array(channels).fill(1);
  const shift = Float64Array.from(layer.arrays.bias?.data ?? scale.map(() => 0));
  if (!normalisation) return { scale, shift };
  const of = (name: string): Float32Array => normalisation.arrays[name]!.data;
  const [gamma, beta, mean, variance] = [of('gamma'), of('beta'), of('moving_mean'), of('moving_variance')];
  for (let c = 0; c < channels; c++) {
    scale[c] = gamma[c]! / Math.sqrt(variance[c]! + EPSILON);
    shift[c] = scale[c]! * (shift[c]! - mean[c]!) + beta[c]!;
  }
  return { scale, shift };
}

/** Keras's `[...size, in, out]` to ONNX's `[out, in, ...size]`, each output channel times its scale. */
function transposed(kernel: { shape: number[]; data: Float32Array }, scale: Float64Array): Float32Array {
  const [inputs, outputs] = kernel.shape.slice(-2) as [number, number];
  const taps = kernel.data.length / (inputs * outputs);
  const out = new Float32Array(kernel.data.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let k = 0; k < taps; k++)
        out[(o * inputs + i) * taps + k] = kernel.data[(k * inputs + i) * outputs + o]! * scale[o]!;
    }
  }
  return out;
}

/** Largest value of blocks of `pool`, which the sizes are multiples of. */
export function addMaxPool(graph: OnnxGraph, input: Value, role: string, pool: readonly number[]): Value {
  return add(graph, input.channels, {
    op: 'MaxPool',
    inputs: [input.name],
    outputs: [role],
    attributes: { kernel_shape: pool, strides: pool },
  });
}

/** Each value repeated `factor` times along each axis. */
export function addUpsampling(
  graph: OnnxGraph,
  input: Value,
  role: string,
  factor: readonly number[],
): Value {
  graph.weights.push({ name: `${role}.scales`, dims: [factor.length + 2], values: [1, 1, ...factor] });
  return add(graph, input.channels, {
    op: 'Resize',
    inputs: [input.name, '', `${role}.scales`],
    outputs: [role],
    attributes: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
  });
}

/** Channels of `a`, then of `b`. */
export function addConcat(graph: OnnxGraph, a: Value, b: Value, role: string): Value {
  return add(graph, a.channels + b.channels, {
    op: 'Concat',
    inputs: [a.name, b.name],
    outputs: [role],
    attributes: { axis: 1 },
  });
}

export function addSum(graph: OnnxGraph, a: Value, b: Value, role: string): Value {
  return add(graph, a.channels, { op: 'Add', inputs: [a.name, b.name], outputs: [role] });
}

/** Keras's names of activations, as nodes with Keras's constants. `linear` adds nothing. */
const ACTIVATIONS: Record<string, { op: string; floats?: Record<string, number> }> = {
  relu: { op: 'Relu' },
  elu: { op: 'Elu', floats: { alpha: 1 } },
  selu: { op: 'Selu' },
  sigmoid: { op: 'Sigmoid' },
  hard_sigmoid: { op: 'HardSigmoid', floats: { alpha: 0.2, beta: 0.5 } },
  tanh: { op: 'Tanh' },
  softplus: { op: 'Softplus' },
  softsign: { op: 'Softsign' },
  exponential: { op: 'Exp' },
  leaky_relu: { op: 'LeakyRelu', floats: { alpha: 0.2 } },
};

/** @throws `unsupported` for an activation that is not one of Keras's plain ones */
export function addActivation(graph: OnnxGraph, input: Value, activation: string, role: string): Value {
  if (activation === 'linear') return input;
  const found = ACTIVATIONS[activation];
  if (!found)
    throw new MorulaError(
      'unsupported',
      `model: activation "${activation}" (at ${role}) must be one of linear, ${Object.keys(ACTIVATIONS).join(', ')}`,
    );
  return add(graph, input.channels, { ...found, inputs: [input.name], outputs: [role] });
}

function add(graph: OnnxGraph, channels: number, node: OnnxNode): Value {
  graph.nodes.push(node);
  return { name: node.outputs[0]!, channels };
}
