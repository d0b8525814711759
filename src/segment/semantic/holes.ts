import { grown } from './components.ts';
import { atBorder, FACES, faceNeighbours, type Size } from './neighbours.ts';

/**
 * Fills holes in place: a connected part of the background that touches no side of the image and one label alone gets
 * that label. O(pixels).
 *
 * @param labels `[z, y, x]`, 0 = background; a mask counts as one label
 * @param maxSize pixels of the largest hole that is filled
 */
export function fillHoles(labels: Uint32Array | Uint8Array, size: Size, maxSize: number): void {
  const seen = new Uint8Array(labels.length);
  const near = new Int32Array(FACES);
  let part = new Uint32Array(1024);
  for (let first = 0; first < labels.length; first++) {
    if (labels[first] !== 0 || seen[first] !== 0) continue;
    let around = 0;
    let open = false;
    let count = 1;
    part[0] = first;
    seen[first] = 1;
    for (let at = 0; at < count; at++) {
      const i = part[at]!;
      if (atBorder(i, size)) open = true;
      const n = faceNeighbours(i, size, near);
      if (count + n > part.length) part = grown(part);
      for (let k = 0; k < n; k++) {
        const j = near[k]!;
        const label = labels[j]!;
        if (label === 0 && seen[j] === 0) {
          seen[j] = 1;
          part[count++] = j;
        } else if (label !== 0 && label !== around) {
          if (around !== 0) open = true;
          around = label;
        }
      }
    }
    if (!open && count <= maxSize) for (let at = 0; at < count; at++) labels[part[at]!] = around;
  }
}
