/**
 * Length of the union of spans that may overlap. O(n log n).
 *
 * @param spans start and end in turn
 */
export function unionLength(spans: readonly number[]): number {
  const order = Array.from({ length: spans.length / 2 }, (_, i) => 2 * i);
  order.sort((a, b) => spans[a]! - spans[b]!);
  let length = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    const [start, end] = [Math.max(spans[i]!, reached), spans[i + 1]!];
    if (end <= start) continue;
    length += end - start;
    reached = end;
  }
  return length;
}
