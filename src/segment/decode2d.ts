import type { NdArray, TypedArray } from '../array/index.ts';
import { type Bands, openBands } from './bands.ts';
import { type Candidates, statedProb } from './candidates.ts';
import { kernels, put } from './compiled.ts';
import { joinBands } from './edgeLevel.ts';
import { type KeepOptions, likelyReal } from './keep.ts';
import { meanPlaced } from './meanShapes.ts';
import { compactBands, measureBands } from './measure.ts';
import { findPieces } from './pieces.ts';
import { starVertices } from './rays2d.ts';
import { paintBands } from './render2d.ts';
import { type OverlapOptions, placeCandidates, suppressPlaced } from './suppress.ts';
import type { FrameObjects, LabelImage } from './types.ts';

/**
 * Turns candidates into the objects of a frame: suppress, drop unlikely ones, paint, drop what is hidden, join what is one
 * object in pieces, number best first, measure.
 *
 * @param labels `[height, width]`, overwritten; the returned image lies in it
 * @param channels images of `[height, width]`
 * @param columns width of the grid that the candidates' places count in, if outlines are means (`Manifest.outline`)
 * @param edge the image and the share of its objects' contrast at which their edges lie (`Manifest.edgeLevel`); with it
 *   pieces of one object are joined
 * @param keep the rule by which some of those that are not suppressed are dropped (`Manifest.keep`)
 * @returns with the rows of the candidates that became objects, and of those that the rule dropped
 */
export function decode2d(
  candidates: Candidates,
  overlap: OverlapOptions,
  labels: Uint32Array<ArrayBuffer>,
  height: number,
  width: number,
  channels: readonly NdArray[],
  columns?: number,
  edge?: { image: NdArray; share: number },
  keep?: KeepOptions,
): { objects: FrameObjects; labels: LabelImage; survivors: Uint32Array; dropped: Uint32Array } {
  const { nRays, prob } = candidates;
  const placed = placeCandidates(candidates);
  const apart = suppressPlaced(placed, overlap);
  const own = (values: ArrayLike<number>): Float64Array => Float64Array.from(apart, (row) => values[row]!);
  const dist = columns === undefined ? raysOf(candidates, apart) : meanPlaced(placed, apart, columns);
  const outlined = { prob: own(prob), y: own(candidates.y), x: own(candidates.x), dist, nRays };
  const kept = keep ? likelyReal(outlined, keep) : Uint32Array.from(apart.keys());
  const survivors = kept.map((i) => apart[i]!);
  const real = new Set(kept);
  const dropped = apart.filter((_, i) => !real.has(i));
  const vertices = starVertices(outlined.y, outlined.x, dist, nRays, kept);
  const bands = openBands(labels, height, width, { blank: true });
  paintBands(bands, vertices, nRays);
  let visible = compactBands(bands, survivors.length);
  const level = edge ? joinBands(bands, edge.image.data, visible.length, edge.share) : null;
  if (edge && level !== null) visible = joinPieces(bands, edge.image.data, visible, level);
  const stated = Float32Array.from(visible, (label) => statedProb(prob[survivors[label - 1]!]!));
  const objects = measureBands(bands, 1, height, stated, channels);
  bands.close();
  return { objects, labels: { data: labels, shape: [height, width] }, survivors, dropped };
}

/**
 * Gives pieces of one object one label (see `findPieces`), labels again without holes.
 *
 * @param visible something about each label; of pieces that of the best one is returned
 */
function joinPieces(bands: Bands, image: TypedArray, visible: Uint32Array, background: number): Uint32Array {
  const names = findPieces(bands, image, visible.length, background);
  if (names === null) return visible;
  const place = put(names);
  bands.each([], ({ labels: own, rows }) => kernels().rename(own, rows * bands.width, place));
  const best = new Map<number, number>();
  visible.forEach((value, i) => {
    if (!best.has(names[i + 1]!)) best.set(names[i + 1]!, value);
  });
  return Uint32Array.from(best.values());
}

/** `rows.length x nRays` lengths in the order of `rows`. */
function raysOf({ dist, nRays }: Candidates, rows: Uint32Array): Float32Array {
  const out = new Float32Array(rows.length * nRays);
  rows.forEach((row, i) => {
    out.set(dist.subarray(row * nRays, (row + 1) * nRays), i * nRays);
  });
  return out;
}
