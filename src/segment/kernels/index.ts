/**
 * Kernels in AssemblyScript, compiled by `npm run build:kernels` to `dist/src/segment/kernels.wasm`: one compilation for
 * all threads of a process, and none while they work. Arrays are places in the module's memory, contiguous; who calls has
 * made room for them. `compiled.ts` has the other side.
 */
import * as borders from './borders';
import { fitRoughDisc, openDisc } from './disc';
import * as grey from './grey';
import * as labels from './labels';
import { buildStrips, createStrips, intersectionArea, openStrips } from './strips';

export { countBorders, openBorders, takeBorders } from './borders';
export { fillPlane, openCones, setTable } from './cones';
export { gatherColumns, gatherRows, keepBetween, keepPeaks, roundRays } from './gather';
export {
  findPeaks3d,
  gatherColumns3d,
  keepFlagged,
  openField,
  splitByProb,
  stepRays,
  stepRows,
} from './gather3d';
export { placeOf, total } from './grey';
export { markUsed, rename } from './labels';
export { meanOutlines } from './mean';
export { clear, room } from './memory';
export { orderByProb } from './order';
export { paintAll } from './paint';
export { paintScaled, paintSolids } from './paint3d';
export { scan } from './scan';
export { lensArea, suppress } from './suppress';
export { findLongest, lensVolume, openSuppression, orderRays, suppressPart } from './suppress3d';

// Types of images, as `typeOf` in compiled.ts numbers them.

/** As in grey.ts; for images of 8 or 16 bits. */
export function countValues(type: i32, image: usize, n: i32, counts: usize): void {
  if (type === 0) grey.countValues<i8>(image, n, counts, 128);
  else if (type === 1) grey.countValues<u8>(image, n, counts, 0);
  else if (type === 2) grey.countValues<i16>(image, n, counts, 32768);
  else grey.countValues<u16>(image, n, counts, 0);
}

/** As in grey.ts. */
export function normalise(type: i32, image: usize, n: i32, low: f64, span: f64, out: usize): void {
  if (type === 0) grey.normalise<i8>(image, n, low, span, out);
  else if (type === 1) grey.normalise<u8>(image, n, low, span, out);
  else if (type === 2) grey.normalise<i16>(image, n, low, span, out);
  else if (type === 3) grey.normalise<u16>(image, n, low, span, out);
  else if (type === 4) grey.normalise<i32>(image, n, low, span, out);
  else if (type === 5) grey.normalise<u32>(image, n, low, span, out);
  else if (type === 6) grey.normalise<f32>(image, n, low, span, out);
  else grey.normalise<f64>(image, n, low, span, out);
}

/** As in labels.ts; for images of 8 or 16 bits. */
export function sumAndCount(
  type: i32,
  labelled: usize,
  image: usize,
  n: i32,
  sums: usize,
  sizes: usize,
  counts: usize,
): void {
  if (type === 0) labels.sumAndCount<i8>(labelled, image, n, sums, sizes, counts, 128);
  else if (type === 1) labels.sumAndCount<u8>(labelled, image, n, sums, sizes, counts, 0);
  else if (type === 2) labels.sumAndCount<i16>(labelled, image, n, sums, sizes, counts, 32768);
  else labels.sumAndCount<u16>(labelled, image, n, sums, sizes, counts, 0);
}

/** As in labels.ts; for images of 32 or 64 bits. */
export function sumAll(
  type: i32,
  labelled: usize,
  image: usize,
  n: i32,
  sums: usize,
  sizes: usize,
  outside: usize,
): i32 {
  if (type === 4) return labels.sumAll<i32>(labelled, image, n, sums, sizes, outside);
  if (type === 5) return labels.sumAll<u32>(labelled, image, n, sums, sizes, outside);
  if (type === 6) return labels.sumAll<f32>(labelled, image, n, sums, sizes, outside);
  return labels.sumAll<f64>(labelled, image, n, sums, sizes, outside);
}

/** As in labels.ts. */
export function join(
  type: i32,
  labelled: usize,
  image: usize,
  height: i32,
  width: i32,
  first: i32,
  end: i32,
  level: f64,
  spare: usize,
): void {
  if (type === 0) labels.join<i8>(labelled, image, height, width, first, end, level, spare);
  else if (type === 1) labels.join<u8>(labelled, image, height, width, first, end, level, spare);
  else if (type === 2) labels.join<i16>(labelled, image, height, width, first, end, level, spare);
  else if (type === 3) labels.join<u16>(labelled, image, height, width, first, end, level, spare);
  else if (type === 4) labels.join<i32>(labelled, image, height, width, first, end, level, spare);
  else if (type === 5) labels.join<u32>(labelled, image, height, width, first, end, level, spare);
  else if (type === 6) labels.join<f32>(labelled, image, height, width, first, end, level, spare);
  else labels.join<f64>(labelled, image, height, width, first, end, level, spare);
}

