/** Small semantic networks, so that every form can be tested without a file. */

import type { OnnxNode, OnnxTensor } from '../../src/model/import/onnxWriter.ts';
import { onnx } from './onnx.ts';

export interface SemanticOptions {
  layout?: 'NCHW' | 'NHWC' | 'NCDHW' | 'NDHWC';
  /** Of each channel: `weight x + bias`, x being the mean over the network's input channels. */
  heads: readonly (readonly [weight: number, bias: number])[];
  /** One output a channel instead of one for all. */
  apart?: boolean;
  activation?: 'Sigmoid' | 'Softmax';
  channels?: number;
  /** Fixed size. */
  size?: readonly number[];
  /** Half the size along each axis, as pooled outputs are. */
  pooled?: boolean;
}

/** A network of convolutions of one pixel, each channel linear in the image. */
export function semanticNetwork(options: SemanticOptions): Uint8Array {
  const { layout = 'NCHW', heads, apart = false, activation, channels = 1, pooled = false } = options;
  const ndim = layout.length - 2;
  const axes = [...Array(ndim).keys()];
  const last = layout.endsWith('C');
  const size = options.size ?? ['d', 'h', 'w'].slice(3 - ndim);
  const nodes: OnnxNode[] = [];
  const weights: OnnxTensor[] = [];
  let x = 'image';
  const add = (node: OnnxNode): string => {
    nodes.push(node);
    return node.outputs[0]!;
  };
  if (last)
    x = add({
      op: 'Transpose',
      inputs: [x],
      outputs: ['first'],
      attributes: { perm: [0, ndim + 1, ...axes.map((a) => a + 1)] },
    });
  if (channels > 1)
    x = add({ op: 'ReduceMean', inputs: [x], outputs: ['mean'], attributes: { axes: [1], keepdims: 1 } });
  const two = axes.map(() => 2);
  if (pooled)
    x = add({
      op: 'MaxPool',
      inputs: [x],
      outputs: ['pooled'],
      attributes: { kernel_shape: two, strides: two },
    });
  const groups = apart ? heads.map((head) => [head]) : [heads];
  for (const [g, group] of groups.entries()) {
    const one = axes.map(() => 1);
    weights.push(
      { name: `w${g}`, dims: [group.length, 1, ...one], values: group.map(([weight]) => weight) },
      { name: `b${g}`, dims: [group.length], values: group.map(([, bias]) => bias) },
    );
    let y = add({ op: 'Conv', inputs: [x, `w${g}`, `b${g}`], outputs: [`y${g}`] });
    if (activation)
      y = add({
        op: activation,
        inputs: [y],
        outputs: [`p${g}`],
        attributes: activation === 'Softmax' ? { axis: 1 } : {},
      });
    const toLast = [0, ...axes.map((a) => a + 2), 1];
    add(
      last
        ? { op: 'Transpose', inputs: [y], outputs: [`out${g}`], attributes: { perm: toLast } }
        : { op: 'Identity', inputs: [y], outputs: [`out${g}`] },
    );
  }
  const free = ['od', 'oh', 'ow'].slice(3 - ndim);
  return onnx({
    inputs: [{ name: 'image', shape: last ? ['n', ...size, channels] : ['n', channels, ...size] }],
    outputs: groups.map((group, g) => ({
      name: `out${g}`,
      shape: last ? ['n', ...free, group.length] : ['n', group.length, ...free],
    })),
    nodes,
    weights,
  });
}
