import type { App } from '../../app.ts';
import { inPlane, worldX, worldY, worldZ } from '../../data/space.ts';
import type { Nodes } from '../../data/types.ts';
import { css, type Rgb } from '../../image/palette.ts';
import { FRONT, type Ground, isLeftOut, nodeColour, type Pen, screenX, screenY } from './marks.ts';

/** Segments in one path: longer paths are slower to stroke (measured). */
const CHUNK = 64;
/** Steps shorter than this, CSS pixels, wait for the next: a cell that rests has no tail. */
const LEAST = 0.7;

/**
 * Where the cells of frame `t` came from, and where they go (dotted): a line a cell, fainter with distance in time. Over
 * discs in white, over a heap of them only those of the cells in front.
 */
export function drawTails(app: App, pen: Pen, t: number, ground: Ground): void {
  const { context, ratio } = pen;
  const ways = app.state.tailsWay.value;
  context.lineCap = 'round';
  context.lineWidth = 1.5 * ratio;
  for (const way of ['past', 'future'] as const) {
    if (ways !== 'both' && ways !== way) continue;
    context.setLineDash(way === 'past' ? [] : [1 * ratio, 4 * ratio]);
    for (const [colour, heads] of headsByColour(app, pen, t, ground)) {
      context.strokeStyle = css(colour);
      drawWay(app, pen, t, heads, way, ground === 'pixels' ? 0.85 : 0.6);
    }
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** Cells of the frame whose tails are drawn. */
function headsByColour(app: App, pen: Pen, t: number, ground: Ground): Map<Rgb, number[]> {
  const { nodes, frameStart, space } = app.data;
  const z = app.state.z.value;
  const byColour = new Map<Rgb, number[]>();
  for (let i = frameStart[t]!; i < frameStart[t + 1]!; i++) {
    if (pen.shares?.(i) === false) continue;
    if (ground === 'heap' && worldZ(space, nodes, i) > FRONT * space.depth) continue;
    if (!inPlane(space, nodes, i, z) || isLeftOut(app, nodes.tracklet[i]! - 1)) continue;
    const colour = ground === 'pixels' ? nodeColour(app, i) : 0xffffff;
    const row = byColour.get(colour);
    if (row === undefined) byColour.set(colour, [i]);
    else row.push(i);
  }
  return byColour;
}

function drawWay(
  app: App,
  { context, view, ratio }: Pen,
  t: number,
  heads: readonly number[],
  way: 'past' | 'future',
  alpha: number,
): void {
  const { nodes, space } = app.data;
  const length = app.state.tails.value;
  const least = LEAST * ratio;
  let ends = heads.map((node) => endAt(node, node));
  for (let age = 0; age < length && ends.length > 0; age++) {
    context.globalAlpha = alpha * (1 - age / length);
    const reached: End[] = [];
    let open = 0;
    context.beginPath();
    for (const { node, drawn } of ends) {
      const [x, y] = [screenX(view, worldX(space, nodes, drawn)), screenY(view, worldY(space, nodes, drawn))];
      for (const next of nextOf(nodes, node, way)) {
        if (next < 0 || Math.abs(nodes.t[next]! - t) > length) continue;
        const [toX, toY] = [
          screenX(view, worldX(space, nodes, next)),
          screenY(view, worldY(space, nodes, next)),
        ];
        if (Math.abs(toX - x) + Math.abs(toY - y) < least) {
          reached.push(endAt(next, drawn));
          continue;
        }
        reached.push(endAt(next, next));
        context.moveTo(x, y);
        context.lineTo(toX, toY);
        if (++open < CHUNK) continue;
        context.stroke();
        context.beginPath();
        open = 0;
      }
    }
    if (open > 0) context.stroke();
    ends = reached;
  }
}

/** Where a tail has come to, and the node that it is drawn up to. */
interface End {
  node: number;
  drawn: number;
}

const endAt = (node: number, drawn: number): End => ({ node, drawn });

const nextOf = ({ parent, childA, childB }: Nodes, i: number, way: 'past' | 'future'): number[] =>
  way === 'past' ? [parent[i]!] : [childA[i]!, childB[i]!];
