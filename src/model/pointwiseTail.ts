import { joined, message } from './import/onnxWriter.ts';
import { protobufFields, readVarint } from './import/protobuf.ts';

/** Fields of NodeProto and AttributeProto. Source: onnx/onnx.proto3. */
const [INPUT, OUTPUT, OP, ATTRIBUTE] = [1, 2, 4, 5];
const [NAME, INT, INTS] = [1, 3, 8];

/** A node of an ONNX graph, with its bytes. */
export interface GraphNode {
  bytes: Uint8Array;
  op: string;
  inputs: string[];
  outputs: string[];
  /** Integer attributes, alone or in lists. */
  numbers: Map<string, number[]>;
}

/** Reads a NodeProto. */
export function readNode(bytes: Uint8Array): GraphNode {
  const node: GraphNode = { bytes, op: '', inputs: [], outputs: [], numbers: new Map() };
  for (const { number, value } of protobufFields(bytes)) {
    if (!(value instanceof Uint8Array)) continue;
    if (number === INPUT) node.inputs.push(text(value));
    else if (number === OUTPUT) node.outputs.push(text(value));
    else if (number === OP) node.op = text(value);
    else if (number === ATTRIBUTE) readNumbers(value, node.numbers);
  }
  return node;
}

function readNumbers(attribute: Uint8Array, into: Map<string, number[]>): void {
  let name = '';
  const found: number[] = [];
  for (const { number, value } of protobufFields(attribute)) {
    if (number === NAME && value instanceof Uint8Array) name = text(value);
    if (number !== INT && number !== INTS) continue;
    if (typeof value === 'number') found.push(value);
    else for (const cursor = { at: 0 }; cursor.at < value.length; ) found.push(readVarint(value, cursor));
  }
  if (found.length > 0) into.set(name, found);
}

/** The bytes of a node in which one input has another name. */
export function renameInput({ bytes }: GraphNode, from: string, to: string): Uint8Array {
  const fields = [...protobufFields(bytes)].map(({ number, value, start, end }) =>
    number === INPUT && value instanceof Uint8Array && text(value) === from
      ? message([INPUT, to])
      : bytes.subarray(start, end),
  );
  return joined(fields);
}

/**
 * The nodes at the end of the way to an output that make each position from that position alone, convolutions of size
 * 1 and Relu, as far as nothing else uses what they make.
 *
 * @param output name of the output
 * @param other name of the graph's other output that is used
 * @returns the nodes in the order in which they run, and the value that the first of them takes
 */
export function pointwiseTail(
  nodes: readonly GraphNode[],
  output: string,
  other: string,
): { source: string; nodes: GraphNode[] } {
  const tail: GraphNode[] = [];
  let source = output;
  for (;;) {
    const maker = nodes.find(({ outputs }) => outputs.includes(source));
    const users = nodes.filter(({ inputs }) => inputs.includes(source)).length;
    const free = users === (source === output ? 0 : 1) && source !== other;
    if (maker === undefined || !free || !isPointwise(maker)) return { source, nodes: tail };
    tail.unshift(maker);
    source = maker.inputs[0]!;
  }
}

function isPointwise({ op, outputs, numbers }: GraphNode): boolean {
  if (outputs.length !== 1) return false;
  if (op === 'Relu') return true;
  const all = (name: string, wanted: number): boolean =>
    (numbers.get(name) ?? [wanted]).every((n) => n === wanted);
  return (
    op === 'Conv' &&
    numbers.has('kernel_shape') &&
    all('kernel_shape', 1) &&
    all('strides', 1) &&
    all('pads', 0) &&
    all('group', 1)
  );
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
