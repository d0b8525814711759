import type { Hits, Measures, Scores, SparseScores } from '../score/index.ts';

const show = (value: number | null): string => (value === null ? 'undefined' : value.toFixed(4));
const list = (values: readonly (number | null)[]): string => values.map(show).join('  ');

/** One measure, or a few that belong together. */
interface Row {
  name: string;
  values: string;
  remark?: string;
  /** What the remark says in numbers, a line each where there are two columns. */
  below?: [name: string, value: number | string][];
}

/** A score for reading: detection first, then links, then divisions. */
export function scoreText(scores: Scores): string {
  if (scores.sparse !== undefined) return sparseText(scores, scores.sparse);
  const head = linesOf([
    ['nodes', `${scores.n_truth_nodes} in the truth, ${scores.n_result_nodes} in the result`],
    ['matched', matchedBy(scores)],
    ...fieldRow(scores),
    ...rimRows(scores),
  ]);
  const { in_field } = scores;
  return `${head}\n${in_field === undefined ? oneColumn(rowsOf(scores)) : twoColumns(scores, in_field)}`;
}

function rowsOf(scores: Measures): Row[] {
  const { counts, divisions } = scores;
  const { FN, FP, NS, EA, ED, EC } = counts;
  const [CSB, CTB, CLB] = [scores.OP_CSB, scores.OP_CTB, scores.OP_CLB].map(show);
  return [
    {
      name: 'DET',
      values: show(scores.DET),
      remark: `missed ${FN}, extra ${FP}, merged ${NS}`,
      below: Object.entries({ missed: FN, extra: FP, merged: NS }),
    },
    { name: 'SEG', values: show(scores.SEG) },
    { name: 'TRA', values: show(scores.TRA) },
    {
      name: 'LNK',
      values: show(scores.LNK),
      remark: `missed ${EA}, extra ${ED}, of the wrong kind ${EC}`,
      below: Object.entries({ missed: EA, extra: ED, 'wrong kind': EC }),
    },
    { name: 'CT, TF', values: list([scores.CT, scores.TF]), remark: 'complete tracks, track fractions' },
    { name: 'BC(0..3)', values: list(scores.BC), remark: 'branching correctness' },
    { name: 'CCA, BIO', values: list([scores.CCA, scores.BIO]) },
    {
      name: 'OP',
      values: '',
      remark: `CSB ${CSB}  CTB ${CTB}  CLB ${CLB}`,
      below: Object.entries({ CSB, CTB, CLB }),
    },
    { name: 'divisions', values: 'frame tolerance 0 to 3' },
    { name: '  F1', values: list(divisions.f1) },
    { name: '  precision', values: list(divisions.precision) },
    { name: '  recall', values: list(divisions.recall) },
    { name: 'CHOTA, HOTA', values: list([scores.CHOTA, scores.HOTA]) },
    { name: 'MOTA, IDF1', values: list([scores.MOTA, scores.IDF1]) },
  ];
}

/** A line a row, remarks behind the values. */
function oneColumn(rows: readonly Row[]): string {
  return linesOf(
    rows.map(({ name, values, remark }) => [name, [values, remark].filter(Boolean).join('   ')]),
  );
}

/** The whole image, and beside it the field alone. */
function twoColumns(whole: Measures, field: Measures): string {
  const inField = rowsOf(field);
  const lines: string[][] = [['', 'whole image', 'in the field', '']];
  for (const [i, { name, values, remark = '', below }] of rowsOf(whole).entries()) {
    lines.push([name, values, inField[i].values, below ? '' : remark]);
    for (const [k, [part, value]] of (below ?? []).entries())
      lines.push([`  ${part}`, `${value}`, `${inField[i].below?.[k][1]}`, '']);
  }
  return tableOf(lines);
}

/** Cells in columns, each as wide as its widest. */
function tableOf(lines: readonly string[][]): string {
  const widths = lines[0].map((_, k) => Math.max(...lines.map((cells) => cells[k].length)));
  const row = (cells: string[]): string => cells.map((cell, k) => cell.padEnd(widths[k])).join('  ');
  return lines.map((cells) => row(cells).trimEnd()).join('\n');
}

const linesOf = (rows: readonly [string, string][]): string =>
  rows.map(([name, value]) => `${name.padEnd(12)}${value}`.trimEnd()).join('\n');

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

/** What the truth seems to leave out at the image's edge, and what that means for what follows. */
function rimRows({ bare_rim: rim, in_field }: Scores): [string, string][] {
  if (rim === undefined) return [];
  const { margin, result_nodes } = rim;
  const what = `no object of the truth lies wholly within ${margin} px of the image edge, ${result_nodes} of the result do`;
  if (in_field === undefined) return [['note', `${what}: --field-of-interest ${margin} sets them aside`]];
  return [
    ['note', `${what}.`],
    ['', 'If nobody annotated there, they are no errors: "in the field" sets them aside'],
    ['', ''],
  ];
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
