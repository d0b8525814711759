/** A protobuf field: `[number, value]`. Numbers are varints; bytes, text and nested messages are length-delimited. */
export type Field = [number, number | string | Uint8Array];

export type OnnxAttribute = number | readonly number[] | string | Uint8Array;

/** A float32 constant of the graph, C order. */
export interface OnnxTensor {
  name: string;
  dims: readonly number[];
  values: ArrayLike<number>;
}

export interface OnnxNode {
  op: string;
  /** An empty name stands for an optional input that is left out. */
  inputs: readonly string[];
  outputs: readonly string[];
  /** Numbers are written as integers (type INT), lists of them as INTS, bytes as a TENSOR. */
  attributes?: Record<string, OnnxAttribute>;
  /** Attributes of type FLOAT. */
  floats?: Record<string, number>;
}

export interface OnnxPort {
  name: string;
  /** Texts stand for free sizes. */
  shape: readonly (number | string)[];
  /** ONNX element type, 1 = float32 (default), 2 = uint8. */
  type?: number;
}

export interface OnnxGraph {
  inputs: OnnxPort[];
  outputs: OnnxPort[];
  nodes: OnnxNode[];
  weights: OnnxTensor[];
}

const FLOAT = 1;
const IR_VERSION = 8;
const OPSET = 17;

/**
 * The bytes of an ONNX model, opset 17.
 *
 * Source: onnx/onnx.proto3, field numbers of ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto,
 * ValueInfoProto.
 *
 * @param extra fields added to the graph's message
 */
export function encodeOnnx(graph: OnnxGraph, producer: string, ...extra: Field[]): Uint8Array {
  const body = message(
    ...graph.nodes.map((node): Field => [1, encodeNode(node)]),
    [2, 'network'],
    ...graph.weights.map((tensor): Field => [5, encodeTensor(tensor)]),
    ...graph.inputs.map((port): Field => [11, encodePort(port)]),
    ...graph.outputs.map((port): Field => [12, encodePort(port)]),
    ...extra,
  );
  return message([1, IR_VERSION], [2, producer], [7, body], [8, message([2, OPSET])]);
}

/** The bytes of one message. */
export function message(...fields: Field[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [number, value] of fields) {
    if (typeof value === 'number') {
      parts.push(varints(number * 8, value));
    } else {
      const body = typeof value === 'string' ? new TextEncoder().encode(value) : value;
      parts.push(varints(number * 8 + 2, body.length), body);
    }
  }
  return joined(parts);
}

/** A TensorProto with raw little-endian data. */
export function encodeTensor({ name, dims, values }: OnnxTensor): Uint8Array {
  const raw = new Uint8Array(values.length * 4);
  const view = new DataView(raw.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(i * 4, values[i]!, true);
  return message(...dims.map((d): Field => [1, d]), [2, FLOAT], [8, name], [9, raw]);
}

/** A NodeProto. */
export function encodeNode({ op, inputs, outputs, attributes = {}, floats = {} }: OnnxNode): Uint8Array {
  return message(
    ...inputs.map((name): Field => [1, name]),
    ...outputs.map((name): Field => [2, name]),
    [4, op],
    ...Object.entries(attributes).map(([name, value]): Field => [5, encodeAttribute(name, value)]),
    ...Object.entries(floats).map(([name, value]): Field => [5, encodeFloat(name, value)]),
  );
}

function encodeAttribute(name: string, value: OnnxAttribute): Uint8Array {
  if (typeof value === 'number') return message([1, name], [3, value], [20, 2]);
  if (typeof value === 'string') return message([1, name], [4, value], [20, 3]);
  if (value instanceof Uint8Array) return message([1, name], [5, value], [20, 4]);
  return message([1, name], ...value.map((v): Field => [8, v]), [20, 7]);
}

/** Field 2 of AttributeProto is a fixed 32-bit float (wire type 5), which `message` has no other use for. */
function encodeFloat(name: string, value: number): Uint8Array {
  const bytes = new Uint8Array(5);
  bytes[0] = 2 * 8 + 5;
  new DataView(bytes.buffer).setFloat32(1, value, true);
  return joined([message([1, name]), bytes, message([20, 1])]);
}

/** A ValueInfoProto. */
export function encodePort({ name, shape, type = FLOAT }: OnnxPort): Uint8Array {
  const dims = shape.map((n): Field => [1, typeof n === 'number' ? message([1, n]) : message([2, n])]);
  return message([1, name], [2, message([1, message([1, type], [2, message(...dims)])])]);
}

function varints(...values: number[]): Uint8Array {
  const bytes: number[] = [];
  for (const value of values) {
    let rest = BigInt.asUintN(64, BigInt(value));
    do {
      bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
      rest >>= 7n;
    } while (rest > 0n);
  }
  return Uint8Array.from(bytes);
}

/** Parts one after another. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
