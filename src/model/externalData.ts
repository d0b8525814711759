import { MorulaError } from '../errors/index.ts';
import { protobufFields, textField } from './import/protobuf.ts';
import { CHILDREN } from './onnxFile.ts';

/** Reads a file of the model's folder by the path that the model states. @throws when it is not there, or outside */
export type ReadBeside = (location: string) => Promise<Uint8Array>;

/** A piece of a message, as parts that are joined once at the end: weights are large. */
interface Piece {
  parts: Uint8Array[];
  length: number;
}

const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;
const RAW_DATA = 9;
const DIMS = 1;
const DATA_TYPE = 2;
/** Bytes of an element by TensorProto.DataType; types that are no tensor of numbers are left out. */
const ELEMENT_BYTES: Record<number, number> = {
  1: 4,
  2: 1,
  3: 1,
  4: 2,
  5: 2,
  6: 4,
  7: 8,
  9: 1,
  10: 2,
  11: 8,
  12: 4,
  13: 8,
  16: 2,
};

/**
 * An ONNX model with every tensor inside it, whose bytes may then be hashed, copied and sent: tensors whose values lie
 * in files beside the model get them as `raw_data`. Fields that are not about tensors stay as they are.
 *
 * Source: onnx/onnx.proto3, TensorProto.external_data (keys location, offset, length) and data_location.
 *
 * @param bytes a whole model, as `checkOnnxBytes` makes sure
 * @param path the model's, for messages
 * @throws `invalid-data` when a file does not hold what the model says; whatever `read` throws
 */
export async function inlineExternalData(
  bytes: Uint8Array,
  path: string,
  read: ReadBeside,
): Promise<Uint8Array> {
  const files = new Map<string, Promise<Uint8Array>>();
  const readOnce: ReadBeside = (location) => {
    const found = files.get(location) ?? read(location);
    files.set(location, found);
    return found;
  };
  const { parts, length } = await rewrite(bytes, 'model', path, readOnce);
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

async function rewrite(bytes: Uint8Array, kind: string, path: string, read: ReadBeside): Promise<Piece> {
  const out: Piece = { parts: [], length: 0 };
  const external: Record<string, string> = {};
  let outside = false;
  let raw = 0;
  for (const field of protobufFields(bytes)) {
    const { number, value, start, end } = field;
    if (kind === 'tensor' && number === EXTERNAL_DATA && value instanceof Uint8Array) {
      external[textField(value, 1)] = textField(value, 2);
      outside = true;
    } else if (kind === 'tensor' && number === DATA_LOCATION) {
      if (value !== 0) outside = true;
    } else {
      const child = CHILDREN[kind]![number];
      if (child === undefined || !(value instanceof Uint8Array)) {
        if (kind === 'tensor' && number === RAW_DATA) raw++;
        add(out, bytes.subarray(start, end));
      } else addMessage(out, number, await rewrite(value, child, path, read));
    }
  }
  if (outside && raw === 0) {
    const values = await valuesOf(bytes, external, path, read);
    addMessage(out, RAW_DATA, { parts: [values], length: values.length });
  }
  return out;
}

function add(out: Piece, part: Uint8Array): void {
  out.parts.push(part);
  out.length += part.length;
}

/** Adds a length-delimited field. */
function addMessage(out: Piece, number: number, piece: Piece): void {
  add(out, Uint8Array.from([...varint(number * 8 + 2), ...varint(piece.length)]));
  for (const part of piece.parts) add(out, part);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

/** The bytes of one tensor's values in the file that it names. */
async function valuesOf(
  tensor: Uint8Array,
  { location, offset = '0', length }: Record<string, string>,
  path: string,
  read: ReadBeside,
): Promise<Uint8Array> {
  if (location === undefined || location === '')
    throw bad(path, 'a tensor lies in another file (external data) that it does not name');
  // A path that leaves the folder could name any file of the machine.
  if (/^[\\/]|^[a-z]:|(^|[\\/])\.\.([\\/]|$)/i.test(location))
    throw bad(path, `it keeps weights in ${location}, outside its folder; only files beside it are read`);
  const file = await read(location);
  const wanted = bytesOf(tensor);
  const from = Number(offset);
  const size = length === undefined ? file.length - from : Number(length);
  if (!Number.isSafeInteger(from) || from < 0 || size !== wanted || from + size > file.length)
    throw bad(
      path,
      `a tensor of ${wanted} bytes must lie at ${offset} in ${location}, which has ${file.length} bytes; copy both files again`,
    );
  return file.subarray(from, from + size);
}

/** Bytes that the values of a tensor take; NaN for types of no fixed size. */
function bytesOf(tensor: Uint8Array): number {
  let elements = 1;
  let type = 0;
  for (const { number, value } of protobufFields(tensor)) {
    if (number === DATA_TYPE) type = value as number;
    if (number !== DIMS) continue;
    if (typeof value === 'number') elements *= value;
    else for (const dim of packed(value)) elements *= dim;
  }
  return elements * (ELEMENT_BYTES[type] ?? Number.NaN);
}

/** Varints one after another, as repeated integers are packed. */
function* packed(bytes: Uint8Array): Generator<number> {
  for (let at = 0; at < bytes.length; ) {
    let value = 0;
    let shift = 1;
    do {
      value += (bytes[at]! & 127) * shift;
      shift *= 128;
    } while (bytes[at++]! >= 128);
    yield value;
  }
}

function bad(path: string, why: string): MorulaError {
  return new MorulaError('invalid-data', `model: ${path} must be an ONNX model, but ${why}`);
}
