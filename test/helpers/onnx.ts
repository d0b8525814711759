/** Small ONNX models, so that every layout can be tested without a file. */

import {
  encodeOnnx,
  type Field,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
} from '../../src/model/import/onnxWriter.ts';

export { message } from '../../src/model/import/onnxWriter.ts';

/** The bytes of a model. `extra` fields go to the graph (for files that must be refused). */
export function onnx(graph: OnnxGraph, ...extra: Field[]): Uint8Array {
  return encodeOnnx(graph, 'morula test', ...extra);
}

/** A convolution of one pixel of `input` (one channel) to `channels`: `weight * x + bias`. */
export function conv1(
  name: string,
  input: string,
  channels: number,
  weight: number,
  bias: number,
  ndim = 2,
): [OnnxNode, OnnxTensor[]] {
  return [
    { op: 'Conv', inputs: [input, `${name}.w`, `${name}.b`], outputs: [name] },
    [
      {
        name: `${name}.w`,
        dims: [channels, 1, ...new Array(ndim).fill(1)],
        values: new Array(channels).fill(weight),
      },
      { name: `${name}.b`, dims: [channels], values: new Array(channels).fill(bias) },
    ],
  ];
}

export interface StarOptions {
  /** Those with D are 3D. */
  layout?: 'NCHW' | 'NHWC' | 'NCDHW' | 'NDHWC';
  /** One for each axis, or the same for all. */
  grid?: number | number[];
  rays?: number;
  /** Leave the sigmoid out. */
  logits?: boolean;
  /** One output `[prob, dist]` at full resolution, prob 0 off the grid, as Fiji's exports have it. */
  concatenated?: boolean;
  /** Fixed size. */
  size?: readonly number[];
  /** The volume is halved along z and doubled again, so that its depth must be even. */
  pooledDepth?: boolean;
  channels?: number;
}

/**
 * A network in StarDist's form without its weights: prob = sigmoid(8 x - 4) of the grid cell's maximum, and every
 * dist = 4 + x.
 */
export function starNetwork(options: StarOptions = {}): Uint8Array {
  const { layout = 'NCHW', rays = 8, logits = false, concatenated = false, channels = 1 } = options;
  const ndim = layout.length - 2;
  const axes = [...Array(ndim).keys()];
  const grid = axes.map((a) => (typeof options.grid === 'number' ? options.grid : (options.grid?.[a] ?? 1)));
  const coarse = grid.some((g) => g > 1);
  const size = options.size ?? ['d', 'h', 'w'].slice(3 - ndim);
  const nodes: OnnxNode[] = [];
  const weights: OnnxTensor[] = [];
  const last = layout.endsWith('C');
  const toFirst = [0, ndim + 1, ...axes.map((a) => a + 1)];
  const toLast = [0, ...axes.map((a) => a + 2), 1];
  let x = 'image';
  const add = (n: OnnxNode): string => {
    nodes.push(n);
    return n.outputs[0]!;
  };
  if (last) x = add({ op: 'Transpose', inputs: [x], outputs: ['first'], attributes: { perm: toFirst } });
  if (channels > 1)
    x = add({ op: 'ReduceMean', inputs: [x], outputs: ['mean'], attributes: { axes: [1], keepdims: 1 } });
  if (options.pooledDepth) x = addRoundTrip(x, add, weights);
  if (coarse)
    x = add({
      op: 'MaxPool',
      inputs: [x],
      outputs: ['pooled'],
      attributes: { kernel_shape: grid, strides: grid },
    });
  const head = (name: string, count: number, weight: number, bias: number): string => {
    const [n, tensors] = conv1(name, x, count, weight, bias, ndim);
    weights.push(...tensors);
    return add(n);
  };
  let prob = head('logit', 1, 8, -4);
  if (!logits) prob = add({ op: 'Sigmoid', inputs: [prob], outputs: ['p'] });
  let dist = head('d', rays, 1, 4);
  if (concatenated && coarse) {
    weights.push({ name: 'one', dims: [1, 1, ...axes.map(() => 1)], values: [1] });
    weights.push({ name: 'scales', dims: [ndim + 2], values: [1, 1, ...grid] });
    prob = add({
      op: 'ConvTranspose',
      inputs: [prob, 'one'],
      outputs: ['p.up'],
      attributes: { strides: grid, output_padding: grid.map((g) => g - 1) },
    });
    dist = add({
      op: 'Resize',
      inputs: [dist, '', 'scales'],
      outputs: ['d.up'],
      attributes: { mode: 'nearest' },
    });
  }
  const finals: [string, string, number][] = concatenated
    ? [
        [
          add({ op: 'Concat', inputs: [prob, dist], outputs: ['both'], attributes: { axis: 1 } }),
          'output',
          1 + rays,
        ],
      ]
    : [
        [prob, 'prob', 1],
        [dist, 'dist', rays],
      ];
  for (const [from, to] of finals)
    add(
      last
        ? { op: 'Transpose', inputs: [from], outputs: [to], attributes: { perm: toLast } }
        : { op: 'Identity', inputs: [from], outputs: [to] },
    );
  const outputs = ['od', 'oh', 'ow'].slice(3 - ndim);
  return onnx({
    inputs: [{ name: 'image', shape: last ? ['n', ...size, channels] : ['n', channels, ...size] }],
    outputs: finals.map(([, name, c]) => ({
      name,
      shape: last ? ['n', ...outputs, c] : ['n', c, ...outputs],
    })),
    nodes,
    weights,
  });
}

/** Halves a volume along z, doubles it again, and adds it to itself: runs on even depths only. */
function addRoundTrip(x: string, add: (n: OnnxNode) => string, weights: OnnxTensor[]): string {
  weights.push(
    { name: 'double', dims: [5], values: [1, 1, 2, 1, 1] },
    { name: 'half', dims: [1], values: [0.5] },
  );
  const pool = { kernel_shape: [2, 1, 1], strides: [2, 1, 1] };
  const low = add({ op: 'AveragePool', inputs: [x], outputs: ['low'], attributes: pool });
  const up = add({
    op: 'Resize',
    inputs: [low, '', 'double'],
    outputs: ['up'],
    attributes: { mode: 'nearest' },
  });
  const sum = add({ op: 'Add', inputs: [x, up], outputs: ['sum'] });
  return add({ op: 'Mul', inputs: [sum, 'half'], outputs: ['mixed'] });
}
