import type { NdArray } from '../array/index.ts';
import { openBands } from './bands.ts';
import { type Candidates, statedProb } from './candidates.ts';
import { joinBands } from './edgeLevel.ts';
import { meanShapes } from './meanShapes.ts';
import { compactBands, measureBands } from './measure.ts';
import { starVertices } from './rays2d.ts';
import { paintBands } from './render2d.ts';
import { type OverlapOptions, suppressOverlaps } from './suppress.ts';
import type { FrameObjects, LabelImage } from './types.ts';

/**
 * Turns candidates into the objects of a frame: suppress, paint, drop what is hidden, number best first, measure.
 *
 * @param labels `[height, width]`, overwritten; the returned image lies in it
 * @param channels images of `[height, width]`
 * @param columns width of the grid that the candidates' places count in, if outlines are means (`Manifest.outline`)
 * @param edge the image and the share of its objects' contrast at which their edges lie (`Manifest.edgeLevel`)
 * @returns with the rows of the candidates that were not suppressed
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
): { objects: FrameObjects; labels: LabelImage; survivors: Uint32Array } {
  const { nRays, prob } = candidates;
  const survivors = suppressOverlaps(candidates, overlap);
  const vertices = verticesOf(candidates, survivors, columns);
  const bands = openBands(labels, height, width);
  paintBands(bands, vertices, nRays);
  const visible = compactBands(bands, survivors.length);
  if (edge) joinBands(bands, edge.image.data, visible.length, edge.share);
  const stated = Float32Array.from(visible, (label) => statedProb(prob[survivors[label - 1]!]!));
  const objects = measureBands(bands, 1, height, stated, channels);
  bands.close();
  return { objects, labels: { data: labels, shape: [height, width] }, survivors };
}

function verticesOf(
  candidates: Candidates,
  survivors: Uint32Array,
  columns: number | undefined,
): Float32Array {
  const { y, x, dist, nRays } = candidates;
  if (columns === undefined) return starVertices(y, x, dist, nRays, survivors);
  const mean = meanShapes(candidates, survivors, columns);
  return starVertices(
    mean.y,
    mean.x,
    mean.dist,
    nRays,
    survivors.map((_, i) => i),
  );
}
