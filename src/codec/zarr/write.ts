import { join } from 'node:path';
import { allocate, type NdArray, sizeOf, type TypedArray } from '../../array/index.ts';
import { MorulaError } from '../../errors/index.ts';
import { writeFileAtomic } from '../files.ts';
import { whenAll } from '../whenAll.ts';
import { arrayDocuments, checkSpec, specOf } from './documents.ts';
import { encodeNumbers, encodeStrings, type PlainData, viewPlain } from './encode.ts';
import { openFileStore } from './fileStore.ts';
import { readArrayMeta } from './open.ts';
import { boxPoints, copyBox, cStride } from './region.ts';
import type { ArraySpec, WrittenChunk, ZarrWriter } from './types.ts';

/** Chunks that are written at the same time: each waits for the disk twice. */
const CONCURRENT_CHUNKS = 4;

/** A file of metadata: its name within the group's or array's folder, and its content. */
export type DocumentFile = [name: string, text: string];

/** The documents of a group. */
export function groupFiles(attributes: Record<string, unknown>, zarrFormat: 2 | 3): DocumentFile[] {
  if (zarrFormat === 3) {
    return [['zarr.json', text({ zarr_format: 3, node_type: 'group', attributes })]];
  }
  return [
    ['.zattrs', text(attributes)],
    ['.zgroup', text({ zarr_format: 2 })],
  ];
}

/** The documents of an array, in the order in which they are to be written. @throws `invalid-metadata`, `unsupported` */
export function arrayFiles(spec: ArraySpec): DocumentFile[] {
  checkSpec(spec);
  return arrayDocuments(spec).map(([name, document]) => [name, text(document)]);
}

/** Writes the documents of a group; the folder is created. @throws `storage` */
export async function createGroup(
  folder: string,
  attributes: Record<string, unknown>,
  zarrFormat: 2 | 3 = 3,
): Promise<void> {
  for (const [name, content] of groupFiles(attributes, zarrFormat)) {
    await writeFileAtomic(join(folder, name), content);
  }
}

/** Writes the documents of an array and opens it for writing; chunks that are there stay. @throws `storage` */
export async function createArray(folder: string, spec: ArraySpec): Promise<ZarrWriter> {
  for (const [name, content] of arrayFiles(spec)) await writeFileAtomic(join(folder, name), content);
  return createWriter(folder, spec);
}

/** Opens an array that `createArray` made. @throws `unsupported` when its codecs are not those of this writer */
export async function openWriter(folder: string): Promise<ZarrWriter> {
  const meta = await readArrayMeta(await openFileStore(folder), '');
  return createWriter(folder, specOf(meta, folder));
}

/**
 * Writes a whole array: every chunk, then the documents, so that a stopped run leaves no array with holes.
 *
 * @param data elements in C order; bigint arrays only for 64-bit integers, strings only for dtype string
 * @throws `shape-mismatch`, `storage`
 */
export async function writeArray(
  folder: string,
  spec: ArraySpec,
  data: TypedArray | BigInt64Array | BigUint64Array | readonly string[],
): Promise<void> {
  checkSpec(spec);
  if (data.length !== sizeOf(spec.shape)) {
    throw shapeError(folder, `${sizeOf(spec.shape)} elements`, `${data.length}`);
  }
  const strings = !ArrayBuffer.isView(data);
  if (strings !== (spec.dtype === 'string')) {
    throw shapeError(folder, `data of dtype ${spec.dtype}`, strings ? 'strings' : 'numbers');
  }
  const encodeAt = strings ? stringChunks(spec, data) : numberChunks(spec, viewPlain(data, spec.dtype));
  const end = spec.shape.map((extent, axis) => Math.ceil(extent / spec.chunks[axis]));
  const origin = end.map(() => 0);
  const points = boxPoints(origin, end);
  const worker = async (): Promise<void> => {
    for (const coords of points) {
      await writeFileAtomic(join(folder, chunkKey(spec, coords)), await encodeAt(coords));
    }
  };
  await whenAll(Array.from({ length: CONCURRENT_CHUNKS }, worker));
  await createArray(folder, spec);
}

/** Stored bytes of the chunk at some coordinates. */
type ChunkEncoder = (coords: readonly number[]) => Promise<Uint8Array>;

