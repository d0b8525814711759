import { MorulaError } from '../errors/index.ts';
import { isLfsPointer } from './lfsPointer.ts';

/** Message kinds of an ONNX file on the way to its tensors: field number -> kind of the message in it. */
export const CHILDREN: Record<string, Record<number, string>> = {
  model: { 7: 'graph', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  function: { 7: 'node', 11: 'attribute' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
};
const GRAPH_OF_MODEL = 7;
const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;
const MAX_DEPTH = 64;

/**
 * Checks that bytes are one whole ONNX model: not empty, not a pointer file of git-LFS, every message within its
 * bounds, a graph inside.
 *
 * Source: onnx/onnx.proto3, field numbers of ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto.
 *
 * @returns whether tensors lie in other files, see `inlineExternalData`
 * @throws `invalid-data` error that tells which
 */
export function checkOnnxBytes(bytes: Uint8Array, path: string): { external: boolean } {
  if (bytes.length === 0) throw bad(path, 'the file is empty; fetch it again');
  if (isLfsPointer(bytes)) throw bad(path, 'it is a git-LFS pointer, not the model; run "git lfs pull"');
  const found = { graph: false, external: false };
  if (!walk(bytes, 0, bytes.length, 'model', 0, found) || !found.graph)
    throw bad(path, 'it is not a whole ONNX model; export the network to ONNX, or fetch the file again');
  return found;
}

function bad(path: string, why: string): MorulaError {
  return new MorulaError('invalid-data', `model: ${path} must be an ONNX model, but ${why}`);
}

/** Reads the fields of one message; false when they do not end where the message ends. */
function walk(
  bytes: Uint8Array,
  start: number,
  end: number,
  kind: string,
  depth: number,
  found: { graph: boolean; external: boolean },
): boolean {
  if (depth > MAX_DEPTH) return false;
  const cursor = { at: start };
  while (cursor.at < end) {
    const key = readVarint(bytes, cursor, end);
    const field = Math.floor(key / 8);
    const wire = key % 8;
    if (field < 1) return false;
    if (wire === 2) {
      const length = readVarint(bytes, cursor, end);
      const child = CHILDREN[kind]![field];
      if (!(length <= end - cursor.at)) return false;
      if (kind === 'model' && field === GRAPH_OF_MODEL) found.graph = true;
      if (kind === 'tensor' && field === EXTERNAL_DATA) found.external = true;
      if (child && !walk(bytes, cursor.at, cursor.at + length, child, depth + 1, found)) return false;
      cursor.at += length;
    } else if (wire === 0) {
      const value = readVarint(bytes, cursor, end);
      if (kind === 'tensor' && field === DATA_LOCATION && value !== 0) found.external = true;
    } else if (wire === 1) cursor.at += 8;
    else if (wire === 5) cursor.at += 4;
    else return false;
  }
  return cursor.at === end;
}

/** A base-128 varint, or NaN when it runs past `end`. Exact up to 2^53. */
function readVarint(bytes: Uint8Array, cursor: { at: number }, end: number): number {
  let value = 0;
  for (let shift = 1; cursor.at < end; shift *= 128) {
    const byte = bytes[cursor.at++]!;
    value += (byte & 127) * shift;
    if (byte < 128) return value;
  }
  return Number.NaN;
}
