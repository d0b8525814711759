import { FACES, faceNeighbours, type Size } from './neighbours.ts';

/**
 * Labels the connected parts (4 neighbours in a plane, 6 in a volume) of the pixels where `mask` is over 0 and
 * `height` over a threshold, in the order of their first pixels. O(pixels).
 *
 * @param mask `[z, y, x]`
 * @param height `[z, y, x]`
 * @param labels `[z, y, x]`, overwritten: 1..n, 0 elsewhere
 * @returns n
 */
export function labelParts(
  mask: Uint8Array,
  height: Uint16Array,
  threshold: number,
  labels: Uint32Array,
  size: Size,
): number {
  labels.fill(0);
  const near = new Int32Array(FACES);
  let queue = new Uint32Array(1024);
  let count = 0;
  for (let first = 0; first < mask.length; first++) {
    if (labels[first] !== 0 || mask[first] === 0 || !(height[first]! > threshold)) continue;
    count++;
    labels[first] = count;
    queue[0] = first;
    let waiting = 1;
    while (waiting > 0) {
      const n = faceNeighbours(queue[--waiting]!, size, near);
      if (waiting + n > queue.length) queue = grown(queue);
      for (let k = 0; k < n; k++) {
        const j = near[k]!;
        if (labels[j] !== 0 || mask[j] === 0 || !(height[j]! > threshold)) continue;
        labels[j] = count;
        queue[waiting++] = j;
      }
    }
  }
  return count;
}

/** The same numbers in twice the room. */
export function grown(values: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * values.length);
  larger.set(values);
  return larger;
}
