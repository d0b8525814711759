import { FACES, faceNeighbours, type Size } from './neighbours.ts';

/** Marks the end of a list of pixels. */
const NONE = 0xffffffff;

/**
 * Grows seeds over a mask: the pixel of the greatest height beside a label is taken first, among equal ones the one
 * that was met first. A pixel that is higher than the level of the flood belongs to a peak without a seed, and is
 * taken at once at that level. O(n + levels).
 *
 * Source: Meyer 1991, flooding by a hierarchical queue; Beucher and Meyer 1993, The morphological approach to
 * segmentation: the watershed transformation. Turned upside down: the flood starts at the peaks.
 * Differs: no watershed lines are left between the objects.
 *
 * @param mask `[z, y, x]`; only pixels over 0 are taken
 * @param height `[z, y, x]`
 * @param labels `[z, y, x]`: seeds 1..n where the mask is over 0; grown in place
 */
export function growSeeds(mask: Uint8Array, height: Uint16Array, labels: Uint32Array, size: Size): void {
  const first = new Uint32Array(2 ** 16).fill(NONE);
  const last = new Uint32Array(2 ** 16).fill(NONE);
  const next = new Uint32Array(labels.length);
  const near = new Int32Array(FACES);
  let level = 2 ** 16 - 1;
  const push = (i: number, at: number): void => {
    next[i] = NONE;
    if (first[at] === NONE) first[at] = i;
    else next[last[at]!] = i;
    last[at] = i;
  };
  for (let i = 0; i < labels.length; i++) if (labels[i] !== 0) push(i, height[i]!);
  for (; level >= 0; level--) {
    for (let i = first[level]!; i !== NONE; i = next[i]!) {
      const label = labels[i]!;
      for (let n = faceNeighbours(i, size, near), k = 0; k < n; k++) {
        const j = near[k]!;
        if (labels[j] !== 0 || mask[j] === 0) continue;
        labels[j] = label;
        push(j, Math.min(level, height[j]!));
      }
    }
  }
}
