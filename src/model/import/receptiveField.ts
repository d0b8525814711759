import type { OnnxGraph, OnnxNode } from './onnxWriter.ts';

/** Pixels along one axis that a value depends on, both ends included. */
interface Span {
  from: number;
  to: number;
}

/**
 * How far the outputs of a graph look: the largest distance, in input pixels along each axis, between an output's
 * position (its index times the grid) and an input pixel that it depends on. Exact, by walking the graph backwards
 * from every position of the outputs in one period.
 *
 * Differs: the library measures it by the response to one impulse, which gives up to a tenth less (algorithms A.6).
 *
 * @param grid input pixels per output pixel, for each spatial axis
 * @param period input pixels after which the network repeats itself (`divisibleBy`)
 */
export function receptiveField(
  graph: OnnxGraph,
  grid: readonly number[],
  period: readonly number[],
): number[] {
  return grid.map((step, axis) => {
    let reach = 0;
    for (let index = 0; index < Math.max(1, period[axis]! / step); index++) {
      const { from, to } = inputSpan(graph, axis, index);
      reach = Math.max(reach, index * step - from, to - index * step);
    }
    return reach;
  });
}

/** What of the input the outputs at `index` see. The graph's nodes are in the order in which they run. */
function inputSpan(graph: OnnxGraph, axis: number, index: number): Span {
  const needed = new Map<string, Span>();
  const need = (name: string, span: Span): void => {
    const before = needed.get(name);
    needed.set(name, {
      from: Math.min(span.from, before?.from ?? span.from),
      to: Math.max(span.to, before?.to ?? span.to),
    });
  };
  for (const { name } of graph.outputs) need(name, { from: index, to: index });
  for (const node of graph.nodes.toReversed()) {
    const span = needed.get(node.outputs[0]!);
    if (span === undefined) continue;
    const sources = node.op === 'Concat' || node.op === 'Add' ? node.inputs : node.inputs.slice(0, 1);
    for (const name of sources) need(name, sourceSpan(graph, node, axis, span));
  }
  return needed.get(graph.inputs[0]!.name)!;
}

function sourceSpan(graph: OnnxGraph, { op, inputs, attributes }: OnnxNode, axis: number, span: Span): Span {
  const at = (name: string): number => (attributes![name] as readonly number[])[axis]!;
  if (op === 'Conv') {
    const before = at('pads');
    const stride = at('strides');
    return { from: span.from * stride - before, to: span.to * stride - before + at('kernel_shape') - 1 };
  }
  if (op === 'MaxPool') {
    const pool = at('kernel_shape');
    return { from: span.from * pool, to: span.to * pool + pool - 1 };
  }
  if (op === 'Resize') {
    const factor = graph.weights.find(({ name }) => name === inputs[2])!.values[axis + 2]!;
    return { from: Math.floor(span.from / factor), to: Math.floor(span.to / factor) };
  }
  return span;
}
