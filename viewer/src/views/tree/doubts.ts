import { css, SUSPECT, WRONG } from '../../image/palette.ts';
import type { ReviewItem } from '../../review/items.ts';
import { DOUBTFUL } from '../review/glyph.ts';
import type { TreeInk } from './draw.ts';
import { frameAt, leafAt } from './view.ts';

/** Marks drawn at most, the worst ones; and half of their size, CSS pixels, from a little doubtful to surely wrong. */
const MOST = 3000;
const [SMALL, LARGE] = [2.6, 5];
/** Marks nearer than this to one that is there already are left out: the worse one stands for both. */
const APART = 5;

/**
 * A triangle at every open item of the review that lies in view, at every zoom: also over blocks that stand for many
 * branches, so that the overview is a map of where to work.
 */
export function drawDoubts(ink: TreeInk, open: readonly ReviewItem[], current: ReviewItem | null): void {
  const { app, layout, pose, context, theme } = ink;
  const { nodes } = app.data;
  const taken = new Set<number>();
  let drawn = 0;
  for (const item of open) {
    if (drawn >= MOST) break;
    const place = layout.place[nodes.tracklet[item.node]! - 1]!;
    if (place < 0) continue;
    const [leaf, time] = [leafAt(pose, layout.u[place]!), frameAt(pose, nodes.t[item.node]!)];
    const [x, y] = pose.down ? [leaf, time] : [time, leaf];
    if (x < -LARGE || y < -LARGE || x > pose.width + LARGE || y > pose.height + LARGE) continue;
    const cell = Math.floor(x / APART) * 65_536 + Math.floor(y / APART);
    if (taken.has(cell)) continue;
    taken.add(cell);
    drawn++;
    const size = SMALL + (LARGE - SMALL) * Math.min(1, item.wrong * 1.6);
    const strong = item.alert || item.wrong >= DOUBTFUL;
    context.beginPath();
    context.moveTo(x, y - size);
    context.lineTo(x + size, y + size * 0.8);
    context.lineTo(x - size, y + size * 0.8);
    context.closePath();
    context.fillStyle = css(strong ? WRONG : SUSPECT);
    context.fill();
    context.lineWidth = item.name === current?.name ? 2 : 1;
    context.strokeStyle = item.name === current?.name ? theme.select : theme.ground;
    context.stroke();
  }
}
