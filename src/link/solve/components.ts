import type { Choices } from './types.ts';

/** Options that have to do with each other, however remotely, as lists in rising order. */
export function findComponents({ count, n, source, a, b }: Choices): number[][] {
  // Nodes: row u as a source is u, row v as a target is count + v.
  const root = Int32Array.from({ length: 2 * count }, (_, i) => i);
  const find = (i: number): number => {
    let at = i;
    while (root[at] !== at) {
      root[at] = root[root[at]];
      at = root[at];
    }
    return at;
  };
  for (let o = 0; o < n; o++) {
    const u = find(source[o]);
    root[find(count + a[o])] = u;
    if (b[o] >= 0) root[find(count + b[o])] = u;
  }
  const index = new Int32Array(2 * count).fill(-1);
  const components: number[][] = [];
  for (let o = 0; o < n; o++) {
    const at = find(source[o]);
    if (index[at] < 0) {
      index[at] = components.length;
      components.push([]);
    }
    components[index[at]].push(o);
  }
  return components;
}
