import type { NdArray, TypedArray } from '../array/index.ts';
import { MorulaError } from '../errors/index.ts';

/** Overlaps of the objects of two label images, and the objects' sizes; all in pixels. */
export interface Overlaps {
  /** Per truth and per result object: its number of pixels. */
  truthSize: Float64Array;
  resultSize: Float64Array;
  /** Per truth object: first row of its list of overlaps, -1 = none. */
  head: Int32Array;
  /** Columns of the list: next row (-1 = end), result object, shared pixels. */
  next: Int32Array;
  other: Int32Array;
  pixels: Float64Array;
  /** A label of either image that is not in its list, 0 = none. */
  strayTruth: number;
  strayResult: number;
}

/** Throws `shape-mismatch` where the images of frame `t` cannot be compared. */
export function checkShapes(truth: NdArray, result: NdArray, t: number): void {
  const [a, b] = [truth.shape.join(' x '), result.shape.join(' x ')];
  if (a !== b)
    throw new MorulaError(
      'shape-mismatch',
      `score: masks of truth and result must have the same shape, frame ${t} has ${a} and ${b}`,
    );
}

/** Index of `label` in the ascending `labels`, or -1. */
function find(labels: ArrayLike<number>, label: number): number {
  let low = 0;
  let high = labels.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (labels[middle] < label) low = middle + 1;
    else high = middle;
  }
  return low < labels.length && labels[low] === label ? low : -1;
}

/** Adds `length` shared pixels of truth object `r` and result object `s`. */
function addOverlap(out: Overlaps, count: number, r: number, s: number, length: number): number {
  for (let row = out.head[r]; row >= 0; row = out.next[row])
    if (out.other[row] === s) {
      out.pixels[row] += length;
      return count;
    }
  if (count === out.next.length) {
    const size = 2 * count + 16;
    const grow = <T extends Int32Array | Float64Array>(old: T, wide: T): T => {
      wide.set(old);
      return wide;
    };
    out.next = grow(out.next, new Int32Array(size));
    out.other = grow(out.other, new Int32Array(size));
    out.pixels = grow(out.pixels, new Float64Array(size));
  }
  out.next[count] = out.head[r];
  out.other[count] = s;
  out.pixels[count] = length;
  out.head[r] = count;
  return count + 1;
}

/** The image as 32-bit words, or null where its pixels do not fit in them. */
function asWords({ buffer, byteOffset, byteLength, BYTES_PER_ELEMENT }: TypedArray): Int32Array | null {
  const fits = BYTES_PER_ELEMENT <= 4 && byteOffset % 4 === 0;
  return fits ? new Int32Array(buffer, byteOffset, byteLength >> 2) : null;
}

/**
 * The first pixel from `from` on that is not background in both images (or a pixel just before it). Most of a mask is
 * background: where both images have pixels of one size it is passed over by words.
 */
function backgroundSkipper(a: TypedArray, b: TypedArray): (from: number) => number {
  const [wordsA, wordsB] = [asWords(a), asWords(b)];
  if (wordsA === null || wordsB === null || a.BYTES_PER_ELEMENT !== b.BYTES_PER_ELEMENT)
    return (from) => from;
  const perWord = 4 / a.BYTES_PER_ELEMENT;
  const nWords = Math.min(wordsA.length, wordsB.length);
  return (from) => {
    if (from % perWord !== 0) return from;
    let word = from / perWord;
    while (word < nWords && (wordsA[word] | wordsB[word]) === 0) word++;
    return word * perWord;
  };
}

/** The labels of an image, ascending, without 0. */
export function distinctLabels(image: TypedArray): number[] {
  const labels = new Set<number>();
  const skip = backgroundSkipper(image, image);
  let last = 0;
  for (let i = 0; i < image.length; ) {
    const label = image[i];
    if (label !== 0 && label !== last) labels.add(label);
    last = label;
    i = label === 0 ? skip(i + 1) : i + 1;
  }
  return [...labels].sort((a, b) => a - b);
}

/**
 * Counts the overlaps of two label images in one pass, by runs of equal label pairs.
 *
 * @param truth pixels of the truth, any integer dtype
 * @param result pixels of the result, same length
 * @param truthLabels ascending labels of the truth's objects; position = object. Likewise `resultLabels`
 *
 * Cost: O(pixels + runs * (log objects + overlaps of one object)); memory O(objects + overlapping pairs).
 */
export function countOverlaps(
  truth: TypedArray,
  result: TypedArray,
  truthLabels: ArrayLike<number>,
  resultLabels: ArrayLike<number>,
): Overlaps {
  const out: Overlaps = {
    truthSize: new Float64Array(truthLabels.length),
    resultSize: new Float64Array(resultLabels.length),
    head: new Int32Array(truthLabels.length).fill(-1),
    next: new Int32Array(2 * truthLabels.length),
    other: new Int32Array(2 * truthLabels.length),
    pixels: new Float64Array(2 * truthLabels.length),
    strayTruth: 0,
    strayResult: 0,
  };
  let count = 0;
  const total = truth.length;
  const skip = backgroundSkipper(truth, result);
  for (let i = 0; i < total; ) {
    const a = truth[i];
    const b = result[i];
    const start = i++;
    if (a === 0 && b === 0) {
      i = skip(i);
      continue;
    }
    while (i < total && truth[i] === a && result[i] === b) i++;
    const length = i - start;
    const r = a === 0 ? -1 : find(truthLabels, a);
    const s = b === 0 ? -1 : find(resultLabels, b);
    if (r >= 0) out.truthSize[r] += length;
    else if (a !== 0) out.strayTruth = a;
    if (s >= 0) out.resultSize[s] += length;
    else if (b !== 0) out.strayResult = b;
    if (r >= 0 && s >= 0) count = addOverlap(out, count, r, s, length);
  }
  return out;
}

/** Result object that covers more than half of truth object `r`, or -1; and their intersection over union. */
export function bestOverlap(overlaps: Overlaps, r: number): { result: number; iou: number } {
  const size = overlaps.truthSize[r];
  for (let row = overlaps.head[r]; row >= 0; row = overlaps.next[row]) {
    const shared = overlaps.pixels[row];
    if (2 * shared <= size) continue;
    const result = overlaps.other[row];
    return { result, iou: shared / (size + overlaps.resultSize[result] - shared) };
  }
  return { result: -1, iou: 0 };
}
