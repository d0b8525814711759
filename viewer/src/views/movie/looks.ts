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

/** Looks, and what they were made of. */
interface Made extends Looks {
  key: readonly unknown[];
  version: number;
  /** Per cell: as `look`, without colours. */
  shape: Int32Array;
}

/**
 * Answers the looks of the cells of a frame, in the order of their rows. Cost O(cells), and the length of their tails where
 * the frame is another; after an edit of links in the lineages that it touched.
 */
export function createLooks(app: App): (t: number, strong: ReadonlySet<number>) => Looks {
  const { data, state } = app;
  let made: Made | null = null;
  return (t, strong) => {
    const key = [t, state.tails.value, state.tailsWay.value, data.nodes.x];
    const version = app.version.value;
    const before = made?.key.every((value, k) => value === key[k]) ? made : null;
    const rows = before?.version === version ? [] : before?.version === version - 1 ? app.changed() : null;
    const first = data.frameStart[t]!;
    const count = data.frameStart[t + 1]! - first;
    const next: Made =
      before === null || rows === null
        ? {
            key,
            version,
            look: new Int32Array(count),
            shape: new Int32Array(count),
            box: new Float64Array(4 * count),
          }
        : {
            ...before,
            version,
            look: new Int32Array(count),
            shape: before.shape.slice(),
            box: before.box.slice(),
          };
    seeShapes(app, t, next, before === null || rows === null ? null : rows);
    const { look, shape } = next;
    for (let k = 0; k < count; k++)
      look[k] = mix(mix(shape[k]!, nodeColour(app, first + k)), strong.has(first + k) ? 1 : 0);
    made = next;
    return next;
  };
}

/** @param rows only cells of the lineages of these rows; null = all */
function seeShapes(app: App, t: number, { shape, box }: Made, rows: Iterable<number> | null): void {
  const { data, state } = app;
  const { frameStart, nodes, branches, space } = data;
  const [length, way] = [state.tails.value, state.tailsWay.value];
  const lineages = rows === null ? null : new Set(Array.from(rows, (row) => nodes.lineage[row]!));
  if (lineages?.size === 0) return;
  const first = frameStart[t]!;
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
    shape[at] = mix(shape[at]!, node);
  };
  for (; at < shape.length; at++) {
    const node = first + at;
    if (lineages !== null && !lineages.has(nodes.lineage[node]!)) continue;
    box[4 * at] = box[4 * at + 1] = Number.POSITIVE_INFINITY;
    box[4 * at + 2] = box[4 * at + 3] = Number.NEGATIVE_INFINITY;
    shape[at] = 0;
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
}

/** Two numbers made one, of 32 bits. */
function mix(a: number, b: number): number {
  const h = Math.imul(a ^ Math.imul(b + 1, 0x85ebca6b), 0x9e3779b1);
  return h ^ (h >>> 15);
}
