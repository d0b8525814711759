import type { NdArray, TypedArray } from '../array/index.ts';
import { whenAll } from '../codec/whenAll.ts';
import { MorulaError } from '../errors/index.ts';
import { type Matching, nodesOfFrame, toMatching } from './match.ts';
import { bestOverlap, checkShapes, countOverlaps, type Overlaps } from './overlap.ts';
import { type FoundRim, scanRim } from './rim.ts';
import type { SegScorer } from './segTruth.ts';
import type { Side } from './side.ts';
import type { MaskReader, Measure, ScoreOptions } from './types.ts';

export interface MaskMatching {
  matching: Matching;
  /** Per truth node: intersection over union with its result node, 0 = it has none. */
  iou: Float64Array;
  /** What the truth leaves out at the edge. */
  rim: FoundRim | null;
}

/** SEG where the masks are whole cells: the mean of `iou` over all truth nodes; null without any. */
export function meanIou(truth: Side, { ofTruth }: Matching, iou: Float64Array): Measure {
  let sum = 0;
  for (let t = 0; t < truth.nFrames; t++) {
    let ofFrame = 0;
    for (const node of nodesOfFrame(truth, t)) if (ofTruth[node] >= 0) ofFrame += iou[node];
    sum += ofFrame;
  }
  return truth.count === 0 ? null : sum / truth.count;
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

/** The two masks of frame `t`, read at once; null where a side ends earlier. */
async function readPair(
  truth: { side: Side; masks: MaskReader },
  result: { side: Side; masks: MaskReader },
  t: number,
): Promise<[NdArray | null, NdArray | null]> {
  const [a, b] = await whenAll(
    [truth, result].map(async ({ side, masks }) => (t < side.nFrames ? masks(t) : null)),
  );
  if (a && b) checkShapes(a, b, t);
  return [a, b];
}

/** The pixels of a mask, or as many of background as the other one has. */
function pixelsOf(mask: NdArray | null, other: NdArray | null): TypedArray {
  return mask?.data ?? new Uint8Array(other?.data.length ?? 0);
}

/** Matches the nodes of one frame by their overlaps, into `ofTruth` and `iou` (see `MaskMatching`). */
function matchFrame(
  overlaps: Overlaps,
  truth: Int32Array,
  result: Int32Array,
  ofTruth: Int32Array,
  iou: Float64Array,
): void {
  for (let r = 0; r < truth.length; r++) {
    const best = bestOverlap(overlaps, r);
    if (best.result < 0) continue;
    ofTruth[truth[r]] = result[best.result];
    iou[truth[r]] = best.iou;
  }
}

/**
 * Matches nodes by masks: a truth node belongs to the result node that covers more than half of its pixels (exactly
 * half is no match), so that it has at most one, while one result node may have several truth nodes. Frames are
 * read one after the other and dropped; `seg` is shown the result's on the way.
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
  seg?: SegScorer,
): Promise<MaskMatching> {
  const ofTruth = new Int32Array(truth.side.count).fill(-1);
  const nFrames = Math.max(truth.side.nFrames, result.side.nFrames);
  const rim = scanRim(truth.side.count, result.side.count);
  const iou = new Float64Array(truth.side.count);
  for (let t = 0; t < nFrames; t++) {
    options.signal?.throwIfAborted();
    const [a, b] = await readPair(truth, result, t);
    const truthNodes = nodesOfFrame(truth.side, t);
    const resultNodes = nodesOfFrame(result.side, t);
    const truthLabels = labelsOf(truth.side, truthNodes, t, 'truth');
    const resultLabels = labelsOf(result.side, resultNodes, t, 'result');
    const overlaps = countOverlaps(pixelsOf(a, b), pixelsOf(b, a), truthLabels, resultLabels);
    checkObjects(overlaps.truthSize, truthLabels, overlaps.strayTruth, t, 'truth');
    checkObjects(overlaps.resultSize, resultLabels, overlaps.strayResult, t, 'result');
    matchFrame(overlaps, truthNodes, resultNodes, ofTruth, iou);
    rim.frame(t, a, b);
    await seg?.frame(t, async () => b, resultLabels);
    options.onProgress?.(t + 1, nFrames);
  }
  return { matching: toMatching(ofTruth, result.side.count), iou, rim: rim.found() };
}
