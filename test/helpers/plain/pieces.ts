import type { TypedArray } from '../../../src/array/index.ts';
import { type Border, joinPieces } from '../../../src/segment/pieces.ts';

/** Borders and grey values as the kernels find them, pixel by pixel. @param labels,image `[height, width]` */
export function findPieces(
  labels: Uint32Array,
  image: TypedArray,
  [height, width]: readonly [number, number],
  count: number,
  background: number,
): Uint32Array<ArrayBuffer> | null {
  const size = new Float64Array(count + 1);
  const borders = findBorders(labels, image, height, width, size);
  return joinPieces(borders, size, background, (wanted) => upperQuartiles(labels, image, wanted));
}

/** Borders between objects; counts the pixels of each object in `size`. */
function findBorders(
  labels: Uint32Array,
  image: TypedArray,
  height: number,
  width: number,
  size: Float64Array,
): Border[] {
  const found = new Map<number, Border>();
  const meet = (i: number, j: number): void => {
    const [a, b] = labels[i]! < labels[j]! ? [labels[i]!, labels[j]!] : [labels[j]!, labels[i]!];
    const key = a * 2 ** 26 + b;
    const border = found.get(key) ?? { a, b, n: 0, sum: 0 };
    found.set(key, border);
    border.n++;
    border.sum += (image[i]! + image[j]!) / 2;
  };
  const n = height * width;
  for (let i = 0, x = 0; i < n; i++, x = x + 1 === width ? 0 : x + 1) {
    const own = labels[i]!;
    if (own === 0) continue;
    size[own]!++;
    const right = x + 1 < width ? labels[i + 1]! : 0;
    const below = i + width < n ? labels[i + width]! : 0;
    if (right !== 0 && right !== own) meet(i, i + 1);
    if (below !== 0 && below !== own) meet(i, i + width);
  }
  return [...found.values()];
}

/** Upper quartile of the finite grey values of some objects. */
function upperQuartiles(
  labels: Uint32Array,
  image: TypedArray,
  wanted: ReadonlySet<number>,
): Map<number, number> {
  const values = new Map<number, number[]>(Array.from(wanted, (label) => [label, []]));
  for (let i = 0; i < labels.length; i++)
    if (labels[i] !== 0 && Number.isFinite(image[i]!)) values.get(labels[i]!)?.push(image[i]!);
  return new Map(
    Array.from(values, ([label, list]) => {
      const sorted = Float64Array.from(list).sort();
      return [label, sorted[Math.floor(0.75 * sorted.length)] ?? Number.NaN];
    }),
  );
}
