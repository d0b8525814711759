import { createRequire } from 'node:module';
import type { Highs, SparseMatrixInput } from 'highs';
import type { Choices } from './types.ts';

/** The types of the package are read as CommonJS, where its default export cannot be called. */
const load = createRequire(import.meta.url)('highs') as () => Promise<Highs>;
let loading: Promise<Highs> | null = null;

/** The solver, loaded once a thread. */
export function loadSolver(): Promise<Highs> {
  loading ??= load();
  return loading;
}

/** Seconds that the search for whole numbers may take, where the relaxation is fractional. */
const TIME_LIMIT = 20;

/** Each source and each target at most once. */
function packingMatrix(
  { source, a, b }: Choices,
  options: ArrayLike<number>,
): { matrix: SparseMatrixInput; rows: number } {
  const rowOf = new Map<number, number>();
  const row = (key: number): number => {
    const known = rowOf.get(key);
    if (known !== undefined) return known;
    rowOf.set(key, rowOf.size);
    return rowOf.size - 1;
  };
  const starts = [0];
  const indices: number[] = [];
  for (let i = 0; i < options.length; i++) {
    const o = options[i];
    // Even keys are sources, odd ones targets.
    indices.push(row(2 * source[o]), row(2 * a[o] + 1));
    if (b[o] >= 0) indices.push(row(2 * b[o] + 1));
    starts.push(indices.length);
  }
  const values = new Float64Array(indices.length).fill(1);
  const matrix = {
    format: 'csc' as const,
    numRows: rowOf.size,
    numCols: options.length,
    starts,
    indices,
    values,
  };
  return { matrix, rows: rowOf.size };
}

/**
 * The relaxation of a selection among `options` (row numbers of `choices`), or with `whole` the selection itself.
 *
 * @returns share of each option and a certified lower bound of the cost; null where the solver gave up
 */
export function solveProgram(
  highs: Highs,
  choices: Choices,
  options: ArrayLike<number>,
  whole: boolean,
): { share: Float64Array; bound: number } | null {
  const n = options.length;
  const { matrix, rows } = packingMatrix(choices, options);
  const model = highs.createModel({
    numCols: n,
    numRows: rows,
    sense: highs.constants.objectiveSense.minimize,
    colCost: Float64Array.from(options, (o) => choices.cost[o]),
    colLower: new Float64Array(n),
    colUpper: new Float64Array(n).fill(1),
    rowLower: new Float64Array(rows).fill(-highs.infinity),
    rowUpper: new Float64Array(rows).fill(1),
    matrix,
    ...(whole ? { integrality: new Int32Array(n).fill(1) } : {}),
  });
  try {
    model.options.set({ output_flag: false, time_limit: TIME_LIMIT, mip_rel_gap: 0 });
    const { modelStatus } = model.run();
    if (modelStatus !== highs.constants.modelStatus.optimal) return null;
    return { share: model.getSolution().colValue, bound: model.getObjectiveValue() };
  } finally {
    model.dispose();
  }
}
