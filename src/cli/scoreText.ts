import type { Hits, Scores, SparseScores } from '../score/index.ts';

const show = (value: number | null): string => (value === null ? 'undefined' : value.toFixed(4));
const list = (values: readonly (number | null)[]): string => values.map(show).join('  ');

/** A score for reading: detection first, then links, then divisions. */
export function scoreText(scores: Scores): string {
  if (scores.sparse !== undefined) return sparseText(scores, scores.sparse);
  const { counts } = scores;
  const rows: [string, string][] = [
    ['nodes', `${scores.n_truth_nodes} in the truth, ${scores.n_result_nodes} in the result`],
    ['matched', matchedBy(scores)],
    ...fieldRow(scores),
    ...rimRow(scores),
    ['DET', `${show(scores.DET)}   missed ${counts.FN}, extra ${counts.FP}, merged ${counts.NS}`],
    ['SEG', show(scores.SEG)],
    ['TRA', show(scores.TRA)],
    ['LNK', `${show(scores.LNK)}   missed ${counts.EA}, extra ${counts.ED}, of the wrong kind ${counts.EC}`],
    ['CT, TF', `${show(scores.CT)}  ${show(scores.TF)}   complete tracks, track fractions`],
    ['BC(0..3)', `${list(scores.BC)}   branching correctness`],
    ['CCA, BIO', `${show(scores.CCA)}  ${show(scores.BIO)}`],
    ['OP', `CSB ${show(scores.OP_CSB)}  CTB ${show(scores.OP_CTB)}  CLB ${show(scores.OP_CLB)}`],
    ['divisions', 'frame tolerance 0 to 3'],
    ['  F1', list(scores.divisions.f1)],
    ['  precision', list(scores.divisions.precision)],
    ['  recall', list(scores.divisions.recall)],
    ['CHOTA, HOTA', `${show(scores.CHOTA)}  ${show(scores.HOTA)}`],
    ['MOTA, IDF1', `${show(scores.MOTA)}  ${show(scores.IDF1)}`],
  ];
  return linesOf(rows);
}

const linesOf = (rows: readonly [string, string][]): string =>
  rows.map(([name, value]) => `${name.padEnd(12)}${value}`).join('\n');

/** A score against a truth of some cells alone; the measures that take it for whole are left to --json. */
function sparseText(scores: Scores, sparse: SparseScores): string {
  const hits = ({ TP, FP, FN }: Hits): string => `right ${TP}, extra ${FP}, missed ${FN}`;
  const estimate = sparse.estimated_nodes;
  const nodes = `${scores.n_truth_nodes} in the truth, ${scores.n_result_nodes} in the result`;
  return linesOf([
    ['nodes', `${nodes}, about ${estimate ?? 'an unknown number'} in all`],
    ['matched', `${matchedBy(scores)}; ${show(sparse.node_recall)} of the truth's nodes`],
    ['edges', `${show(sparse.edge_jaccard)}   ${hits(sparse.edges)}`],
    ['  adjusted', `${show(sparse.adjusted_edge_jaccard)}   for the number of nodes`],
    ['divisions', `${show(sparse.division_jaccard)}   ${hits(sparse.divisions)}`],
    ['score', show(sparse.score)],
  ]);
}

/** What a field of interest set aside, where one was asked for. */
function fieldRow({ field_of_interest: field }: Scores): [string, string][] {
  if (field === undefined) return [];
  const { margin, truth_set_aside, result_set_aside } = field;
  const aside = `${truth_set_aside} in the truth and ${result_set_aside} in the result set aside`;
  return [['field', `wholly within ${margin} pixels of the image edge: ${aside}`]];
}

/** What the truth seems to leave out at the image's edge. */
function rimRow({ bare_rim: rim }: Scores): [string, string][] {
  if (rim === undefined) return [];
  const { margin, result_nodes } = rim;
  const what = `no object of the truth lies wholly within ${margin} px of the image edge, ${result_nodes} of the result do`;
  return [['note', `${what}: --field-of-interest ${margin} sets them aside`]];
}

function matchedBy(scores: Scores): string {
  if (scores.matched_by === 'masks') return 'by masks, more than half of the true cell covered';
  return `by position, within ${scores.match_distance?.toPrecision(3)}`;
}

/** One line for the sample, whose truth is known. */
export function sampleScoreText(scores: Scores): string {
  const f1 = scores.divisions.f1[1] ?? null;
  return `score       against the sample's own truth: DET ${show(scores.DET)}, TRA ${show(scores.TRA)}, division F1 ${show(f1)} (within a frame)`;
}
