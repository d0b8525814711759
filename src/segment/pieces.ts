import type { TypedArray } from '../array/index.ts';
import type { Bands } from './bands.ts';
import { copyOut, kernels, put, roomFor, typeOf, zerosFor } from './compiled.ts';

/** Pieces are together smaller than this share of the frame's median object. */
const TOGETHER = 0.8;
/** Mean grey value along their border, above the background, as a share of the dimmer piece's upper quartile: no valley. */
const NO_VALLEY = 0.75;
/** Pixel pairs along their border, as a share of the root of the smaller piece's pixels. */
const BROAD = 0.6;
/** Bytes of a border as the kernels give it. */
const BORDER_BYTES = 24;
/** Where an object's grey values go that are not asked for. */
const UNWANTED = 2 ** 32 - 1;

/** Pairs of neighbours, one in object `a` and one in `b`, `a < b`: how many, and the sum of their mean grey values. */
export interface Border {
  a: number;
  b: number;
  n: number;
  sum: number;
}

/**
 * Which objects are pieces of one: they touch along a broad border, no valley of grey values lies between them, and even
 * together they are small. So are plates and clumps of chromosomes in mitosis that were taken for two nuclei; nuclei that
 * touch are larger together than one, or darker between each other. O(pixels).
 *
 * @param bands a label image, labels 1..count without holes, 0 = background
 * @param image of its shape
 * @param background grey value beside objects
 * @returns new label of each old one, 1..n without holes, pieces that of their best one, order kept, entry 0 = 0; null = no pieces
 */
export function findPieces(
  bands: Bands,
  image: TypedArray,
  count: number,
  background: number,
): Uint32Array<ArrayBuffer> | null {
  const { borders, size } = findBorders(bands, image, count);
  return joinPieces(borders, size, background, (wanted) => upperQuartiles(bands, image, size, wanted));
}

/**
 * As `findPieces`, of borders that are known.
 *
 * @param size pixels of each object, entry 0 = 0; joined objects are added up in it
 * @param upperOf upper quartiles of the grey values of some objects
 */
export function joinPieces(
  borders: readonly Border[],
  size: Float64Array,
  background: number,
  upperOf: (wanted: ReadonlySet<number>) => Map<number, number>,
): Uint32Array<ArrayBuffer> | null {
  if (borders.length === 0) return null;
  const most = TOGETHER * size.slice(1).sort()[(size.length - 1) >> 1]!;
  const near = borders.filter(
    ({ a, b, n }) => size[a]! + size[b]! < most && n >= BROAD * Math.sqrt(Math.min(size[a]!, size[b]!)),
  );
  if (near.length === 0) return null;
  const upper = upperOf(new Set(near.flatMap(({ a, b }) => [a, b])));
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

/** Borders between objects, and the pixels of each object. */
function findBorders(
  { each, width }: Bands,
  image: TypedArray,
  count: number,
): { borders: Border[]; size: Float64Array } {
  const size = new Float64Array(count + 1);
  const sizes = zerosFor(size.byteLength);
  kernels().openBorders(count);
  each(
    [image],
    ({ labels, images, first, end, above, rows }) =>
      kernels().findBorders(
        typeOf(image),
        labels,
        images[0]!,
        rows,
        width,
        above,
        above + end - first,
        sizes,
      ),
    1,
  );
  copyOut(sizes, size);
  const found = new DataView(new ArrayBuffer(BORDER_BYTES * kernels().countBorders()));
  const place = roomFor(found.byteLength);
  kernels().takeBorders(place);
  copyOut(place, new Uint8Array(found.buffer));
  const borders: Border[] = [];
  for (let at = 0; at < found.byteLength; at += BORDER_BYTES)
    borders.push({
      a: found.getUint32(at, true),
      b: found.getUint32(at + 4, true),
      n: found.getFloat64(at + 8, true),
      sum: found.getFloat64(at + 16, true),
    });
  return { borders, size };
}

/** Upper quartile of the finite grey values of some objects. @param size pixels of each label */
function upperQuartiles(
  { each, width }: Bands,
  image: TypedArray,
  size: Float64Array,
  wanted: ReadonlySet<number>,
): Map<number, number> {
  const starts = new Uint32Array(size.length).fill(UNWANTED);
  let room = 0;
  for (const label of wanted) {
    starts[label] = room;
    room += size[label]!;
  }
  const [places, out] = [put(starts), roomFor(8 * room)];
  each([image], ({ labels, images, rows }) =>
    kernels().gatherGreys(typeOf(image), labels, images[0]!, rows * width, places, out),
  );
  const [ends, greys] = [new Uint32Array(size.length), new Float64Array(room)];
  copyOut(places, ends);
  copyOut(out, greys);
  const upper = new Map<number, number>();
  for (const label of wanted) {
    const sorted = greys.subarray(starts[label]!, ends[label]!).sort();
    upper.set(label, sorted[Math.floor(0.75 * sorted.length)] ?? Number.NaN);
  }
  return upper;
}
