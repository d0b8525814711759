import type { Certainty } from '../data/certainty.ts';

/** Rows of a certainty's alternatives by what they are about. */
export interface Weighed {
  /** What a source could have done instead. */
  from(source: number): readonly number[];
  /** Sources that a target could have had instead. */
  into(target: number): readonly number[];
}

const NONE: readonly number[] = [];
/** One index for each certainty: a certainty is never changed. */
const indices = new WeakMap<Certainty, Weighed>();

/** The alternatives that the linker weighed, by source and by target. Cost O(alternatives), once. */
export function weighedBy(certainty: Certainty): Weighed {
  const known = indices.get(certainty);
  if (known !== undefined) return known;
  const [bySource, byTarget] = [new Map<number, number[]>(), new Map<number, number[]>()];
  const put = (index: Map<number, number[]>, node: number, k: number): void => {
    const rows = index.get(node);
    if (rows === undefined) index.set(node, [k]);
    else rows.push(k);
  };
  const { source, targetA, targetB } = certainty;
  for (let k = 0; k < source.length; k++) {
    if (source[k]! < 0) continue;
    put(bySource, source[k]!, k);
    if (targetA[k]! >= 0) put(byTarget, targetA[k]!, k);
    if (targetB[k]! >= 0) put(byTarget, targetB[k]!, k);
  }
  const made: Weighed = {
    from: (node) => bySource.get(node) ?? NONE,
    into: (node) => byTarget.get(node) ?? NONE,
  };
  indices.set(certainty, made);
  return made;
}

/** Targets of an alternative. */
export const targetsOf = ({ targetA, targetB }: Certainty, k: number): number[] =>
  [targetA[k]!, targetB[k]!].filter((v) => v >= 0);
