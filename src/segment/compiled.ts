import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TypedArray } from '../array/index.ts';
import { packageRoot } from '../codec/packageRoot.ts';
import { MorulaError } from '../errors/index.ts';
import { clipArea } from './clipArea.ts';
import type { Exports, Place } from './kernelExports.ts';

export type { Place } from './kernelExports.ts';

/** The part of the system's WebAssembly that is used; Node's types do not have it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: object };
};

let loaded: Exports | null = null;

/**
 * The compiled kernels and their memory, which this thread's callers share: whoever calls `clear` has it for itself until
 * it awaits something. V8 compiles the module once for all threads.
 */
export function kernels(): Exports {
  if (loaded === null) {
    const bytes = readFileSync(join(packageRoot(), 'dist', 'src', 'segment', 'kernels.wasm'));
    loaded = new WebAssembly.Instance(new WebAssembly.Module(bytes), { host: { clipArea: clip } })
      .exports as Exports;
  }
  return loaded;
}

/** `clipArea` of polygons of n vertices that lie in the kernels' memory. */
function clip(aY: Place, aX: Place, bY: Place, bX: Place, n: number): number {
  const vertices = (place: Place): Int32Array => new Int32Array(kernels().memory.buffer, place >>> 0, n);
  return clipArea({ vy: vertices(aY), vx: vertices(aX) }, { vy: vertices(bY), vx: vertices(bX) });
}

/** Makes room for so many bytes, contents undefined. @throws `too-large` */
export function roomFor(bytes: number): Place {
  const place = kernels().room(bytes) >>> 0;
  if (place !== 0) return place;
  throw new MorulaError(
    'invalid-data',
    `segment: a frame must be worked on within 4 GiB, but ${bytes} bytes more are needed; segment a part of it`,
  );
}

/** Makes room for so many bytes of zeros. */
export function zerosFor(bytes: number): Place {
  const place = roomFor(bytes);
  bytesAt(place, bytes).fill(0);
  return place;
}

/** Copies an array into the kernels' memory. */
export function put(array: TypedArray): Place {
  const place = roomFor(array.byteLength);
  copyIn(array, place);
  return place;
}

/** Copies an array to where there is room for it. */
export function copyIn(array: TypedArray, place: Place): void {
  bytesAt(place, array.byteLength).set(bytesOf(array));
}

/** Fills an array with what stands at a place. */
export function copyOut(place: Place, array: TypedArray): void {
  bytesOf(array).set(bytesAt(place, array.byteLength));
}

function bytesAt(place: Place, length: number): Uint8Array {
  return new Uint8Array(kernels().memory.buffer, place, length);
}

function bytesOf({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The number by which kernels know the type of an image. */
export function typeOf(image: TypedArray): number {
  if (image instanceof Float32Array) return 6;
  if (image instanceof Float64Array) return 7;
  const signed = image instanceof Int8Array || image instanceof Int16Array || image instanceof Int32Array;
  return 2 * Math.log2(image.BYTES_PER_ELEMENT) + (signed ? 0 : 1);
}
