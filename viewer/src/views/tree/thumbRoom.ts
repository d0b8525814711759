import type { Branches } from '../../data/types.ts';
import type { TreeLayout } from '../../layout/leafOrder.ts';
import type { TreePlan } from '../../layout/lod.ts';
import { frameAt, leafAt, type TreePose } from './view.ts';

/** Sides of a picture, CSS pixels, and how many are shown at most. */
const [LEAST, LARGEST] = [30, 64];
const MOST = 60;
/** Room kept for the number of the first daughter, and beside the second one; time down, and to the right. */
const KEEP = { down: [30, 7], right: [7, 18] } as const;
/** A picture in the tree: of the division that ends branch `branch`. CSS pixels. */
export interface Thumb {
  branch: number;
  x: number;
  y: number;
  side: number;
}

/** Where pictures of divisions have room: between both daughters, before the first of them ends. */
export function placeThumbs(branches: Branches, layout: TreeLayout, plan: TreePlan, pose: TreePose): Thumb[] {
  const thumbs: Thumb[] = [];
  const [before, after] = pose.down ? KEEP.down : KEEP.right;
  for (let k = 0; k < plan.nBars && thumbs.length < MOST; k++) {
    const branch = layout.order[plan.bars[k]!]!;
    const [a, b] = [branches.childA[branch]!, branches.childB[branch]!];
    if (b < 0) continue;
    const low = leafAt(pose, layout.u[layout.place[a]!]!) + before;
    const high = leafAt(pose, layout.u[layout.place[b]!]!) - after;
    const start = frameAt(pose, branches.t1[branch]!) + 5;
    const room = Math.min(frameAt(pose, branches.t1[a]!), frameAt(pose, branches.t1[b]!)) - start - 5;
    const side = Math.floor(Math.min(LARGEST, high - low, room));
    if (side < LEAST) continue;
    const leaf = Math.round((low + high - side) / 2);
    const [x, y] = pose.down ? [leaf, start] : [start, leaf];
    if (x + side < 0 || y + side < 0 || x > pose.width || y > pose.height) continue;
    thumbs.push({ branch, x, y, side });
  }
  return thumbs;
}
