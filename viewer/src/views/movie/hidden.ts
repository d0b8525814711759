import type { App } from '../../app.ts';
import { worldRadius, worldX, worldY } from '../../data/space.ts';
import type { Dataset, LabelPlane } from '../../data/types.ts';
import { pickLabel } from '../../image/backend.ts';
import { type Pen, screenX, screenY } from './marks.ts';

/** A cell counts as hidden where less than this part of its middle is seen; the middle ends at this part of its radius. */
const SEEN = 0.5;
const MIDDLE = 0.7;
/** Places looked at: a grid of so many each way, those of them that lie in the circle. */
const GRID = 7;

/** Do other cells hide a node in a projection? Cost O(1). `first` is its frame's first node. */
export function isHidden(
  { nodes, space }: Pick<Dataset, 'nodes' | 'space'>,
  labels: LabelPlane,
  node: number,
  first: number,
): boolean {
  const [x, y, r] = [worldX(space, nodes, node), worldY(space, nodes, node), worldRadius(space, nodes, node)];
  // What lies outside the labels that are there, or outside the picture, is not known.
  const at = labels.at ?? { x: 0, y: 0, step: 1 };
  const [right, bottom] = [at.x + labels.width * at.step, at.y + labels.height * at.step];
  let [own, all] = [0, 0];
  for (let k = 0; k < GRID * GRID; k++) {
    const [u, v] = [k % GRID, Math.floor(k / GRID)].map((i) => (2 * i) / (GRID - 1) - 1) as [number, number];
    const [px, py] = [x + u * MIDDLE * r, y + (v * MIDDLE * r) / space.aspect];
    if (u * u + v * v > 1 || px < at.x || py < at.y || px >= right || py >= bottom) continue;
    all++;
    if (pickLabel(labels, px, py) === node - first + 1) own++;
  }
  return own < SEEN * all;
}

/** Dashed rings around those of some cells that others hide in a projection, as cells of other planes have in the strip. */
export function drawHidden(
  { data, state }: App,
  { context, view, ratio }: Pen,
  labels: LabelPlane,
  some: ReadonlySet<number>,
): void {
  const { nodes, space, frameStart } = data;
  if (state.z.value !== 'max' || space.depth <= 1) return;
  context.setLineDash([4 * ratio, 3 * ratio]);
  for (const node of some) {
    if (!isHidden(data, labels, node, frameStart[nodes.t[node]!]!)) continue;
    context.beginPath();
    context.arc(
      screenX(view, worldX(space, nodes, node)),
      screenY(view, worldY(space, nodes, node)),
      Math.max(worldRadius(space, nodes, node) * view.k, 4 * ratio),
      0,
      2 * Math.PI,
    );
    context.lineWidth = 3.6 * ratio;
    context.strokeStyle = 'rgb(0 0 0 / 0.7)';
    context.stroke();
    context.lineWidth = 1.6 * ratio;
    context.strokeStyle = '#ffffff';
    context.stroke();
  }
  context.setLineDash([]);
}
