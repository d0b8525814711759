/** Networks in the shapes of link scorers, without weights to speak of. */

import { EDGE_FEATURES } from '../../src/link/scorer/edgeFeatures.ts';
import { PAIR_FEATURES } from '../../src/link/scorer/pairFeatures.ts';
import type { OnnxGraph, OnnxNode } from '../../src/model/import/onnxWriter.ts';
import { message, onnx } from './onnx.ts';

/** The bytes of a network; `metadata` lies where exporters write it (ModelProto.metadata_props). */
export function scorerFile(graph: OnnxGraph, metadata: Record<string, string> = {}): Uint8Array {
  const props = Object.entries(metadata).map(([key, value]) => message([14, message([1, key], [2, value])]));
  return Buffer.concat([onnx(graph), ...props]);
}

/** A node with one output. */
export const node = (op: string, inputs: string[], output: string, attributes = {}): OnnxNode => ({
  op,
  inputs,
  outputs: [output],
  attributes,
});
/** A whole number. */
export const index = (name: string, value: number) => node('Constant', [], name, { value_int: value });

/** Log odds are the first feature plus `extra`: what the fitted costs say, all links a little likelier. */
export function echo(extra = 0): OnnxGraph {
  const half = (name: string): OnnxNode[] => [
    node('Gather', [`${name}_feats`, 'zero'], `${name}_first`, { axis: 1 }),
    node('Add', [`${name}_first`, 'extra'], `${name}_logit`),
  ];
  return {
    inputs: [
      { name: 'edge_feats', shape: ['e', EDGE_FEATURES.length] },
      { name: 'pair_feats', shape: ['p', PAIR_FEATURES.length] },
    ],
    outputs: [
      { name: 'edge_logit', shape: ['e'] },
      { name: 'pair_logit', shape: ['p'] },
    ],
    nodes: [index('zero', 0), ...half('edge'), ...half('pair')],
    weights: [{ name: 'extra', dims: [], values: [extra] }],
  };
}

/** What a scorer of features says that it was trained on. */
export const NAMES = { edge_features: EDGE_FEATURES.join(','), pair_features: PAIR_FEATURES.join(',') };
