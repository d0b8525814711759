import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../packageRoot.ts';

/** Where an array begins in the kernels' memory, bytes. */
export type Place = number;

/** The kernels of `kernels/`, where their arguments are explained. */
export interface Kernels {
  memory: { buffer: ArrayBuffer };
  room(bytes: number): Place;
  unshuffleBits(from: Place, size: number, item: number, to: Place, tile: Place): void;
  unshuffleBytes(from: Place, size: number, item: number, to: Place): void;
  decodeLz4(from: Place, size: number, to: Place, capacity: number): number;
  decodeBlosclz(from: Place, size: number, to: Place, capacity: number): number;
  decodeZstd(from: Place, size: number, to: Place, capacity: number, desk: Place): number;
}

/** The part of the system's WebAssembly that is used; Node's types do not have it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: object };
};

/** Bytes of memory that a thread keeps between two calls. */
const KEPT_BYTES = 64 * 1024 ** 2;
/** Bytes between two arrays, of which kernels may touch 32 behind one. */
const SPACE = 64;

let compiled: object | null = null;
let kept: Kernels | null = null;

/**
 * Makes room for arrays of so many bytes each, contents undefined. Whoever asks has the kernels' memory for itself until
 * it awaits something; those of a thread share it, unless they need very much. V8 compiles the module once for all threads.
 *
 * @throws Error when there is no memory for them
 */
export function lend(...sizes: readonly number[]): { kernels: Kernels; places: Place[] } {
  const bytes = sizes.reduce((sum, size) => sum + size + SPACE, 0);
  const kernels = bytes > KEPT_BYTES ? create() : usual();
  let at = kernels.room(bytes) >>> 0;
  if (at === 0) throw new Error(`there must be room for ${bytes} bytes of a block`);
  const places = sizes.map((size) => {
    const place = at;
    at += size + SPACE;
    return place;
  });
  return { kernels, places };
}

function usual(): Kernels {
  kept ??= create();
  return kept;
}

function create(): Kernels {
  compiled ??= new WebAssembly.Module(
    readFileSync(join(packageRoot(), 'dist', 'src', 'codec', 'kernels.wasm')),
  );
  return new WebAssembly.Instance(compiled).exports as Kernels;
}

/** `length` bytes of the kernels' memory, as long as no more room is made. */
export function bytesAt(kernels: Kernels, place: Place, length: number): Uint8Array {
  return new Uint8Array(kernels.memory.buffer, place, length);
}

/** Copies bytes to where there is room for them. */
export function copyIn(kernels: Kernels, bytes: Uint8Array, place: Place): void {
  bytesAt(kernels, place, bytes.length).set(bytes);
}

/** Fills `out` with the bytes that stand at a place. */
export function copyOut(kernels: Kernels, place: Place, out: Uint8Array): void {
  out.set(bytesAt(kernels, place, out.length));
}
