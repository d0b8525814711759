import type { App } from '../../app.ts';
import { inPlane, worldRadius, worldX, worldY } from '../../data/space.ts';
import { css, SUSPECT, WRONG } from '../../image/palette.ts';
import type { ReviewItem } from '../../review/items.ts';
import { DOUBTFUL } from '../review/glyph.ts';
import type { Pen } from './marks.ts';

/** Frames around an event in which its cells carry its mark. */
const NEAR = 1;
/** Marks nearer than this to one that is there already are left out, CSS pixels: the worse one stands for both. */
const APART = 5;
/** Room around the picture in which a mark may still be seen, CSS pixels. */
const ROOM = 8;

/** A triangle under the cells of this frame at which something is doubtful. */
export function drawDoubts(app: App, pen: Pen, t: number, open: readonly ReviewItem[]): void {
  const { nodes, space } = app.data;
  const { context, view, ratio } = pen;
  const taken = new Set<number>();
  const cell = (v: number): number => Math.floor((v / ratio + ROOM) / APART);
  for (const item of open) {
    if (Math.abs(nodes.t[item.node]! - t) > NEAR || !inPlane(space, nodes, item.node, app.state.z.value))
      continue;
    const r = worldRadius(space, nodes, item.node) * view.k;
    const x = worldX(space, nodes, item.node) * view.k + view.x;
    const y = worldY(space, nodes, item.node) * view.k * view.aspect + view.y + r + 7 * ratio;
    if (!inRoom(x, pen.width, ROOM * ratio) || !inRoom(y, pen.height, ROOM * ratio)) continue;
    const place = cell(x) * 65_536 + cell(y);
    if (taken.has(place)) continue;
    taken.add(place);
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

const inRoom = (v: number, size: number, room: number): boolean => v >= -room && v <= size + room;
