import { axisBottom, axisLeft, type ScaleLinear, select } from 'd3';
import type { App } from '../../app.ts';
import { formatTick } from '../../data/units.ts';
import { h } from '../../dom.ts';

/** Size of a chart, CSS pixels. */
export interface Room {
  width: number;
  height: number;
}

/** Margins of every chart. */
export const M = { top: 6, right: 8, bottom: 20, left: 30 };
/** Widths of a chart among others, and its height. */
const [LEAST, MOST, HEIGHT] = [150, 300, 86];

/** Room of a chart among others, in a column so wide: it is drawn at its size, so that its numbers stay legible. */
export const roomIn = (width: number): Room => ({
  width: Math.min(MOST, Math.max(LEAST, Math.floor(width))),
  height: HEIGHT,
});

/** Right and lower end of the axes. */
export const ends = ({ width, height }: Room): { right: number; bottom: number } => ({
  right: width - M.right,
  bottom: height - M.bottom,
});

/** Ticks for which an axis of time has room. */
export const ticksIn = ({ width }: Room): number => Math.min(width / 50, Math.max(5, width / 90));

export type Svg = ReturnType<typeof chart>;

/** Puts a new chart with its title into the figure. */
export function chart(title: string, figure: HTMLElement, room: Room): { svg: ReturnType<typeof newSvg> } {
  const svg = newSvg(title, room);
  figure.replaceChildren(h('figcaption', {}, title), svg.node()!);
  return { svg };
}

function newSvg(title: string, { width, height }: Room) {
  return select(document.createElementNS('http://www.w3.org/2000/svg', 'svg'))
    .attr('viewBox', `0 0 ${width} ${height}`)
    .attr('role', 'img')
    .attr('aria-label', title);
}

export function axes(
  svg: Svg['svg'],
  x: ScaleLinear<number, number>,
  y: ScaleLinear<number, number>,
  room: Room,
  ticks = ticksIn(room),
): void {
  svg
    .append('g')
    .attr('class', 'axis')
    .attr('transform', `translate(0,${room.height - M.bottom})`)
    .call(axisBottom<number>(x).ticks(ticks).tickFormat(formatTick).tickSize(4));
  svg
    .append('g')
    .attr('class', 'axis grid')
    .attr('transform', `translate(${M.left},0)`)
    .call(
      axisLeft<number>(y)
        .ticks(Math.max(3, room.height / 40))
        .tickFormat(formatTick)
        .tickSize(-(room.width - M.right - M.left))
        .tickPadding(6),
    );
}

/** Name of the time axis. */
export const timeName = (app: App): string =>
  app.unit.name === 'frame' ? 'frames' : `time, ${app.unit.name}`;
