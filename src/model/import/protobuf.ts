/** One field of a message: a number (varint, or 4 or 8 bytes read as an unsigned integer) or bytes. */
export interface ProtobufField {
  number: number;
  value: number | Uint8Array;
  /** Where it lies in the message with its key, `[start, end)`. */
  start: number;
  end: number;
}

/**
 * The fields of a protobuf message, in the order of the file. Integers are exact up to 2^53.
 *
 * @throws RangeError when the message does not end where its bytes end
 */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cursor = { at: 0 };
  while (cursor.at < bytes.length) {
    const start = cursor.at;
    const key = readVarint(bytes, cursor);
    const number = Math.floor(key / 8);
    const value = readValue(bytes, view, cursor, key % 8);
    yield { number, value, start, end: cursor.at };
  }
}

/** The value of a field by its wire type; moves the cursor past it. */
function readValue(
  bytes: Uint8Array,
  view: DataView,
  cursor: { at: number },
  wire: number,
): number | Uint8Array {
  if (wire === 0) return readVarint(bytes, cursor);
  const length = wire === 2 ? readVarint(bytes, cursor) : { 1: 8, 5: 4 }[wire];
  if (length === undefined) throw new RangeError(`wire type ${wire} is not known`);
  if (length > bytes.length - cursor.at) throw new RangeError('a field runs past the end of its message');
  const at = cursor.at;
  cursor.at += length;
  if (wire === 2) return bytes.subarray(at, at + length);
  return wire === 5 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}

/** A base-128 varint; moves the cursor past it. @throws RangeError at the end of the bytes */
export function readVarint(bytes: Uint8Array, cursor: { at: number }): number {
  let value = 0;
  for (let shift = 1; cursor.at < bytes.length; shift *= 128) {
    const byte = bytes[cursor.at++]!;
    value += (byte & 127) * shift;
    if (byte < 128) return value;
  }
  throw new RangeError('a number runs past the end of its message');
}

/** The bytes of all fields of that number. */
export function submessages(bytes: Uint8Array, number: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const field of protobufFields(bytes))
    if (field.number === number && field.value instanceof Uint8Array) found.push(field.value);
  return found;
}

/** The first field of that number as text, or an empty one. */
export function textField(bytes: Uint8Array, number: number): string {
  return new TextDecoder().decode(submessages(bytes, number)[0]);
}

/** The integer of the last field of that number; 0, as protobuf has it, when it is not there. */
export function numberField(bytes: Uint8Array, number: number): number {
  let found = 0;
  for (const field of protobufFields(bytes))
    if (field.number === number && typeof field.value === 'number') found = field.value;
  return found;
}
