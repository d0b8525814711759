import { MorulaError } from '../errors/index.ts';
import { measureGraph } from './aogm.ts';
import { cellCycleAccuracy, completeTracks, trackFractions } from './biological.ts';
import { branchingCorrectness } from './branching.ts';
import { fillPositions } from './centroids.ts';
import { chota } from './chota.ts';
import { scoreDivisions } from './divisions.ts';
import { withinField } from './field.ts';
import { hota, idf1, mota, tabulate } from './identity.ts';
import { matchInField } from './inField.ts';
import type { Matching } from './match.ts';
import { type MaskMatching, matchMasks, meanIou } from './matchMasks.ts';
import { defaultMatchDistance, matchPoints } from './matchPoints.ts';
import { createSegScorer } from './segTruth.ts';
import { prepareSide, type Side } from './side.ts';
import { SPARSE_DISTANCE, scoreSparse } from './sparse.ts';
import type { Measure, Measures, ScoreInput, ScoreOptions, Scores } from './types.ts';

/** Largest frame tolerance of BC(i) and of the division measures. */
const MOST_TOLERANCE = 3;

/** Which nodes belong together, how that was found, and SEG. */
interface Matched {
  matching: Matching;
  SEG: Measure;
  matchedBy: 'masks' | 'points';
  distance: Measure;
}

function checkOptions(options: ScoreOptions): void {
  const { matchDistance, bioTolerance = 0, fieldOfInterest = 0, estimatedNodes = 1 } = options;
  if (!(estimatedNodes > 0 && Number.isFinite(estimatedNodes)))
    throw new MorulaError('invalid-option', `score: estimatedNodes must be above 0, got ${estimatedNodes}`);
  if (!(Number.isInteger(fieldOfInterest) && fieldOfInterest >= 0))
    throw new MorulaError(
      'invalid-option',
      `score: fieldOfInterest must be a whole number of pixels from 0, got ${fieldOfInterest}`,
    );
  if (matchDistance !== undefined && !(matchDistance >= 0))
    throw new MorulaError('invalid-option', `score: matchDistance must be 0 or more, got ${matchDistance}`);
  if (!(Number.isInteger(bioTolerance) && bioTolerance >= 0 && bioTolerance <= MOST_TOLERANCE))
    throw new MorulaError('invalid-option', `score: bioTolerance must be 0, 1, 2 or 3, got ${bioTolerance}`);
}

async function byPoints(
  truth: Side,
  result: Side,
  inputs: [ScoreInput, ScoreInput],
  options: ScoreOptions,
): Promise<Matched> {
  await fillPositions(truth, inputs[0].masks, 'truth', options);
  await fillPositions(result, inputs[1].masks, 'result', options);
  const gate = options.matchDistance ?? (options.sparse ? SPARSE_DISTANCE : defaultMatchDistance(truth));
  const matching = matchPoints(truth, result, gate, options);
  return {
    matching,
    SEG: null,
    matchedBy: 'points',
    distance: Number.isFinite(gate) ? gate : null,
  };
}

async function byMasks(
  truth: Side,
  result: Side,
  inputs: [ScoreInput, ScoreInput],
  options: ScoreOptions,
): Promise<Matched & { found: MaskMatching }> {
  const [a, b] = [inputs[0].masks, inputs[1].masks];
  if (!a || !b)
    throw new MorulaError(
      'invalid-option',
      `score: match 'masks' needs masks on both sides, the ${a ? 'result' : 'truth'} has none`,
    );
  const { seg } = inputs[0];
  const scorer = typeof seg === 'function' ? createSegScorer(seg) : undefined;
  const found = await matchMasks({ side: truth, masks: a }, { side: result, masks: b }, options, scorer);
  let SEG: Measure = null;
  if (scorer !== undefined) SEG = await scorer.mean();
  else if (seg === 'masks') SEG = meanIou(truth, found.matching, found.iou);
  return { matching: found.matching, SEG, matchedBy: 'masks', distance: null, found };
}

/** Mean of those that are defined. */
function meanDefined(measures: readonly Measure[]): Measure {
  const defined = measures.filter((measure) => measure !== null);
  return defined.length === 0 ? null : defined.reduce((sum, measure) => sum + measure, 0) / defined.length;
}

/** Half the sum, null if either is. */
function half(a: Measure, b: Measure): Measure {
  return a === null || b === null ? null : (a + b) / 2;
}

