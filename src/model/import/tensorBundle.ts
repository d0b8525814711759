import { MorulaError } from '../../errors/index.ts';
import type { H5Array } from './hdf5.ts';
import { numberField, protobufFields, readVarint, submessages } from './protobuf.ts';

const FOOTER = 48;
const MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
const FLOAT = 1;

/** Where an array of a TensorFlow checkpoint lies. */
export interface BundleEntry {
  name: string;
  shape: number[];
  shard: number;
  offset: number;
  size: number;
}

/**
 * Lists the float32 arrays of a TensorFlow checkpoint, `variables.index`: a sorted table in blocks, whose values are
 * BundleEntryProto messages.
 *
 * Source: tensorflow/core/util/tensor_bundle and lib/io/table_format.txt (Apache-2), of LevelDB's table format.
 *
 * @returns the entries, and the number of files that hold their bytes
 * @throws `invalid-data` when the table is damaged; `unsupported` when its blocks are compressed
 */
export function readBundleIndex(bytes: Uint8Array, path: string): { entries: BundleEntry[]; shards: number } {
  try {
    const footer = bytes.subarray(bytes.length - FOOTER);
    if (!MAGIC.every((byte, i) => footer[FOOTER - 8 + i] === byte))
      throw new RangeError('its end is missing');
    const cursor = { at: 0 };
    for (let skipped = 0; skipped < 2; skipped++) readVarint(footer, cursor);
    const entries: BundleEntry[] = [];
    let shards = 1;
    for (const [, handle] of blockEntries(bytes, footer.subarray(cursor.at), path)) {
      for (const [key, value] of blockEntries(bytes, handle, path)) {
        const name = new TextDecoder().decode(key);
        if (name === '') shards = numberField(value, 1);
        else if (numberField(value, 1) === FLOAT) entries.push(entryOf(name, value));
      }
    }
    return { entries, shards };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new MorulaError(
      'invalid-data',
      `model: ${path} must be the index of a TensorFlow checkpoint, but ${cause.message}; copy it again`,
      { cause },
    );
  }
}

/** The keys and values of the block at a handle (offset and size as varints). Keys share their beginnings. */
function blockEntries(bytes: Uint8Array, handle: Uint8Array, path: string): [Uint8Array, Uint8Array][] {
  const at = { at: 0 };
  const offset = readVarint(handle, at);
  const size = readVarint(handle, at);
  if (offset + size + 5 > bytes.length) throw new RangeError('a block runs past its end');
  if (bytes[offset + size] !== 0)
    throw new MorulaError(
      'unsupported',
      `model: ${path} must have blocks without compression; export it again`,
    );
  const block = bytes.subarray(offset, offset + size);
  const restarts = new DataView(block.buffer, block.byteOffset + size - 4, 4).getUint32(0, true);
  const end = size - 4 * (restarts + 1);
  const entries: [Uint8Array, Uint8Array][] = [];
  let key = new Uint8Array(0);
  for (const cursor = { at: 0 }; cursor.at < end; ) {
    const [shared, own, length] = [
      readVarint(block, cursor),
      readVarint(block, cursor),
      readVarint(block, cursor),
    ];
    key = Uint8Array.of(...key.subarray(0, shared), ...block.subarray(cursor.at, cursor.at + own));
    entries.push([key, block.subarray(cursor.at + own, cursor.at + own + length)]);
    cursor.at += own + length;
  }
  return entries;
}

function entryOf(name: string, value: Uint8Array): BundleEntry {
  const shape = submessages(value, 2).flatMap((dims) =>
    submessages(dims, 2).map((dim) => numberField(dim, 1)),
  );
  const numbers = new Map<number, number>();
  for (const { number, value: n } of protobufFields(value)) if (typeof n === 'number') numbers.set(number, n);
  return {
    name,
    shape,
    shard: numbers.get(3) ?? 0,
    offset: numbers.get(4) ?? 0,
    size: numbers.get(5) ?? 0,
  };
}

/** The array of an entry. @throws `invalid-data` when its file is shorter than the index says */
export function bundleArray(
  { name, shape, offset, size }: BundleEntry,
  shard: Uint8Array,
  path: string,
): H5Array {
  const count = shape.reduce((product, n) => product * n, 1);
  if (size !== 4 * count || offset + size > shard.length)
    throw new MorulaError(
      'invalid-data',
      `model: ${path} must hold ${name} of ${4 * count} bytes, found less; copy it again`,
    );
  const view = new DataView(shard.buffer, shard.byteOffset + offset, size);
  return { shape, data: Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true)) };
}
