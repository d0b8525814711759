import type { App } from '../../app.ts';
import { nodeAt } from '../../data/branches.ts';
import { worldRadius, worldX, worldY } from '../../data/space.ts';
import { nodeColour, SISTER_FRAMES } from './marks.ts';

/** How the cells of a frame look, so that what an edit made different can be told from what it left alone. */
export interface Looks {
  /** Per cell: a number that is another where its disc, its tail or the line to its sister is another. */
  look: Int32Array;
  /** Per cell: x0, y0, x1, y1 of all these, world units. */
  box: Float64Array;
}

/**
 * Looks of the cells of frame `t`, in the order of their rows. Cost O(cells x length of their tails).
 *
 * @param strong nodes drawn strongly
 */
export function looksOf(app: App, t: number, strong: ReadonlySet<number>): Looks {
  const { data, state } = app;
  const { frameStart, nodes, branches, space } = data;
  const first = frameStart[t]!;
  const count = frameStart[t + 1]! - first;
  const look = new Int32Array(count);
  const box = new Float64Array(4 * count);
  const [length, way] = [state.tails.value, state.tailsWay.value];
  const wait: number[] = [];
  let at = 0;
  /** A node's place belongs to what is drawn of cell `at`. */
  const see = (node: number, radius: number): void => {
    const [x, y] = [worldX(space, nodes, node), worldY(space, nodes, node)];
    const k = 4 * at;
    if (x - radius < box[k]!) box[k] = x - radius;
    if (y - radius < box[k + 1]!) box[k + 1] = y - radius;
    if (x + radius > box[k + 2]!) box[k + 2] = x + radius;
    if (y + radius > box[k + 3]!) box[k + 3] = y + radius;
    look[at] = mix(look[at]!, node);
  };
  for (; at < count; at++) {
    const node = first + at;
    box[4 * at] = box[4 * at + 1] = Number.POSITIVE_INFINITY;
    box[4 * at + 2] = box[4 * at + 3] = Number.NEGATIVE_INFINITY;
    look[at] = mix(nodeColour(app, node), strong.has(node) ? 1 : 0);
    see(node, worldRadius(space, nodes, node));
    if (way !== 'future')
      for (let p = nodes.parent[node]!; p >= 0 && t - nodes.t[p]! <= length; p = nodes.parent[p]!) see(p, 0);
    if (way !== 'past') wait.push(nodes.childB[node]!, nodes.childA[node]!);
    for (let c = wait.pop() ?? -1; ; c = wait.pop()!) {
      if (c >= 0 && nodes.t[c]! - t <= length) {
        see(c, 0);
        wait.push(nodes.childB[c]!, nodes.childA[c]!);
      }
      if (wait.length === 0) break;
    }
    const b = nodes.tracklet[node]! - 1;
    const mother = branches.parent[b]!;
    if (mother < 0 || t - branches.t0[b]! >= SISTER_FRAMES || branches.childA[mother] !== b) continue;
    const sister = nodeAt(branches, nodes, branches.childB[mother]!, t);
    if (sister >= 0) see(sister, 0);
  }
  return { look, box };
}

/** Two numbers made one, of 32 bits. */
function mix(a: number, b: number): number {
  const h = Math.imul(a ^ Math.imul(b + 1, 0x85ebca6b), 0x9e3779b1);
  return h ^ (h >>> 15);
}