/** Adds the pixels of objects to their sums in `tables`, see labels.ts. */
export function measureRows(
  type: i32,
  labelled: usize,
  image: usize,
  z: i32,
  y0: i32,
  rows: i32,
  height: i32,
  width: i32,
  faceZ: i32,
  tables: usize,
): void {
  if (type === 0) labels.measureRows<i8>(labelled, image, z, y0, rows, height, width, faceZ, tables);
  else if (type === 1) labels.measureRows<u8>(labelled, image, z, y0, rows, height, width, faceZ, tables);
  else if (type === 2) labels.measureRows<i16>(labelled, image, z, y0, rows, height, width, faceZ, tables);
  else if (type === 3) labels.measureRows<u16>(labelled, image, z, y0, rows, height, width, faceZ, tables);
  else if (type === 4) labels.measureRows<i32>(labelled, image, z, y0, rows, height, width, faceZ, tables);
  else if (type === 5) labels.measureRows<u32>(labelled, image, z, y0, rows, height, width, faceZ, tables);
  else if (type === 6) labels.measureRows<f32>(labelled, image, z, y0, rows, height, width, faceZ, tables);
  else labels.measureRows<f64>(labelled, image, z, y0, rows, height, width, faceZ, tables);
}

/** Adds the finite pixels of a further channel to the sums of the objects, see labels.ts. */
export function addChannel(
  type: i32,
  labelled: usize,
  image: usize,
  n: i32,
  sums: usize,
  finite: usize,
): void {
  if (type === 0) labels.addChannel<i8>(labelled, image, n, sums, finite);
  else if (type === 1) labels.addChannel<u8>(labelled, image, n, sums, finite);
  else if (type === 2) labels.addChannel<i16>(labelled, image, n, sums, finite);
  else if (type === 3) labels.addChannel<u16>(labelled, image, n, sums, finite);
  else if (type === 4) labels.addChannel<i32>(labelled, image, n, sums, finite);
  else if (type === 5) labels.addChannel<u32>(labelled, image, n, sums, finite);
  else if (type === 6) labels.addChannel<f32>(labelled, image, n, sums, finite);
  else labels.addChannel<f64>(labelled, image, n, sums, finite);
}

/** Area of the intersection of two polygons of nA and nB vertices (i32), see strips.ts. */
export function commonArea(
  aY: usize,
  aX: usize,
  nA: i32,
  bY: usize,
  bX: usize,
  nB: i32,
  stopAbove: f64,
): f64 {
  openStrips(max(nA, nB));
  const a = createStrips(nA);
  const b = createStrips(nB);
  buildStrips(aY, aX, nA, a);
  buildStrips(bY, bX, nB, b);
  return intersectionArea(a, b, stopAbove);
}

/** Finds a `Disc`, see disc.ts, in the polygon of so many rays. */
export function roughDisc(nRays: i32, y: f64, x: f64, dist: usize, sin: usize, cos: usize): usize {
  const disc = openDisc(nRays, sin, cos);
  fitRoughDisc(disc, nRays, y, x, dist, sin, cos);
  return changetype<usize>(disc);
}

/** As in borders.ts. */
export function findBorders(
  type: i32,
  labelled: usize,
  image: usize,
  rows: i32,
  width: i32,
  first: i32,
  end: i32,
  sizes: usize,
): void {
  if (type === 0) borders.findBorders<i8>(labelled, image, rows, width, first, end, sizes);
  else if (type === 1) borders.findBorders<u8>(labelled, image, rows, width, first, end, sizes);
  else if (type === 2) borders.findBorders<i16>(labelled, image, rows, width, first, end, sizes);
  else if (type === 3) borders.findBorders<u16>(labelled, image, rows, width, first, end, sizes);
  else if (type === 4) borders.findBorders<i32>(labelled, image, rows, width, first, end, sizes);
  else if (type === 5) borders.findBorders<u32>(labelled, image, rows, width, first, end, sizes);
  else if (type === 6) borders.findBorders<f32>(labelled, image, rows, width, first, end, sizes);
  else borders.findBorders<f64>(labelled, image, rows, width, first, end, sizes);
}

/** As in borders.ts. */
export function gatherGreys(type: i32, labelled: usize, image: usize, n: i32, ends: usize, out: usize): void {
  if (type === 0) borders.gatherGreys<i8>(labelled, image, n, ends, out);
  else if (type === 1) borders.gatherGreys<u8>(labelled, image, n, ends, out);
  else if (type === 2) borders.gatherGreys<i16>(labelled, image, n, ends, out);
  else if (type === 3) borders.gatherGreys<u16>(labelled, image, n, ends, out);
  else if (type === 4) borders.gatherGreys<i32>(labelled, image, n, ends, out);
  else if (type === 5) borders.gatherGreys<u32>(labelled, image, n, ends, out);
  else if (type === 6) borders.gatherGreys<f32>(labelled, image, n, ends, out);
  else borders.gatherGreys<f64>(labelled, image, n, ends, out);
}
