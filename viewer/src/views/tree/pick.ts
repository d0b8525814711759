import type { Branches } from '../../data/types.ts';
import type { TreeLayout } from '../../layout/leafOrder.ts';
import type { TreePlan } from '../../layout/lod.ts';
import { frameAt, leafAt, type TreePose } from './view.ts';

/** What lies under a point: a branch, a block, or nothing. */
export type TreeHit = { kind: 'branch'; branch: number } | { kind: 'block'; block: number } | null;

/** How far from a mark still counts, CSS pixels. */
const SLACK = 7;

/**
 * The nearest drawn branch within `SLACK` pixels, else a block under the point. Looks at what the plan drew, which is
 * bounded by the screen.
 */
export function pickTree(
  branches: Branches,
  layout: TreeLayout,
  plan: TreePlan,
  pose: TreePose,
  x: number,
  y: number,
): TreeHit {
  const [leaf, time] = pose.down ? [x, y] : [y, x];
  let best = -1;
  let nearest = SLACK;
  for (let k = 0; k < plan.nBars; k++) {
    const i = plan.bars[k]!;
    const across = Math.abs(leafAt(pose, layout.u[i]!) - leaf);
    if (across >= nearest) continue;
    const b = layout.order[i]!;
    const before = frameAt(pose, branches.from[b]!) - time;
    const after = time - frameAt(pose, branches.t1[b]!);
    const away = Math.hypot(across, Math.max(0, before, after));
    if (away < nearest) [best, nearest] = [b, away];
  }
  if (best >= 0) return { kind: 'branch', branch: best };
  for (let k = 0; k < plan.nBlocks; k++) {
    const inside =
      leaf >= leafAt(pose, plan.blockU0[k]!) - 1 &&
      leaf <= leafAt(pose, plan.blockU1[k]!) + 1 &&
      time >= frameAt(pose, plan.blockT0[k]!) - 2 &&
      time <= frameAt(pose, plan.blockT1[k]!) + 2;
    if (inside) return { kind: 'block', block: k };
  }
  return null;
}
