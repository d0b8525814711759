import type { App } from '../../app.ts';
import { findNode } from '../../data/refs.ts';
import { worldX, worldY } from '../../data/space.ts';
import type { Proposal } from '../../edits/proposal.ts';
import { css, type Rgb, WRONG } from '../../image/palette.ts';
import type { Pen } from './marks.ts';

/** Links that would come; those that would go wear the colour of what is wrong. */
const ADDED: Rgb = 0x2fbf96;
/** Frames around a link in which its line is drawn. */
const NEAR = 1;

/** Dashed lines for the links that the linker would add and remove near the frame shown. */
export function drawGhosts(app: App, pen: Pen, t: number, { added, removed }: Proposal): void {
  const { data } = app;
  const { context, view, ratio } = pen;
  context.setLineDash([5 * ratio, 4 * ratio]);
  context.lineWidth = 2.4 * ratio;
  for (const [links, colour] of [
    [removed, WRONG],
    [added, ADDED],
  ] as const) {
    context.strokeStyle = css(colour);
    for (const [from, to] of links) {
      const ends = [findNode(data, from), findNode(data, to)];
      if (ends.some((node) => node < 0)) continue;
      const [a, b] = ends as [number, number];
      if (t < data.nodes.t[a]! - NEAR || t > data.nodes.t[b]! + NEAR) continue;
      const at = (node: number): [number, number] => [
        worldX(data.space, data.nodes, node) * view.k + view.x,
        worldY(data.space, data.nodes, node) * view.k * view.aspect + view.y,
      ];
      context.beginPath();
      context.moveTo(...at(a));
      context.lineTo(...at(b));
      context.stroke();
      context.beginPath();
      context.arc(...at(b), 3 * ratio, 0, 2 * Math.PI);
      context.stroke();
    }
  }
  context.setLineDash([]);
}
