import type { NdArray, TypedArray } from '../array/index.ts';
import { MorulaError } from '../errors/index.ts';
import { type Matching, nodesOfFrame, toMatching } from './match.ts';
import { bestOverlap, countOverlaps, type Overlaps } from './overlap.ts';
import type { Side } from './side.ts';
import type { MaskReader, ScoreInput, ScoreOptions } from './types.ts';

/** A matching, and the sum of intersections over union over all truth objects. */
export interface MaskMatching {
  matching: Matching;
  iouSum: number;
}

/** Labels of the nodes of one frame, ascending; throws where two nodes share one or a node has none. */
function labelsOf(side: Side, nodes: Int32Array, t: number, name: string): Float64Array {
  const labels = Float64Array.from(nodes, (node) => side.label[node]);
  for (let i = 0; i < labels.length; i++) {
    if (!(labels[i] > 0))
      throw new MorulaError(
        'invalid-data',
        `score: ${name}: a node matched by masks must have a label over 0, got ${labels[i]} in frame ${t}`,
      );
    if (i > 0 && labels[i] === labels[i - 1])
      throw new MorulaError(
        'invalid-data',
        `score: ${name}: labels must be unique within a frame, frame ${t} has ${labels[i]} twice`,
      );
  }
  return labels;
}

/** Throws where masks and nodes of one frame do not have the same objects. */
function checkObjects(
  sizes: Float64Array,
  labels: Float64Array,
  stray: number,
  t: number,
  name: string,
): void {
  if (stray !== 0)
    throw new MorulaError(
      'invalid-data',
      `score: ${name}: every label must belong to a track, the mask of frame ${t} has label ${stray} and no track has it there`,
    );
  const empty = sizes.indexOf(0);
  if (empty >= 0)
    throw new MorulaError(
      'invalid-data',
      `score: ${name}: a track must be visible in all its frames, label ${labels[empty]} has no pixel in frame ${t}`,
    );
}

function checkShapes(truth: NdArray, result: NdArray, t: number): void {
  const [a, b] = [truth.shape.join(' x '), result.shape.join(' x ')];
  if (a !== b)
    throw new MorulaError(
      'shape-mismatch',
      `score: masks of truth and result must have the same shape, frame ${t} has ${a} and ${b}`,
    );
}

/** The two masks of frame `t`; a side that ends earlier has an empty mask. */
async function readPair(
  truth: { side: Side; masks: MaskReader },
  result: { side: Side; masks: MaskReader },
  t: number,
): Promise<[TypedArray, TypedArray]> {
  const a = t < truth.side.nFrames ? await truth.masks(t) : null;
  const b = t < result.side.nFrames ? await result.masks(t) : null;
  if (a && b) checkShapes(a, b, t);
  const size = (a ?? b)?.data.length ?? 0;
  return [a?.data ?? new Uint8Array(size), b?.data ?? new Uint8Array(size)];
}

/** Matches the nodes of one frame by their overlaps; returns the sum of intersections over union. */
function matchFrame(overlaps: Overlaps, truth: Int32Array, result: Int32Array, ofTruth: Int32Array): number {
  let sum = 0;
  for (let r = 0; r < truth.length; r++) {
    const best = bestOverlap(overlaps, r);
    if (best.result < 0) continue;
    ofTruth[truth[r]] = result[best.result];
    sum += best.iou;
  }
  return sum;
}

/**
 * Matches nodes by masks: a truth node belongs to the result node that covers more than half of its pixels (exactly
 * half is no match), so that it has at most one, while one result node may have several truth nodes. Frames are
 * read one after the other and dropped.
 *
 * Source: M. Maska et al. 2014, "A benchmark for comparison of cell tracking algorithms",
 * doi:10.1093/bioinformatics/btu080, Methods.
 *
 * Throws `invalid-data` where a mask has a label without node or a node no pixel, `shape-mismatch` where two masks
 * differ in shape.
 */
export async function matchMasks(
  truth: { side: Side; masks: MaskReader },
  result: { side: Side; masks: MaskReader },
  options: ScoreOptions,
): Promise<MaskMatching> {
  const ofTruth = new Int32Array(truth.side.count).fill(-1);
  const nFrames = Math.max(truth.side.nFrames, result.side.nFrames);
  let iouSum = 0;
  for (let t = 0; t < nFrames; t++) {
    options.signal?.throwIfAborted();
    const [a, b] = await readPair(truth, result, t);
    const truthNodes = nodesOfFrame(truth.side, t);
    const resultNodes = nodesOfFrame(result.side, t);
    const truthLabels = labelsOf(truth.side, truthNodes, t, 'truth');
    const resultLabels = labelsOf(result.side, resultNodes, t, 'result');
    const overlaps = countOverlaps(a, b, truthLabels, resultLabels);
    checkObjects(overlaps.truthSize, truthLabels, overlaps.strayTruth, t, 'truth');
    checkObjects(overlaps.resultSize, resultLabels, overlaps.strayResult, t, 'result');
    iouSum += matchFrame(overlaps, truthNodes, resultNodes, ofTruth);
    options.onProgress?.(t + 1, nFrames);
  }
  return { matching: toMatching(ofTruth, result.side.count), iouSum };
}

/** The labels of an image, ascending, without 0. */
function distinctLabels(data: TypedArray): number[] {
  const labels = new Set<number>();
  for (let i = 0, last = 0; i < data.length; i++) {
    if (data[i] === last) continue;
    last = data[i];
    if (last !== 0) labels.add(last);
  }
  return [...labels].sort((a, b) => a - b);
}

/** Plane `z` of a 3D image, or the image itself. */
function planeOf(image: NdArray, z: number | null, t: number): NdArray {
  if (z === null || image.shape.length === 2) return image;
  const [depth, height, width] = image.shape;
  if (z < 0 || z >= depth)
    throw new MorulaError(
      'shape-mismatch',
      `score: segmentation truth of frame ${t} is of plane ${z}, the result has ${depth} planes`,
    );
  const size = height * width;
  return { data: image.data.subarray(z * size, (z + 1) * size) as TypedArray, shape: [height, width] };
}

/**
 * SEG against gold segmentation: the mean, over all reference objects of all given images, of the intersection over
 * union with the object that covers more than half of the reference, 0 where there is none. Null without objects.
 */
export async function scoreSegmentation(
  seg: Exclude<ScoreInput['seg'], 'masks' | undefined>,
  result: { nFrames: number; masks: MaskReader },
): Promise<number | null> {
  let sum = 0;
  let count = 0;
  let frame = -1;
  let mask: NdArray | null = null;
  for await (const { t, z, image } of seg()) {
    if (t !== frame) mask = t < result.nFrames ? await result.masks(t) : null;
    frame = t;
    const truthLabels = distinctLabels(image.data);
    count += truthLabels.length;
    if (mask === null) continue;
    const plane = planeOf(mask, z, t);
    checkShapes(image, plane, t);
    const overlaps = countOverlaps(image.data, plane.data, truthLabels, distinctLabels(plane.data));
    for (let r = 0; r < truthLabels.length; r++) sum += bestOverlap(overlaps, r).iou;
  }
  return count === 0 ? null : sum / count;
}
