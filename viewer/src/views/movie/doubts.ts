import type { App } from '../../app.ts';
import { inPlane, worldRadius, worldX, worldY } from '../../data/space.ts';
import { css, SUSPECT, WRONG } from '../../image/palette.ts';
import type { ReviewItem } from '../../review/items.ts';
import { DOUBTFUL } from '../review/glyph.ts';
import type { Pen } from './marks.ts';

/** Frames around an event in which its cells carry its mark. */
const NEAR = 1;

/** A triangle under the cells of this frame at which something is doubtful. */
export function drawDoubts(app: App, pen: Pen, t: number, open: readonly ReviewItem[]): void {
  const { nodes, space } = app.data;
  const { context, view, ratio } = pen;
  for (const item of open) {
    if (Math.abs(nodes.t[item.node]! - t) > NEAR || !inPlane(space, nodes, item.node, app.state.z.value))
      continue;
    const r = worldRadius(space, nodes, item.node) * view.k;
    const x = worldX(space, nodes, item.node) * view.k + view.x;
    const y = worldY(space, nodes, item.node) * view.k * view.aspect + view.y + r + 7 * ratio;
    const size = (3.4 + 2.4 * Math.min(1, item.wrong * 1.6)) * ratio;
    context.beginPath();
    context.moveTo(x, y - size);
    context.lineTo(x + size, y + 0.8 * size);
    context.lineTo(x - size, y + 0.8 * size);
    context.closePath();
    context.lineWidth = 2.6 * ratio;
    context.strokeStyle = 'rgb(0 0 0 / 0.8)';
    context.stroke();
    context.fillStyle = css(item.alert || item.wrong >= DOUBTFUL ? WRONG : SUSPECT);
    context.fill();
  }
}
