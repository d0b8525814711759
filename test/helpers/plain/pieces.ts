import type { TypedArray } from '../../../src/array/index.ts';

/** Pieces are together smaller than this share of the frame's median object. */
const TOGETHER = 0.8;
/** Mean grey value along their border, above the background, as a share of the dimmer piece's upper quartile: no valley. */
const NO_VALLEY = 0.75;
/** Pixel pairs along their border, as a share of the root of the smaller piece's pixels. */
const BROAD = 0.6;

/** Pairs of neighbours, one in object `a` and one in `b`, `a < b`: how many, and the sum of their mean grey values. */
interface Border {
  a: number;
  b: number;
  n: number;
  sum: number;
}

/** As the kernel's, pixel by pixel. @param labels,image `[height, width]` */
export function findPieces(
  labels: Uint32Array,
  image: TypedArray,
  [height, width]: readonly [number, number],
  count: number,
  background: number,
): Uint32Array<ArrayBuffer> | null {
  const size = new Float64Array(count + 1);
  const borders = findBorders(labels, image, height, width, size);
  if (borders.length === 0) return null;
  const most = TOGETHER * size.slice(1).sort()[count >> 1]!;
  const near = borders.filter(
    ({ a, b, n }) => size[a]! + size[b]! < most && n >= BROAD * Math.sqrt(Math.min(size[a]!, size[b]!)),
  );
  if (near.length === 0) return null;
  const upper = upperQuartiles(labels, image, new Set(near.flatMap(({ a, b }) => [a, b])));
  const evenness = ({ a, b, n, sum }: Border): number =>
    (sum / n - background) / (Math.min(upper.get(a)!, upper.get(b)!) - background);
  const even = near
    .map((border) => ({ ...border, share: evenness(border) }))
    .filter(({ share }) => share > NO_VALLEY && Number.isFinite(share))
    .sort((p, q) => q.share - p.share || p.a - q.a || p.b - q.b);
  return even.length === 0 ? null : unite(even, size, most);
}

/** Joins the objects of borders, the first ones first, as long as what becomes of them stays below `most` pixels. */
function unite(borders: readonly Border[], size: Float64Array, most: number): Uint32Array<ArrayBuffer> {
  const into = Uint32Array.from(size.keys());
  const rootOf = (label: number): number => {
    let at = label;
    while (into[at] !== at) at = into[at]!;
    return at;
  };
  for (const { a, b } of borders) {
    const [p, q] = [rootOf(a), rootOf(b)];
    if (p === q || size[p]! + size[q]! >= most) continue;
    into[Math.max(p, q)] = Math.min(p, q);
    size[Math.min(p, q)]! += size[Math.max(p, q)]!;
  }
  // A root is the smallest of its labels, so its new one is there when theirs are asked for.
  const names = new Uint32Array(into.length);
  let n = 0;
  for (let label = 1; label < into.length; label++)
    names[label] = into[label] === label ? ++n : names[rootOf(label)]!;
  return names;
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