/** All measures of a result whose nodes are matched. */
function measure(truth: Side, result: Side, matched: Matched, options: ScoreOptions): Measures {
  const { matching, SEG } = matched;
  const graph = measureGraph(truth, result, matching);
  const CT = completeTracks(truth, result, matching);
  const TF = trackFractions(truth, result, matching);
  const CCA = cellCycleAccuracy(truth, result);
  const BC = branchingCorrectness(truth, result, matching, MOST_TOLERANCE);
  const bios = BC.map((bc) => meanDefined([CT, TF, bc, CCA]));
  const labs = bios.map((bio) => half(graph.LNK, bio));
  const chosen = options.bioTolerance ?? 0;
  const table = tabulate(truth, result, matching);
  return {
    DET: graph.DET,
    SEG,
    TRA: graph.TRA,
    LNK: graph.LNK,
    AOGM: graph.AOGM,
    counts: graph.counts,
    CT,
    TF,
    CCA,
    BIO: bios[chosen],
    BC,
    BIO_i: bios,
    divisions: scoreDivisions(truth, result, matching, MOST_TOLERANCE, options.strictDivisions ?? false),
    OP_CSB: half(SEG, graph.DET),
    OP_CTB: half(SEG, graph.TRA),
    OP_CLB: labs[chosen],
    OP_CLB_i: labs,
    CHOTA: chota(table),
    HOTA: hota(table),
    ...mota(truth, result, matching, table),
    IDF1: idf1(table),
    n_truth_nodes: truth.count,
    n_result_nodes: result.count,
    matched_by: matched.matchedBy,
    match_distance: matched.distance,
    ...(options.sparse
      ? { sparse: scoreSparse(truth, result, matching, options.estimatedNodes ?? null) }
      : {}),
  };
}

/** Scores by masks; where the truth leaves out a rim and no field of interest was asked for, in its field as well. */
async function scoreMasks(
  inputs: [ScoreInput, ScoreInput],
  [truth, result]: [Side, Side],
  options: ScoreOptions,
): Promise<Scores> {
  const { found, ...matched } = await byMasks(truth, result, inputs, options);
  const scores: Scores = measure(truth, result, matched, options);
  const { rim } = found;
  if (rim === null) return scores;
  const { margin, result_nodes } = rim;
  scores.bare_rim = { margin, result_nodes };
  if (options.fieldOfInterest !== undefined) return scores;
  const field = await matchInField(
    { input: inputs[0], side: truth },
    { input: inputs[1], side: result },
    found,
    rim,
    options,
  );
  const { matching, SEG } = field;
  scores.in_field = {
    margin,
    truth_set_aside: 0,
    result_set_aside: result_nodes,
    ...measure(truth, field.result, { ...matched, matching, SEG }, options),
  };
  return scores;
}

/**
 * Scores a result against a truth: the measures of the Cell Tracking Challenge, CHOTA, HOTA, MOTA, IDF1, and F1 of
 * divisions. Nodes are matched by masks if both sides have them and `options.match` allows, by points otherwise
 * (SEG is then null). A measure that is undefined is null. Where the truth's masks leave out a strip along the image's
 * edge and the result's do not, `in_field` has the measures without that strip, too.
 *
 * `BIO` and `OP_CLB` are with BC(`options.bioTolerance`), by default BC(0); `BIO_i` and `OP_CLB_i` have all four. The
 * challenge itself uses another i for each of its data sets.
 *
 * Throws `invalid-data` for tracks or masks that contradict themselves (see `prepareSide`, `matchMasks`),
 * `shape-mismatch` for masks of different shape, `invalid-option`; and whatever the mask readers throw.
 */
export async function scoreTracks(
  truth: ScoreInput,
  result: ScoreInput,
  options: ScoreOptions = {},
): Promise<Scores> {
  checkOptions(options);
  const margin = options.fieldOfInterest ?? 0;
  if (margin > 0) {
    const [kept, found] = [
      await withinField(truth, margin, 'truth', options),
      await withinField(result, margin, 'result', options),
    ];
    const scores = await scoreTracks(kept.input, found.input, { ...options, fieldOfInterest: 0 });
    const field = { margin, truth_set_aside: kept.setAside, result_set_aside: found.setAside };
    return { ...scores, field_of_interest: field };
  }
  const ours = prepareSide(truth, 'truth');
  const theirs = prepareSide(result, 'result');
  const match = options.match ?? (options.sparse ? 'points' : 'auto');
  const masks =
    match === 'masks' || (match === 'auto' && truth.masks !== undefined && result.masks !== undefined);
  if (masks) return scoreMasks([truth, result], [ours, theirs], options);
  return measure(ours, theirs, await byPoints(ours, theirs, [truth, result], options), options);
}
