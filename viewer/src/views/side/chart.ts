import { axisBottom, axisLeft, type ScaleLinear, select } from 'd3';
import type { App } from '../../app.ts';
import { h } from '../../dom.ts';

/** Size of a chart, CSS pixels before it is scaled. */
export interface Room {
  width: number;
  height: number;
}

/** Size of a chart among others, and the margins of every chart. */
export const SMALL: Room = { width: 256, height: 86 };
export const M = { top: 6, right: 8, bottom: 20, left: 30 };
export const RIGHT = SMALL.width - M.right;
export const BOTTOM = SMALL.height - M.bottom;

export type Svg = ReturnType<typeof chart>;

/** Puts a new chart with its title into the figure. */
export function chart(title: string, figure: HTMLElement, room = SMALL): { svg: ReturnType<typeof newSvg> } {
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
  ticks = 5,
  room = SMALL,
): void {
  svg
    .append('g')
    .attr('class', 'axis')
    .attr('transform', `translate(0,${room.height - M.bottom})`)
    .call(axisBottom(x).ticks(ticks).tickSize(4));
  svg
    .append('g')
    .attr('class', 'axis grid')
    .attr('transform', `translate(${M.left},0)`)
    .call(
      axisLeft(y)
        .ticks(Math.max(3, room.height / 40))
        .tickSize(-(room.width - M.right - M.left))
        .tickPadding(6),
    );
}

/** Name of the time axis. */
export const timeName = (app: App): string =>
  app.unit.name === 'frame' ? 'frames' : `time, ${app.unit.name}`;
