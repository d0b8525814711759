import type { App } from '../../app.ts';
import { rangeOf } from '../../filter/ranges.ts';
import { type Pen, screenX, screenY } from './marks.ts';

/** The part of the picture that the filter keeps, as a dashed frame. */
export function drawFence({ state, data: { space } }: App, { context, view, ratio }: Pen): void {
  const text = state.filter.value;
  const [xs, ys] = [rangeOf(text, 'x'), rangeOf(text, 'y')];
  if (xs === null || ys === null) return;
  const world = (um: number, axis: 0 | 1): number => um * space.scale[axis] + space.offset[axis];
  const [x0, x1] = xs.map((um) => screenX(view, world(um, 0))) as [number, number];
  const [y0, y1] = ys.map((um) => screenY(view, world(um, 1))) as [number, number];
  context.setLineDash([5 * ratio, 4 * ratio]);
  for (const [width, colour] of [
    [3.2, 'rgb(0 0 0 / 0.6)'],
    [1.4, '#8cc7ff'],
  ] as const) {
    context.lineWidth = width * ratio;
    context.strokeStyle = colour;
    context.strokeRect(x0, y0, x1 - x0, y1 - y0);
  }
  context.setLineDash([]);
}
