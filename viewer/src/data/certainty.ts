import type { TypedArray } from '../../../src/array/index.ts';

/** How sure the linker was, by node; NaN = not known. What a person has changed since is not in it. */
export interface Certainty {
  /** The predecessor that the linker chose, -1 = none, and the probability of that link. */
  linked: Int32Array;
  linkIn: Float32Array;
  /** Probability of having no predecessor, no successor, and of the division that the linker chose. */
  begins: Float32Array;
  ends: Float32Array;
  divides: Float32Array;
  /** Other explanations: `source` goes on as `targetA` (-1: it ends) and `targetB`; `source` -1: `targetA` begins. */
  source: Int32Array;
  targetA: Int32Array;
  targetB: Int32Array;
  prob: Float32Array;
}

/** The columns of `/api/table/certainty`. */
export function toCertainty(columns: Record<string, TypedArray>): Certainty {
  for (const name of [
    'linked',
    'linkIn',
    'begins',
    'ends',
    'divides',
    'source',
    'targetA',
    'targetB',
    'prob',
  ]) {
    if (columns[name] === undefined) throw new Error(`the table of certainty has no column "${name}"`);
  }
  return columns as unknown as Certainty;
}

/** Nothing known about `count` nodes whose predecessors are `parent`. */
export function noCertainty(parent: Int32Array): Certainty {
  const unknown = (): Float32Array => new Float32Array(parent.length).fill(Number.NaN);
  return {
    linked: parent.slice(),
    linkIn: unknown(),
    begins: unknown(),
    ends: unknown(),
    divides: unknown(),
    source: new Int32Array(0),
    targetA: new Int32Array(0),
    targetB: new Int32Array(0),
    prob: new Float32Array(0),
  };
}
