import { keepInField, segInField } from './field.ts';
import { type Matching, nodesOfFrame, toMatching } from './match.ts';
import { type MaskMatching, meanIou } from './matchMasks.ts';
import type { FoundRim } from './rim.ts';
import { createSegScorer } from './segTruth.ts';
import { prepareSide, type Side } from './side.ts';
import type { MaskReader, Measure, ScoreInput, ScoreOptions, SegReader } from './types.ts';

/** One side as it was matched. */
interface Matched {
  input: ScoreInput;
  side: Side;
}

/** The result in the field; the truth has nothing outside it. */
export interface InField {
  result: Side;
  matching: Matching;
  SEG: Measure;
}

/** 1 for every node that does not lie outside. */
function keptNodes({ count, t, label }: ScoreInput['nodes'], outside: FoundRim['outside']): Uint8Array {
  return Uint8Array.from({ length: count }, (_, node) => (outside.get(t[node])?.has(label[node]) ? 0 : 1));
}

/** Per node of `whole`: its row in `left`, which has all but those outside; -1 for these. */
function rowsLeft(whole: Side, left: Side, outside: FoundRim['outside']): Int32Array {
  const rows = new Int32Array(whole.count).fill(-1);
  for (let t = 0; t < whole.nFrames; t++) {
    const gone = outside.get(t);
    // Both are sorted by label, and a frame has no label twice.
    const still = nodesOfFrame(left, t);
    let k = 0;
    for (const node of nodesOfFrame(whole, t)) if (!gone?.has(whole.label[node])) rows[node] = still[k++];
  }
  return rows;
}

/** SEG against `seg`; reads the masks of those frames alone that it has images of. */
async function segAgainst(
  seg: SegReader,
  side: Side,
  masks: MaskReader,
  { signal }: ScoreOptions,
): Promise<Measure> {
  const scorer = createSegScorer(seg);
  for (let t = 0; t < side.nFrames; t++) {
    signal?.throwIfAborted();
    const labels = Float64Array.from(nodesOfFrame(side, t), (node) => side.label[node]);
    await scorer.frame(t, () => masks(t), labels);
  }
  return scorer.mean();
}

/**
 * A comparison without what lies in the truth's bare rim: the same as comparing anew `withinField` of its margin. What
 * is set aside takes its matches with it, and no other object can come in its place, since it would have to cover more
 * than half of the same object. So the masks are not matched again.
 */
export async function matchInField(
  truth: Matched,
  result: Matched,
  { matching, iou }: MaskMatching,
  { margin, outside }: FoundRim,
  options: ScoreOptions,
): Promise<InField> {
  const input = keepInField(result.input, keptNodes(result.input.nodes, outside), margin);
  const left = prepareSide(input, 'result');
  const rows = rowsLeft(result.side, left, outside);
  const ofTruth = matching.ofTruth.map((node) => (node < 0 ? -1 : rows[node]));
  const kept = toMatching(ofTruth, left.count);
  const { seg } = truth.input;
  let SEG: Measure = null;
  if (seg === 'masks') SEG = meanIou(truth.side, kept, iou);
  else if (seg !== undefined)
    SEG = await segAgainst(segInField(seg, margin), left, input.masks as MaskReader, options);
  return { result: left, matching: kept, SEG };
}
