import type { NdArray } from '../array/index.ts';
import { openBands } from './bands.ts';
import { type Candidates, statedProb } from './candidates.ts';
import { joinBands } from './edgeLevel.ts';
import { meanPlaced } from './meanShapes.ts';
import { compactBands, measureBands } from './measure.ts';
import { starVertices } from './rays2d.ts';
import { paintBands } from './render2d.ts';
import { type OverlapOptions, placeCandidates, suppressPlaced } from './suppress.ts';
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
  const { nRays, prob, y, x, dist } = candidates;
  const placed = placeCandidates(candidates);
  const survivors = suppressPlaced(placed, overlap);
  const own = (values: Float64Array): Float64Array => Float64Array.from(survivors, (row) => values[row]!);
  const vertices =
    columns === undefined
      ? starVertices(y, x, dist, nRays, survivors)
      : starVertices(own(y), own(x), meanPlaced(placed, survivors, columns), nRays, [...survivors.keys()]);
  const bands = openBands(labels, height, width, { blank: true });
  paintBands(bands, vertices, nRays);
  const visible = compactBands(bands, survivors.length);
  if (edge) joinBands(bands, edge.image.data, visible.length, edge.share);
  const stated = Float32Array.from(visible, (label) => statedProb(prob[survivors[label - 1]!]!));
  const objects = measureBands(bands, 1, height, stated, channels);
  bands.close();
  return { objects, labels: { data: labels, shape: [height, width] }, survivors };
}
