import type { NdArray, TypedArray } from '../array/index.ts';
import { type Band, type Bands, openBands } from './bands.ts';
import { copyOut, kernels, type Place, put, typeOf, zerosFor } from './compiled.ts';
import type { FrameObjects } from './types.ts';

/**
 * Gives the labels of an image the numbers 1..n without holes, in ascending order, in place.
 *
 * @param labels at most `count`
 * @returns old label of each new one: row i has label i + 1
 */
export function compactLabels(labels: Uint32Array, count: number): Uint32Array {
  const bands = openBands(labels, labels.length, 1);
  const kept = compactBands(bands, count);
  bands.close();
  return kept;
}

/** As `compactLabels`, in an image that is open. */
export function compactBands(bands: Bands, count: number): Uint32Array {
  const used = zerosFor(4 * (count + 1));
  bands.each([], ({ labels, rows }) => kernels().markUsed(labels, rows * bands.width, used));
  const renamed = new Uint32Array(count + 1);
  copyOut(used, renamed);
  renamed[0] = 0;
  const kept: number[] = [];
  for (let label = 1; label <= count; label++) {
    if (renamed[label] === 0) continue;
    kept.push(label);
    renamed[label] = kept.length;
  }
  if (kept.length < count) {
    const names = put(renamed);
    bands.each([], ({ labels, rows }) => kernels().rename(labels, rows * bands.width, names));
  }
  return Uint32Array.from(kept);
}

/**
 * Measures the objects of a label image in one pass: centroid, size, border contact, mean intensity per channel
 * (over finite pixels; NaN where there are none). O(pixels times channels).
 *
 * @param labels `[z, y, x]` pixels as `shape`; 2D images have z = 1, and touch no border there
 * @param prob of label i + 1 at i; of all labels
 * @param channels images of the same shape
 */
export function measureObjects(
  labels: Uint32Array,
  [depth, height, width]: readonly [number, number, number],
  prob: Float32Array,
  channels: readonly NdArray[],
): FrameObjects {
  return measureBands(openBands(labels, depth * height, width), depth, height, prob, channels);
}

/** Numbers that `measureRows` gathers about an object. */
const COLUMNS = 7;

/** As `measureObjects`, of an image that is open: all planes' rows under one another. */
export function measureBands(
  bands: Bands,
  depth: number,
  height: number,
  prob: Float32Array,
  channels: readonly NdArray[],
): FrameObjects {
  const count = prob.length;
  const [first, ...others] = channels;
  const table = new Float64Array(COLUMNS * count);
  const rows = zerosFor(table.byteLength);
  const image = first === undefined ? [] : [first.data];
  bands.each(image, (band) => measureBand(band, bands.width, depth, height, image[0], rows));
  copyOut(rows, table);
  const column = (c: number): Float64Array =>
    Float64Array.from({ length: count }, (_, row) => table[COLUMNS * row + c]!);
  const size = column(0);
  const mean = (c: number): Float64Array => column(c).map((sum, row) => sum / size[row]!);
  const intensity = new Float32Array(count * channels.length);
  const addMeans = (c: number, sums: Float64Array, finite: Float64Array): void => {
    for (let row = 0; row < count; row++) intensity[row * channels.length + c] = sums[row]! / finite[row]!;
  };
  if (first !== undefined) addMeans(0, column(5), column(6));
  others.forEach(({ data }, i) => {
    addMeans(i + 1, ...sumChannel(bands, data, count));
  });
  return {
    count,
    label: Uint32Array.from({ length: count }, (_, i) => i + 1),
    z: mean(1),
    y: mean(2),
    x: mean(3),
    size,
    prob,
    border: Uint8Array.from(column(4)),
    intensity,
    nChannels: channels.length,
  };
}

/** Adds a band's rows, plane by plane. */
function measureBand(
  { labels, images, first, end }: Band,
  width: number,
  depth: number,
  height: number,
  image: TypedArray | undefined,
  table: Place,
): void {
  const type = image === undefined ? 0 : typeOf(image);
  const bytes = image?.BYTES_PER_ELEMENT ?? 0;
  for (let row = first; row < end; ) {
    const z = Math.floor(row / height);
    const rows = Math.min(end, (z + 1) * height) - row;
    const skip = (row - first) * width;
    const faceZ = Number(depth > 1 && (z === 0 || z === depth - 1));
    const place = image === undefined ? 0 : images[0]! + bytes * skip;
    const y0 = row - z * height;
    kernels().measureRows(type, labels + 4 * skip, place, z, y0, rows, height, width, faceZ, table);
    row += rows;
  }
}

/** The sums of a further channel's finite pixels over the objects, and how many there are. */
function sumChannel(bands: Bands, image: TypedArray, count: number): [Float64Array, Float64Array] {
  const places = [zerosFor(8 * count), zerosFor(8 * count)] as const;
  bands.each([image], ({ labels, images, rows }) =>
    kernels().addChannel(typeOf(image), labels, images[0]!, rows * bands.width, ...places),
  );
  const found: [Float64Array, Float64Array] = [new Float64Array(count), new Float64Array(count)];
  places.forEach((place, i) => {
    copyOut(place, found[i]!);
  });
  return found;
}
