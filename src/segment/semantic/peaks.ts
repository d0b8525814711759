import { FACES, faceNeighbours, type Size } from './neighbours.ts';

/** How much a peak must stand out. */
export interface PeakOptions {
  /** Height above the saddle to a higher peak, in the units of the map. */
  minDepth: number;
  /** The same as a share of the peak's height, in [0, 1). */
  minContrast: number;
}

/**
 * Marks the peaks of a map: local maxima that stand at least `minDepth` and `minContrast` of their height above the
 * saddle over which a higher peak is reached. The highest peak of every connected part is one always. Of equal
 * heights the first in the array counts as the higher. O(n) but for the union-find's inverse Ackermann.
 *
 * Source: the persistence of the superlevel sets' components (Edelsbrunner, Letscher and Zomorodian 2002,
 * doi 10.1007/s00454-002-2885-2): pixels from high to low join the parts of their neighbours, and where two parts
 * meet, the one of the lower peak ends.
 *
 * @param mask `[z, y, x]`; peaks are looked for where it is over 0
 * @param height `[z, y, x]`
 * @param labels `[z, y, x]`, overwritten: one pixel a peak, 1..n in the order of the array, 0 elsewhere
 * @returns n
 */
export function markPeaks(
  mask: Uint8Array,
  height: Uint16Array,
  { minDepth, minContrast }: PeakOptions,
  labels: Uint32Array,
  size: Size,
): number {
  const order = highestFirst(mask, height);
  const rankOf = labels.fill(0);
  // Parts by the rank (place in `order`, from 1) of their highest pixel: a smaller rank is a higher peak.
  const parent = new Uint32Array(order.length + 1);
  const lost = new Uint8Array(order.length + 1);
  const near = new Int32Array(FACES);
  const root = (rank: number): number => {
    let r = rank;
    while (parent[r] !== r) {
      parent[r] = parent[parent[r]!]!;
      r = parent[r]!;
    }
    return r;
  };
  for (let rank = 1; rank <= order.length; rank++) {
    const i = order[rank - 1]!;
    const level = height[i]!;
    rankOf[i] = rank;
    parent[rank] = rank;
    let own = rank;
    for (let n = faceNeighbours(i, size, near), k = 0; k < n; k++) {
      const other = rankOf[near[k]!]!;
      if (other === 0) continue;
      const met = root(other);
      if (met === own) continue;
      const lower = Math.max(met, own);
      const above = height[order[lower - 1]!]! - level;
      if (above < minDepth || above < minContrast * height[order[lower - 1]!]! || lower === rank)
        lost[lower] = 1;
      own = Math.min(met, own);
      parent[lower] = own;
    }
  }
  return numberPeaks(labels, lost);
}

/** Indices of the pixels of the mask by falling height, equal ones in the array's order: a counting sort. */
function highestFirst(mask: Uint8Array, height: Uint16Array): Uint32Array {
  const start = new Uint32Array(2 ** 16 + 1);
  let total = 0;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    start[2 ** 16 - 1 - height[i]! + 1]!++;
    total++;
  }
  for (let k = 0; k < 2 ** 16; k++) start[k + 1]! += start[k]!;
  const order = new Uint32Array(total);
  for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) order[start[2 ** 16 - 1 - height[i]!]!++] = i;
  return order;
}

/** Turns ranks into labels: a peak is a rank that no higher part took over. */
function numberPeaks(labels: Uint32Array, lost: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < labels.length; i++) {
    const rank = labels[i]!;
    if (rank !== 0) labels[i] = lost[rank] === 0 ? ++count : 0;
  }
  return count;
}
