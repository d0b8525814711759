import type { Choices } from './types.ts';

/** Some of a problem's options: which of them each one is, and how likely it seems (higher is likelier). */
export interface Part extends Choices {
  origin: Int32Array;
  hint: Float64Array;
}

/** The given options of a part, in their order. */
export function partOf(part: Part, options: readonly number[]): Part {
  const rows = Int32Array.from(options).sort();
  const start = new Int32Array(part.count + 1);
  for (const o of rows) start[part.source[o] + 1]++;
  for (let u = 0; u < part.count; u++) start[u + 1] += start[u];
  const pick = (column: Int32Array): Int32Array => rows.map((o) => column[o]);
  const numbers = (column: Float64Array): Float64Array => Float64Array.from(rows, (o) => column[o]);
  return {
    count: part.count,
    n: rows.length,
    source: pick(part.source),
    a: pick(part.a),
    b: pick(part.b),
    cost: numbers(part.cost),
    start,
    origin: pick(part.origin),
    hint: numbers(part.hint),
  };
}
