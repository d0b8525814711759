import type { TypedArray } from '../array/index.ts';
import { copyIn, copyOut, kernels, type Place, put, roomFor } from './compiled.ts';

/** Most pixels of a band: frames of 2048 x 2048 are one. */
const MAX_BAND = 2 ** 22;

/** Rows of a label image that lie in the kernels' memory, with those of images of the same shape. */
export interface Band {
  /** The rows `[first, end)` of the image. */
  first: number;
  end: number;
  /** Rows that lie there before `first`, and rows in all, with those after `end`. */
  above: number;
  rows: number;
  labels: Place;
  images: readonly Place[];
}

/** A label image that kernels work on, step by step. */
export interface Bands {
  width: number;
  /**
   * Calls `work` with every band, from the top. What it changes in the band's own rows stays; the rows beside them are as
   * they were before the step.
   *
   * @param images of the labels' shape
   * @param beside rows that a band has before and after its own, where there are any
   */
  each(images: readonly TypedArray[], work: (band: Band) => void, beside?: 0 | 1): void;
  /** Writes the labels back; until then they are as they were, or not. More steps may follow, and another close. */
  close(): void;
}

/**
 * Takes the kernels' memory for a label image. An image of one band stays there from step to step, so that it is copied
 * in and out once; of a larger one a band at a time is there.
 *
 * @param labels `[height, width]`
 * @param options.blank the first step writes all labels, so that what they are does not matter
 * @param options.most pixels of a band
 */
export function openBands(
  labels: Uint32Array,
  height: number,
  width: number,
  { blank = false, most = MAX_BAND } = {},
): Bands {
  kernels().clear();
  return height * width <= most
    ? oneBand(labels, height, width, blank)
    : manyBands(labels, height, width, Math.max(1, Math.floor(most / width)));
}

function oneBand(labels: Uint32Array, height: number, width: number, blank: boolean): Bands {
  const place = blank ? roomFor(labels.byteLength) : put(labels);
  const places = new Map<TypedArray, Place>();
  const placeOf = (image: TypedArray): Place => {
    const found = places.get(image) ?? put(image);
    places.set(image, found);
    return found;
  };
  return {
    width,
    each(images, work) {
      work({ first: 0, end: height, above: 0, rows: height, labels: place, images: images.map(placeOf) });
    },
    close: () => copyOut(place, labels),
  };
}

function manyBands(labels: Uint32Array, height: number, width: number, rows: number): Bands {
  const place = roomFor(4 * width * (rows + 2));
  const buffers: Place[] = [];
  const bufferOf = (i: number): Place => {
    buffers[i] ??= roomFor(8 * width * (rows + 2));
    return buffers[i];
  };
  const rowsOf = <T extends TypedArray>(array: T, from: number, to: number): T =>
    array.subarray(from * width, to * width) as T;
  return {
    width,
    each(images, work, beside = 0) {
      let before = new Uint32Array(0);
      for (let first = 0; first < height; first += rows) {
        const end = Math.min(height, first + rows);
        const from = Math.max(0, first - beside);
        const to = Math.min(height, end + beside);
        copyIn(rowsOf(labels, from, to), place);
        copyIn(before, place);
        before = rowsOf(labels, end - beside, end).slice();
        const places = images.map((image, i) => {
          copyIn(rowsOf(image, from, to), bufferOf(i));
          return bufferOf(i);
        });
        work({ first, end, above: first - from, rows: to - from, labels: place, images: places });
        copyOut(place + 4 * width * (first - from), rowsOf(labels, first, end));
      }
    },
    close: () => undefined,
  };
}
