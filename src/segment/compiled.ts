import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TypedArray } from '../array/index.ts';
import { packageRoot } from '../codec/packageRoot.ts';
import { MorulaError } from '../errors/index.ts';
import { clipArea } from './clipArea.ts';

/** A place in the kernels' memory, bytes. */
export type Place = number;

/** What `kernels/index.ts` exports; it says what each does. */
interface Exports {
  memory: { readonly buffer: ArrayBuffer };
  clear(): void;
  room(bytes: number): number;
  countValues(type: number, image: Place, n: number, counts: Place): void;
  total(counts: Place, bins: number): number;
  placeOf(counts: Place, rank: number): number;
  normalise(type: number, image: Place, n: number, low: number, span: number, out: Place): void;
  markUsed(labels: Place, n: number, used: Place): void;
  rename(labels: Place, n: number, renamed: Place): void;
  sumAndCount(
    type: number,
    labels: Place,
    image: Place,
    n: number,
    sums: Place,
    sizes: Place,
    counts: Place,
  ): void;
  sumAll(
    type: number,
    labels: Place,
    image: Place,
    n: number,
    sums: Place,
    sizes: Place,
    outside: Place,
  ): number;
  join(
    type: number,
    labels: Place,
    image: Place,
    height: number,
    width: number,
    first: number,
    end: number,
    level: number,
    spare: Place,
  ): void;
  measureRows(
    type: number,
    labels: Place,
    image: Place,
    z: number,
    y0: number,
    rows: number,
    height: number,
    width: number,
    faceZ: number,
    table: Place,
  ): void;
  addChannel(type: number, labels: Place, image: Place, n: number, sums: Place, finite: Place): void;
  openBorders(count: number): void;
  findBorders(
    type: number,
    labels: Place,
    image: Place,
    rows: number,
    width: number,
    first: number,
    end: number,
    sizes: Place,
  ): void;
  countBorders(): number;
  takeBorders(out: Place): void;
  gatherGreys(type: number, labels: Place, image: Place, n: number, ends: Place, out: Place): void;
  paintAll(
    vertices: Place,
    n: number,
    nRays: number,
    labels: Place,
    first: number,
    end: number,
    width: number,
  ): void;
  scan(
    values: Place,
    width: number,
    rows: number,
    columns: number,
    floor: number,
    base: number,
    hits: Place,
    found: Place,
  ): void;
  keepBetween(prob: Place, hits: Place, count: number, floor: number, most: number): number;
  keepPeaks(
    prob: Place,
    width: number,
    top: number,
    left: number,
    bottom: number,
    right: number,
    hits: Place,
    count: number,
  ): number;
  gatherColumns(
    prob: Place,
    hits: Place,
    count: number,
    width: number,
    offsetY: number,
    offsetX: number,
    frameWidth: number,
    gridY: number,
    gridX: number,
    scale: number,
    probs: Place,
    index: Place,
    y: Place,
    x: Place,
  ): void;
  gatherRows(dist: Place, at: Place, nRays: number, hits: Place, count: number, out: Place): void;
  roundRays(dist: Place, count: number, scale: number, longest: number): void;
  orderByProb(count: number, prob: Place, index: Place): Place;
  suppress(
    count: number,
    nRays: number,
    prob: Place,
    index: Place,
    y: Place,
    x: Place,
    dist: Place,
    sin: Place,
    cos: Place,
    threshold: number,
    scale: number,
    known: number,
    kept: Place,
  ): number;
  lensArea(d: number, p: number, q: number): number;
  commonArea(aY: Place, aX: Place, nA: number, bY: Place, bX: Place, nB: number, stopAbove: number): number;
  roughDisc(nRays: number, y: number, x: number, dist: Place, sin: Place, cos: Place): Place;
  meanOutlines(
    count: number,
    nRays: number,
    prob: Place,
    index: Place,
    y: Place,
    x: Place,
    dist: Place,
    rows: Place,
    nRows: number,
    columns: number,
    sin: Place,
    cos: Place,
    out: Place,
  ): void;
  splitByProb(
    prob: Place,
    hits: Place,
    count: number,
    floor: number,
    most: number,
    over: Place,
    found: Place,
  ): void;
  openField(
    prob: Place,
    height: number,
    width: number,
    z0: number,
    z1: number,
    y0: number,
    y1: number,
    x0: number,
    x1: number,
  ): Place;
  findPeaks3d(field: Place, z: number, hits: Place, count: number, peaks: Place): number;
  keepFlagged(hits: Place, peaks: Place, count: number): number;
  gatherColumns3d(
    field: Place,
    hits: Place,
    count: number,
    plane: number,
    first: number,
    frameWidth: number,
    probs: Place,
    index: Place,
  ): void;
  stepRays(dist: Place, n: number, out: Place): void;
  stepRows(dist: Place, at: Place, nRays: number, hits: Place, count: number, out: Place): void;
  openCones(
    nRays: number,
    nFaces: number,
    vector: Place,
    stretch: Place,
    dual: Place,
    unitVolume: Place,
    face: Place,
    hull: Place,
    start: Place,
    neighbour: Place,
    az: number,
    ay: number,
    ax: number,
  ): Place;
  setTable(cones: Place, rz: number, ry: number, rx: number, rows: Place, runs: Place): void;
  fillPlane(cones: Place, z: number, ry: number, rx: number, from: number, ends: Place, runs: Place): number;
  findLongest(dist: Place, n: number, nRays: number, longest: Place): void;
  orderRays(
    block: Place,
    first: number,
    end: number,
    nRays: number,
    order: Place,
    n: number,
    out: Place,
  ): void;
  openSuppression(
    cones: Place,
    depth: number,
    height: number,
    width: number,
    gz: number,
    gy: number,
    gx: number,
    threshold: number,
    dist: Place,
    n: number,
  ): Place;
  suppressPart(
    suppression: Place,
    n: number,
    order: Place,
    index: Place,
    dist: Place,
    known: number,
    kept: Place,
  ): number;
  lensVolume(d: number, p: number, q: number): number;
  paintSolids(
    cones: Place,
    n: number,
    centres: Place,
    dist: Place,
    labels: Place,
    first: number,
    end: number,
    height: number,
    width: number,
  ): void;
  paintScaled(
    cones: Place,
    n: number,
    centres: Place,
    dist: Place,
    sz: number,
    sy: number,
    sx: number,
    labels: Place,
    first: number,
    end: number,
    height: number,
    width: number,
  ): void;
}

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
