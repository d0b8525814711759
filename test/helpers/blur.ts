import type { OnnxNode } from '../../src/model/import/onnxWriter.ts';
import { onnx } from './onnx.ts';

/** A network that gives the mean over the 3 x 3 (x 3) pixels about each, of a picture of one channel. */
export function blurNetwork(layout: 'NCHW' | 'NHWC' | 'NCDHW'): Uint8Array {
  const ndim = layout.length - 2;
  const last = layout.endsWith('C');
  const three = Array.from({ length: ndim }, () => 3);
  const pads = Array.from({ length: 2 * ndim }, () => 1);
  const size = ['d', 'h', 'w'].slice(3 - ndim);
  const conv = (from: string, to: string): OnnxNode => ({
    op: 'Conv',
    inputs: [from, 'w'],
    outputs: [to],
    attributes: { kernel_shape: three, pads },
  });
  const turn = (from: string, to: string, perm: number[]): OnnxNode => ({
    op: 'Transpose',
    inputs: [from],
    outputs: [to],
    attributes: { perm },
  });
  return onnx({
    inputs: [{ name: 'image', shape: last ? ['n', ...size, 1] : ['n', 1, ...size] }],
    outputs: [{ name: 'restored', shape: last ? ['n', ...size, 1] : ['n', 1, ...size] }],
    nodes: last
      ? [turn('image', 'x', [0, 3, 1, 2]), conv('x', 'y'), turn('y', 'restored', [0, 2, 3, 1])]
      : [conv('image', 'restored')],
    weights: [{ name: 'w', dims: [1, 1, ...three], values: Array(3 ** ndim).fill(1 / 3 ** ndim) }],
  });
}
