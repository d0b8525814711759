import { effect } from '@preact/signals-core';
import type { ScaleLinear } from 'd3';
import type { App } from '../../app.ts';
import { ends, M, type Room, type Svg } from './chart.ts';
import { brushRange } from './rangeBrush.ts';

/**
 * Clicking a plot of time goes there, dragging filters for the tracks that live then; a line shows the frame until the
 * answer is called.
 */
export function linkTime(app: App, svg: Svg['svg'], x: ScaleLinear<number, number>, room: Room): () => void {
  const { perFrame } = app.unit;
  const { bottom } = ends(room);
  const now = svg.append('line').attr('class', 'now').attr('y1', M.top).attr('y2', bottom);
  const end = effect(() => {
    const at = x(app.state.t.value * perFrame);
    now.attr('x1', at).attr('x2', at);
  });
  const node = svg.node()!;
  const go = (event: MouseEvent): void => {
    const box = node.getBoundingClientRect();
    app.goTo(x.invert(((event.clientX - box.left) / box.width) * room.width) / perFrame);
  };
  brushRange(app, svg, { key: 'time', scale: x, step: perFrame }, null, room, go);
  return end;
}
