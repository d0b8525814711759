import type { SemanticNormalise } from '../semantic/types.ts';

/**
 * Maps percentiles of a test tensor to 0 and 1, `(x - lo) / (hi - lo + 1e-20)`, percentiles by linear
 * interpolation, each element of the axes that are not named on its own.
 *
 * Source: CSBDeep 0.8 (BSD-3), normalize; algorithms A.2.
 *
 * @param axes one letter an axis of the tensor, in order
 * @param jointly letters of the axes that share their percentiles
 */
export function scaleRange(
  tensor: { data: Float32Array; shape: readonly number[] },
  axes: string,
  jointly: string,
  low: number,
  high: number,
): Float32Array {
  const { data } = tensor;
  const out = new Float32Array(data.length);
  for (const members of groupsOf(tensor, axes, jointly)) {
    const sorted = Float32Array.from(members, (i) => data[i]!).sort();
    const lo = percentile(sorted, low);
    const range = percentile(sorted, high) - lo + 1e-20;
    for (const i of members) out[i] = (data[i]! - lo) / range;
  }
  return out;
}

/**
 * Normalises a test tensor as a semantic network's manifest says.
 *
 * Source: bioimage.io descriptions; a standard deviation has 1e-6 added to it.
 */
export function normaliseTensor(
  tensor: { data: Float32Array; shape: readonly number[] },
  axes: string,
  jointly: string,
  normalise: SemanticNormalise,
): Float32Array {
  if (normalise.method === 'percentiles')
    return scaleRange(tensor, axes, jointly, normalise.low, normalise.high);
  const { data } = tensor;
  if (normalise.method === 'linear') return data.map((v) => v * normalise.gain + normalise.offset);
  const out = new Float32Array(data.length);
  for (const members of groupsOf(tensor, axes, jointly)) {
    const mean = members.reduce((sum, i) => sum + data[i]!, 0) / members.length;
    const squares = members.reduce((sum, i) => sum + (data[i]! - mean) ** 2, 0);
    const deviation = Math.sqrt(squares / members.length) + 1e-6;
    for (const i of members) out[i] = (data[i]! - mean) / deviation;
  }
  return out;
}

/** Flat indices that share their statistics: one list for each element of the axes that are not named. */
function groupsOf(
  { data, shape }: { data: Float32Array; shape: readonly number[] },
  axes: string,
  jointly: string,
): Iterable<number[]> {
  const groups = new Map<number, number[]>();
  for (let i = 0; i < data.length; i++) {
    let rest = i;
    let group = 0;
    for (let a = shape.length - 1, unit = 1; a >= 0; a--) {
      const index = rest % shape[a]!;
      rest = (rest - index) / shape[a]!;
      if (jointly.includes(axes[a] ?? '?')) continue;
      group += index * unit;
      unit *= shape[a]!;
    }
    const members = groups.get(group) ?? [];
    members.push(i);
    groups.set(group, members);
  }
  return groups.values();
}

function percentile(sorted: Float32Array, p: number): number {
  const rank = ((sorted.length - 1) * p) / 100;
  const below = Math.floor(rank);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (rank - below);
}
