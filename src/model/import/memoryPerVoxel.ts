import type { OnnxGraph, OnnxNode } from './onnxWriter.ts';

/** Operations whose result takes the place of their input when nothing else reads it. */
const IN_PLACE = new Set([
  'Relu',
  'Elu',
  'Selu',
  'Sigmoid',
  'Tanh',
  'Softplus',
  'Softsign',
  'LeakyRelu',
  'Add',
]);

/**
 * Bytes that a run of a graph holds at once for each pixel of its input: the largest sum, over its nodes in order, of
 * the tensors that are written or still to be read.
 */
export function memoryPerVoxel(graph: OnnxGraph): number {
  const readers = new Map<string, number>();
  for (const { inputs } of graph.nodes)
    for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  for (const { name } of graph.outputs) readers.set(name, Number.POSITIVE_INFINITY);
  const bytes = tensorBytes(graph);
  let held = bytes.get(graph.inputs[0]!.name)!;
  let peak = held;
  for (const { op, inputs, outputs } of graph.nodes) {
    const last = inputs.filter((name) => bytes.has(name) && readers.get(name) === 1);
    const freed = last.reduce((sum, name) => sum + bytes.get(name)!, 0);
    const written = bytes.get(outputs[0]!)!;
    peak = Math.max(peak, held + (IN_PLACE.has(op) && last.length > 0 ? 0 : written));
    held += written - freed;
    for (const name of inputs) readers.set(name, readers.get(name)! - 1);
  }
  return peak;
}

/** Bytes of every tensor for each pixel of the input. */
function tensorBytes(graph: OnnxGraph): Map<string, number> {
  const channels = new Map<string, number>();
  const share = new Map<string, number>();
  const { name, shape } = graph.inputs[0]!;
  channels.set(name, shape[1] as number);
  share.set(name, 1);
  for (const node of graph.nodes) {
    const [output] = node.outputs as [string];
    const sources = node.inputs.filter((source) => channels.has(source));
    const wide = sources.reduce((sum, source) => sum + channels.get(source)!, 0);
    channels.set(output, channelsOf(graph, node, node.op === 'Concat' ? wide : channels.get(sources[0]!)!));
    share.set(output, share.get(sources[0]!)! * scaleOf(graph, node));
  }
  return new Map([...channels].map(([tensor, count]) => [tensor, 4 * count * share.get(tensor)!]));
}

function channelsOf(graph: OnnxGraph, { op, inputs }: OnnxNode, given: number): number {
  return op === 'Conv' ? graph.weights.find(({ name }) => name === inputs[1])!.dims[0]! : given;
}

/** Positions of a node's output over those of its input. */
function scaleOf(graph: OnnxGraph, { op, inputs, attributes }: OnnxNode): number {
  const product = (values: readonly number[]): number => values.reduce((all, n) => all * n, 1);
  if (op === 'Conv' || op === 'MaxPool') return 1 / product(attributes!.strides as readonly number[]);
  if (op !== 'Resize') return 1;
  const scales = graph.weights.find(({ name }) => name === inputs[2])!.values;
  return product(Array.from(scales));
}
