import type { App } from '../../app.ts';
import type { TreeLayout } from '../../layout/leafOrder.ts';
import type { TreePlan } from '../../layout/lod.ts';
import type { TreeAxis } from '../../layout/treeAxis.ts';
import type { TreeTheme } from './theme.ts';
import type { TreePose } from './view.ts';

/** Opacity of what lies after the frame shown. */
const FUTURE = 0.34;
/** Below this width of a leaf (CSS pixels), ends carry no glyph. */
export const GLYPH_FROM = 7;

/** Everything that drawing the tree reads. */
export interface TreeInk {
  app: App;
  axis: TreeAxis;
  layout: TreeLayout;
  plan: TreePlan;
  pose: TreePose;
  theme: TreeTheme;
  light: boolean;
  context: CanvasRenderingContext2D;
}

/** Opacity of a branch at its end, which is over or still to come. */
export const opacity = (now: number, end: number): number => (now < end ? FUTURE : 1);

/** Width of a branch's line, CSS pixels: those of the selected lineage are wider. */
export function widthOf({ app, pose }: TreeInk, b: number): number {
  const { lineage } = app.data.branches;
  const selected = app.branch.value;
  const wide = Math.min(2.2, Math.max(1, pose.perLeaf / 4));
  return selected >= 0 && lineage[b] === lineage[selected] ? wide + 0.9 : wide;
}
