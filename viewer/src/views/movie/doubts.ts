import type { App } from '../../app.ts';
import { inPlane, worldRadius, worldX, worldY } from '../../data/space.ts';
import { css, type Rgb, SUSPECT, WRONG } from '../../image/palette.ts';
import { columnsOf, IMPOSSIBLE } from '../../review/columns.ts';
import type { ReviewItem } from '../../review/items.ts';
import { DOUBTFUL } from '../review/glyph.ts';
import type { Pen } from './marks.ts';

/** Frames around an event in which its cells carry its mark. */
const NEAR = 1;
/** Marks nearer than this to one that is there already are left out, CSS pixels: the worse one stands for both. */
const APART = 5;
/** Room around the picture in which a mark may still be seen, CSS pixels. */
const ROOM = 8;

/** A mark at a node: its middle and half of its size, device pixels. */
export interface DoubtMark {
  node: number;
  x: number;
  y: number;
  size: number;
  colour: Rgb;
}

/** The marks under the cells of this frame at which something is doubtful; no node has two. */
export function placeDoubts(app: App, pen: Pen, t: number, open: readonly ReviewItem[]): DoubtMark[] {
  const { nodes, space, frameStart, nFrames } = app.data;
  const { view, ratio } = pen;
  const { node: rows, wrong } = columnsOf(open);
  const marks: DoubtMark[] = [];
  const taken = new Set<number>();
  const cell = (v: number): number => Math.floor((v / ratio + ROOM) / APART);
  // Rows are in order of time.
  const [first, end] = [frameStart[Math.max(0, t - NEAR)]!, frameStart[Math.min(nFrames, t + NEAR + 1)]!];
  for (let k = 0; k < rows.length; k++) {
    const node = rows[k]!;
    if (node < first || node >= end || !inPlane(space, nodes, node, app.state.z.value)) continue;
    const r = worldRadius(space, nodes, node) * view.k;
    const x = worldX(space, nodes, node) * view.k + view.x;
    const y = worldY(space, nodes, node) * view.k * view.aspect + view.y + r + 7 * ratio;
    if (!inRoom(x, pen.width, ROOM * ratio) || !inRoom(y, pen.height, ROOM * ratio)) continue;
    const place = cell(x) * 65_536 + cell(y);
    if (taken.has(place)) continue;
    taken.add(place);
    const alert = wrong[k]! >= IMPOSSIBLE;
    const part = alert ? wrong[k]! - IMPOSSIBLE : wrong[k]!;
    const size = (3.4 + 2.4 * Math.min(1, part * 1.6)) * ratio;
    marks.push({ node, x, y, size, colour: alert || part >= DOUBTFUL ? WRONG : SUSPECT });
  }
  return marks;
}

const inRoom = (v: number, size: number, room: number): boolean => v >= -room && v <= size + room;

/** Triangles. */
export function drawDoubts({ context, ratio }: Pen, marks: readonly DoubtMark[]): void {
  context.lineWidth = 2.6 * ratio;
  context.strokeStyle = 'rgb(0 0 0 / 0.8)';
  for (const { x, y, size, colour } of marks) {
    context.beginPath();
    context.moveTo(x, y - size);
    context.lineTo(x + size, y + 0.8 * size);
    context.lineTo(x - size, y + 0.8 * size);
    context.closePath();
    context.stroke();
    context.fillStyle = css(colour);
    context.fill();
  }
}
