import { max, type ScaleLinear, scaleLinear } from 'd3';
import type { App } from '../../app.ts';
import { type Cycle, correlation, findCycles, sisterPairs } from '../../data/cycles.ts';
import { h, toMiddle } from '../../dom.ts';
import { axes, chart, ends, M, type Room, ticksIn } from './chart.ts';
import { brushRange, type Ranged } from './rangeBrush.ts';

/** A dot: where it is, which cell a click on it selects, and what it says. */
interface Dot {
  x: number;
  y: number;
  node: number;
  text: string;
  /** Does the filter leave it out? */
  out: boolean;
}

/** Complete cycles of sisters against each other. */
export function drawSisters(app: App, figure: HTMLElement, room: Room): null {
  app.version.value;
  const { unit } = app;
  const length = (c: Cycle): number => c.frames * unit.perFrame;
  const pairs = sisterPairs(findCycles(app.data), app.data);
  const passed = pairs.filter(([a, b]) => !isOut(app, a) && !isOut(app, b));
  const r = correlation(passed.map(([a, b]) => [length(a), length(b)] as const));
  const most = max(pairs.flat(), length) ?? 0;
  const dots = pairs.map(([a, b]) => ({
    x: length(a),
    y: length(b),
    node: a.node,
    text: `tracks ${a.branch + 1} and ${b.branch + 1}`,
    out: isOut(app, a) || isOut(app, b),
  }));
  const said = `${passed.length} pairs${Number.isNaN(r) ? '' : `, correlation ${r.toFixed(2)}`}`;
  const title = `Cycles of sisters, ${unitName(app)}`;
  drawDots(app, figure, room, title, said, dots, [most, most], 5, true, (x, y) => [
    { key: 'cycle', scale: x, step: unit.perFrame },
    { key: 'sister_cycle', scale: y, step: unit.perFrame },
  ]);
  return null;
}

/** Complete cycles by generation. */
export function drawGenerations(app: App, figure: HTMLElement, room: Room): null {
  app.version.value;
  const { unit, data } = app;
  const cycles = findCycles(data).filter((c) => c.complete);
  const { generation } = data.branches;
  const dots = cycles.map((c) => ({
    // Spread by the track's number, so that equal ones do not hide each other.
    x: generation[c.branch]! + (((c.branch * 0.618) % 1) - 0.5) * 0.5,
    y: c.frames * unit.perFrame,
    node: c.node,
    text: `track ${c.branch + 1}, generation ${generation[c.branch]}`,
    out: isOut(app, c),
  }));
  const last = max(cycles, (c) => generation[c.branch]!) ?? 0;
  const most = max(dots, (dot) => dot.y) ?? 0;
  const title = `Cell cycle, ${unitName(app)}, by generation`;
  const passed = dots.filter((dot) => !dot.out).length;
  drawDots(app, figure, room, title, `${passed} complete`, dots, [last + 0.5, most], last, false, (x, y) => [
    { key: 'generation', scale: x, step: 1 },
    { key: 'cycle', scale: y, step: unit.perFrame },
  ]);
  return null;
}

type Scale = ScaleLinear<number, number>;

const isOut = (app: App, { branch }: Cycle): boolean => app.kept.value?.branches[branch] === 0;

const unitName = ({ unit }: App): string => (unit.name === 'frame' ? 'frames' : unit.name);

function drawDots(
  app: App,
  figure: HTMLElement,
  room: Room,
  title: string,
  note: string,
  dots: readonly Dot[],
  [mostX, mostY]: readonly [number, number],
  ticks: number,
  diagonal: boolean,
  ranged: (x: Scale, y: Scale) => [Ranged, Ranged],
): void {
  const { svg } = chart(title, figure, room);
  const { right, bottom } = ends(room);
  const words = dots.length === 0 ? 'no complete ones' : note;
  figure.replaceChildren(h('figcaption', {}, `${title} `, h('span', { class: 'muted' }, `· ${words}`)));
  if (dots.length === 0) return;
  figure.append(svg.node()!);
  const x = scaleLinear([0, mostX * 1.04 || 1], [M.left, right]);
  const y = scaleLinear([0, mostY * 1.04 || 1], [bottom, M.top]);
  axes(svg, x, y, room, Math.min(ticksIn(room), Math.max(1, ticks)));
  // On it both are equal.
  if (diagonal)
    svg
      .append('path')
      .attr('class', 'diagonal')
      .attr('d', `M${x(0)},${y(0)}L${x(mostX)},${y(mostY)}`);
  svg
    .selectAll('.dot')
    .data([...dots].sort((a, b) => Number(b.out) - Number(a.out)))
    .join('circle')
    .attr('class', (dot) => (dot.out ? 'dot left-out' : 'dot'))
    .attr('cx', (dot) => x(dot.x))
    .attr('cy', (dot) => y(dot.y))
    .attr('r', 2.4)
    .on('click', (event: MouseEvent, dot) => app.select(dot.node, { go: true, centre: toMiddle(event) }))
    .append('title')
    .text((dot) => dot.text);
  brushRange(app, svg, ...ranged(x, y), room);
}
