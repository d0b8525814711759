/** Objects of two label images that are the same, of those that each has. */
export interface Matched {
  matched: number;
  first: number;
  second: number;
}

/**
 * Counts the objects of two label images that overlap by at least `iou`, intersection over union. Over 0.5 no object
 * has two partners, so that no assignment is to be found.
 *
 * @param first labels, 0 is background; `second` of the same length
 * @param iou in (0.5, 1]
 */
export function matchLabels(first: ArrayLike<number>, second: ArrayLike<number>, iou: number): Matched {
  const sizes: [Map<number, number>, Map<number, number>] = [new Map(), new Map()];
  const shared = new Map<number, number>();
  const SPAN = 2 ** 24;
  for (let i = 0; i < first.length; i++) {
    const [a, b] = [first[i]!, second[i]!];
    if (a > 0) sizes[0].set(a, (sizes[0].get(a) ?? 0) + 1);
    if (b > 0) sizes[1].set(b, (sizes[1].get(b) ?? 0) + 1);
    if (a > 0 && b > 0) shared.set(a * SPAN + b, (shared.get(a * SPAN + b) ?? 0) + 1);
  }
  let matched = 0;
  for (const [pair, n] of shared) {
    const b = pair % SPAN;
    const union = sizes[0].get((pair - b) / SPAN)! + sizes[1].get(b)! - n;
    if (n >= iou * union) matched++;
  }
  return { matched, first: sizes[0].size, second: sizes[1].size };
}

/** 2 matched / (first + second); 1 when neither has an object. */
export function matchedF1({ matched, first, second }: Matched): number {
  return first + second === 0 ? 1 : (2 * matched) / (first + second);
}
