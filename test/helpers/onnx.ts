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

/** A 1x1 convolution of `input` (one channel) to `channels`: `weight * x + bias`. */
export function conv1(
  name: string,
  input: string,
  channels: number,
  weight: number,
  bias: number,
): [OnnxNode, OnnxTensor[]] {
  return [
    { op: 'Conv', inputs: [input, `${name}.w`, `${name}.b`], outputs: [name] },
    [
      { name: `${name}.w`, dims: [channels, 1, 1, 1], values: new Array(channels).fill(weight) },
      { name: `${name}.b`, dims: [channels], values: new Array(channels).fill(bias) },
    ],
  ];
}

export interface StarOptions {
  layout?: 'NCHW' | 'NHWC';
  grid?: number;
  rays?: number;
  /** Leave the sigmoid out. */
  logits?: boolean;
  /** One output `[prob, dist]` at full resolution, prob 0 off the grid, as Fiji's exports have it. */
  concatenated?: boolean;
  /** Fixed height and width. */
  size?: [number, number];
  channels?: number;
}

/**
 * A network in StarDist's form without its weights: prob = sigmoid(8 x - 4) of the grid cell's maximum, and every
 * dist = 4 + x.
 */
export function starNetwork(options: StarOptions = {}): Uint8Array {
  const { layout = 'NCHW', grid = 1, rays = 8, logits = false, concatenated = false, channels = 1 } = options;
  const [h, w] = options.size ?? ['h', 'w'];
  const nodes: OnnxNode[] = [];
  const weights: OnnxTensor[] = [];
  const last = layout === 'NHWC';
  let x = 'image';
  const add = (n: OnnxNode): string => {
    nodes.push(n);
    return n.outputs[0]!;
  };
  if (last) x = add({ op: 'Transpose', inputs: [x], outputs: ['first'], attributes: { perm: [0, 3, 1, 2] } });
  if (channels > 1)
    x = add({ op: 'ReduceMean', inputs: [x], outputs: ['mean'], attributes: { axes: [1], keepdims: 1 } });
  if (grid > 1)
    x = add({
      op: 'MaxPool',
      inputs: [x],
      outputs: ['pooled'],
      attributes: { kernel_shape: [grid, grid], strides: [grid, grid] },
    });
  const head = (name: string, count: number, weight: number, bias: number): string => {
    const [n, tensors] = conv1(name, x, count, weight, bias);
    weights.push(...tensors);
    return add(n);
  };
  let prob = head('logit', 1, 8, -4);
  if (!logits) prob = add({ op: 'Sigmoid', inputs: [prob], outputs: ['p'] });
  let dist = head('d', rays, 1, 4);
  if (concatenated && grid > 1) {
    weights.push({ name: 'one', dims: [1, 1, 1, 1], values: [1] });
    weights.push({ name: 'scales', dims: [4], values: [1, 1, grid, grid] });
    prob = add({
      op: 'ConvTranspose',
      inputs: [prob, 'one'],
      outputs: ['p.up'],
      attributes: { strides: [grid, grid], output_padding: [grid - 1, grid - 1] },
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
        ? { op: 'Transpose', inputs: [from], outputs: [to], attributes: { perm: [0, 2, 3, 1] } }
        : { op: 'Identity', inputs: [from], outputs: [to] },
    );
  return onnx({
    inputs: [{ name: 'image', shape: last ? ['n', h, w, channels] : ['n', channels, h, w] }],
    outputs: finals.map(([, name, c]) => ({
      name,
      shape: last ? ['n', 'oh', 'ow', c] : ['n', c, 'oh', 'ow'],
    })),
    nodes,
    weights,
  });
}