function stringChunks(spec: ArraySpec, data: readonly string[]): ChunkEncoder {
  return async (coords) => {
    const chunk = new Array<string>(sizeOf(spec.chunks)).fill('');
    copyBox(
      clipped(spec, coords),
      data,
      cStride(spec.shape),
      offsetOf(spec, coords),
      chunk,
      cStride(spec.chunks),
      0,
    );
    return encodeStrings(chunk, spec);
  };
}

function numberChunks(spec: ArraySpec, data: PlainData): ChunkEncoder {
  // Any typed array may stand behind `data`; its own constructor makes another of its kind.
  const source = data as Uint8Array;
  return async (coords) => {
    const chunk = new (source.constructor as Uint8ArrayConstructor)(sizeOf(spec.chunks));
    if (spec.fillValue) fillPlain(chunk, spec.fillValue);
    copyBox(
      clipped(spec, coords),
      source,
      cStride(spec.shape),
      offsetOf(spec, coords),
      chunk,
      cStride(spec.chunks),
      0,
    );
    return encodeNumbers(chunk, spec);
  };
}

/** First element of a chunk in the array. */
function offsetOf(spec: ArraySpec, coords: readonly number[]): number {
  const stride = cStride(spec.shape);
  return coords.reduce((sum, c, axis) => sum + c * spec.chunks[axis] * stride[axis], 0);
}

function fillPlain(target: PlainData, value: number): void {
  if (target instanceof BigInt64Array || target instanceof BigUint64Array) target.fill(BigInt(value));
  else target.fill(value);
}

function createWriter(folder: string, spec: ArraySpec): ZarrWriter {
  const encodeChunk: ZarrWriter['encodeChunk'] = async (coords, data) => {
    const chunk = wholeChunk(folder, spec, coords, data);
    return { key: chunkKey(spec, coords), bytes: await encodeNumbers(chunk, spec) };
  };
  return {
    folder,
    spec,
    encodeChunk,
    async writeChunk(coords, data): Promise<WrittenChunk> {
      const { key, bytes } = await encodeChunk(coords, data);
      return { key, ...(await writeFileAtomic(join(folder, key), bytes)) };
    },
  };
}

/** Key of a chunk, '/' between its parts. */
function chunkKey(spec: Pick<ArraySpec, 'zarrFormat'>, coords: readonly number[]): string {
  if (spec.zarrFormat === 2) return coords.join('/') || '0';
  return ['c', ...coords].join('/');
}

/** Shape of the part of a chunk that lies in the array. */
function clipped(spec: ArraySpec, coords: readonly number[]): number[] {
  return spec.chunks.map((extent, axis) => Math.min(extent, spec.shape[axis] - coords[axis] * extent));
}

function wholeChunk(
  folder: string,
  spec: ArraySpec,
  coords: readonly number[],
  data: NdArray<TypedArray>,
): PlainData {
  const inside = clipped(spec, coords);
  const fits = coords.length === spec.shape.length && coords.every((c) => Number.isInteger(c) && c >= 0);
  if (!fits || inside.some((extent) => !(extent > 0))) {
    throw shapeError(folder, `chunk coordinates inside ${spec.shape.join(' x ')}`, coords.join('/'));
  }
  const same = (shape: readonly number[]): boolean =>
    shape.length === data.shape.length && shape.every((extent, axis) => extent === data.shape[axis]);
  const whole = same(spec.chunks);
  if ((!whole && !same(inside)) || data.data.length !== sizeOf(data.shape)) {
    throw shapeError(
      folder,
      `a chunk of ${inside.join(' x ')}`,
      `${data.shape.join(' x ')}, ${data.data.length}`,
    );
  }
  if (whole) return viewPlain(data.data, spec.dtype);
  const target = allocateLike(data.data, sizeOf(spec.chunks));
  if (spec.fillValue) target.fill(spec.fillValue);
  copyBox(inside, data.data, cStride(inside), 0, target, cStride(spec.chunks), 0);
  return viewPlain(target, spec.dtype);
}

function allocateLike(data: TypedArray, length: number): TypedArray {
  const name = data.constructor.name.replace('Array', '').toLowerCase();
  return allocate(name as Parameters<typeof allocate>[0], length);
}

function shapeError(folder: string, must: string, found: string): MorulaError {
  return new MorulaError('shape-mismatch', `zarr: ${folder}: ${must} must be given, got ${found}`);
}

function text(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
