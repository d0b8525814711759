import type { Size } from './neighbours.ts';

/**
 * Finds objects that are one: neighbours between which the network saw no boundary, its mean probability over all
 * pairs of touching pixels (of each pair the larger one) being below a threshold. Chains of such neighbours become
 * one object. O(pixels + neighbours).
 *
 * @param labels `[z, y, x]`, 1..count
 * @param boundary `[z, y, x]`
 * @param threshold in the units of `boundary`
 * @returns for each label 0..count the smallest label of its object
 */
export function mergeFragments(
  labels: Uint32Array,
  count: number,
  boundary: Uint16Array,
  threshold: number,
  size: Size,
): Uint32Array {
  const contacts = contactsOf(labels, count, boundary, size);
  const parent = Uint32Array.from({ length: count + 1 }, (_, label) => label);
  const root = (label: number): number => {
    let r = label;
    while (parent[r] !== r) {
      parent[r] = parent[parent[r]!]!;
      r = parent[r]!;
    }
    return r;
  };
  for (const [pair, { pairs, sum }] of contacts) {
    if (sum >= threshold * pairs) continue;
    const b = root(pair % (count + 1));
    const a = root(Math.floor(pair / (count + 1)));
    parent[Math.max(a, b)] = Math.min(a, b);
  }
  return parent.map((_, label) => root(label));
}

/** How many pixels of two labels touch, and the sum of the boundary there, by `smaller * (count + 1) + larger`. */
function contactsOf(
  labels: Uint32Array,
  count: number,
  boundary: Uint16Array,
  [depth, height, width]: Size,
): Map<number, { pairs: number; sum: number }> {
  const contacts = new Map<number, { pairs: number; sum: number }>();
  const touch = (i: number, j: number): void => {
    const [a, b] = [labels[i]!, labels[j]!];
    if (a === b || a === 0 || b === 0) return;
    const pair = Math.min(a, b) * (count + 1) + Math.max(a, b);
    const contact = contacts.get(pair) ?? { pairs: 0, sum: 0 };
    contact.pairs++;
    contact.sum += Math.max(boundary[i]!, boundary[j]!);
    contacts.set(pair, contact);
  };
  const plane = height * width;
  for (let i = 0, z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++, i++) {
        if (labels[i] === 0) continue;
        if (x < width - 1) touch(i, i + 1);
        if (y < height - 1) touch(i, i + width);
        if (z < depth - 1) touch(i, i + plane);
      }
  return contacts;
}
