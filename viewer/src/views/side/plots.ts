import { effect } from '@preact/signals-core';
import { axisBottom, axisLeft, bin, line, max, type ScaleLinear, scaleLinear, select } from 'd3';
import type { App } from '../../app.ts';
import { formatSpan } from '../../data/units.ts';
import { h } from '../../dom.ts';
import { onTab } from './onTab.ts';

const [WIDTH, HEIGHT] = [256, 86];
const M = { top: 6, right: 8, bottom: 20, left: 30 };
const RIGHT = WIDTH - M.right;
const BOTTOM = HEIGHT - M.bottom;

type Svg = ReturnType<typeof chart>;

/** Cells over time, divisions per hour and cell-cycle lengths. */
export function createPlots(app: App): HTMLElement {
  const drawings: ((app: App, figure: HTMLElement) => (() => void) | null)[] = [
    drawCounts,
    drawRate,
    drawCycles,
  ];
  const figures = drawings.map((draw) => {
    const figure = h('figure', {});
    onTab(app, 'plots', () => draw(app, figure));
    return figure;
  });
  return h('div', { class: 'plots' }, ...figures);
}

/** Puts a new chart with its title into the figure. */
function chart(title: string, figure: HTMLElement): { svg: ReturnType<typeof newSvg> } {
  const svg = newSvg(title);
  figure.replaceChildren(h('figcaption', {}, title), svg.node()!);
  return { svg };
}

function newSvg(title: string) {
  return select(document.createElementNS('http://www.w3.org/2000/svg', 'svg'))
    .attr('viewBox', `0 0 ${WIDTH} ${HEIGHT}`)
    .attr('role', 'img')
    .attr('aria-label', title);
}

function axes(svg: Svg['svg'], x: ScaleLinear<number, number>, y: ScaleLinear<number, number>): void {
  svg
    .append('g')
    .attr('class', 'axis')
    .attr('transform', `translate(0,${BOTTOM})`)
    .call(axisBottom(x).ticks(5).tickSize(4));
  svg
    .append('g')
    .attr('class', 'axis grid')
    .attr('transform', `translate(${M.left},0)`)
    .call(
      axisLeft(y)
        .ticks(3)
        .tickSize(-(RIGHT - M.left))
        .tickPadding(6),
    );
}

/** Name of the time axis. */
const timeName = (app: App): string => (app.unit.name === 'frame' ? 'frame' : `time, ${app.unit.name}`);

/** Clicking or dragging over a plot of time moves time; a line shows the frame until the answer is called. */
function linkTime(app: App, svg: Svg['svg'], x: ScaleLinear<number, number>): () => void {
  const now = svg.append('line').attr('class', 'now').attr('y1', M.top).attr('y2', BOTTOM);
  const end = effect(() => {
    const at = x(app.state.t.value * app.unit.perFrame);
    now.attr('x1', at).attr('x2', at);
  });
  const node = svg.node()!;
  const go = (event: PointerEvent): void => {
    const box = node.getBoundingClientRect();
    app.goTo(x.invert(((event.clientX - box.left) / box.width) * WIDTH) / app.unit.perFrame);
  };
  svg.classed('seek', true);
  node.addEventListener('pointerdown', (event) => {
    node.setPointerCapture(event.pointerId);
    go(event);
  });
  node.addEventListener('pointermove', (event) => {
    if (event.buttons === 1) go(event);
  });
  return end;
}

function drawCounts(app: App, figure: HTMLElement): () => void {
  app.version.value;
  const { frameStart, nFrames } = app.data;
  const counts = Array.from({ length: nFrames }, (_, t) => frameStart[t + 1]! - frameStart[t]!);
  const { svg } = chart(`Cells over ${timeName(app)}`, figure);
  const x = scaleLinear([0, Math.max(nFrames - 1, 1) * app.unit.perFrame], [M.left, RIGHT]);
  const y = scaleLinear([0, max(counts) || 1], [BOTTOM, M.top]).nice(4);
  axes(svg, x, y);
  const shape = line<number>(
    (_, t) => x(t * app.unit.perFrame),
    (n) => y(n),
  );
  svg.append('path').attr('class', 'curve').attr('d', shape(counts));
  return linkTime(app, svg, x);
}

function drawRate(app: App, figure: HTMLElement): () => void {
  app.version.value;
  const { divisions, nodes, nFrames } = app.data;
  const { unit } = app;
  const span = Math.max(nFrames - 1, 1) * unit.perFrame;
  const hours = unit.hours / unit.perFrame;
  const inHours = Number.isFinite(hours);
  const { svg } = chart(inHours ? 'Divisions per hour' : 'Divisions per frame', figure);
  const x = scaleLinear([0, span], [M.left, RIGHT]);
  const times = Array.from(divisions, (node) => nodes.t[node]! * unit.perFrame);
  const bins = bin()
    .domain([0, span])
    .thresholds(x.ticks(Math.min(24, nFrames)))(times);
  const rate = (b: (typeof bins)[number]): number =>
    b.length / Math.max((b.x1! - b.x0!) * (inHours ? hours : 1), Number.MIN_VALUE);
  const y = scaleLinear([0, max(bins, rate) || 1], [BOTTOM, M.top]).nice(4);
  axes(svg, x, y);
  svg
    .selectAll('.bar')
    .data(bins.filter((b) => b.length > 0))
    .join('rect')
    .attr('class', 'bar')
    .attr('x', (b) => x(b.x0!) + 0.5)
    .attr('width', (b) => Math.max(0.5, x(b.x1!) - x(b.x0!) - 1))
    .attr('y', (b) => y(rate(b)))
    .attr('height', (b) => BOTTOM - y(rate(b)));
  return linkTime(app, svg, x);
}

/** Histogram of complete cell cycles; a click goes to the next division with such a cycle. */
function drawCycles(app: App, figure: HTMLElement): null {
  const { unit, data } = app;
  const measures = app.measures.value;
  const cycles: { hours: number; node: number }[] = [];
  measures.cellCycle.forEach((frames, k) => {
    if (Number.isFinite(frames)) cycles.push({ hours: frames * unit.perFrame, node: data.divisions[k]! });
  });
  const name = `Cell cycle, ${unit.name === 'frame' ? 'frames' : unit.name}`;
  const { svg } = chart(name, figure);
  const middle = cycles.map((c) => c.hours).sort((a, b) => a - b)[Math.floor(cycles.length / 2)];
  const note =
    middle === undefined
      ? 'No cell is seen from its birth to its division.'
      : `n = ${cycles.length}, median ${formatSpan(middle / unit.perFrame, unit)}`;
  figure.replaceChildren(h('figcaption', {}, `${name} `, h('span', { class: 'muted' }, `· ${note}`)));
  if (middle === undefined) return null;
  figure.append(svg.node()!);
  const x = scaleLinear([0, max(cycles, (c) => c.hours)! * 1.05], [M.left, RIGHT]).nice();
  const bins = bin<(typeof cycles)[number], number>()
    .value((c) => c.hours)
    .domain(x.domain() as [number, number])
    .thresholds(x.ticks(24))(cycles);
  const y = scaleLinear([0, max(bins, (b) => b.length) || 1], [BOTTOM, M.top]).nice(4);
  axes(svg, x, y);
  svg
    .selectAll('.bar')
    .data(bins.filter((b) => b.length > 0))
    .join('rect')
    .attr('class', 'bar pick')
    .attr('x', (b) => x(b.x0!) + 0.5)
    .attr('width', (b) => Math.max(0.5, x(b.x1!) - x(b.x0!) - 1))
    .attr('y', (b) => y(b.length))
    .attr('height', (b) => BOTTOM - y(b.length))
    .on('click', (_, b) => {
      const nodes = b.map((c) => c.node);
      const next = nodes.find((node) => node > app.state.event.peek()) ?? nodes[0]!;
      app.select(next, { go: true });
    })
    .append('title')
    .text((b) => `${b.length} between ${b.x0} and ${b.x1} ${unit.name}`);
  return null;
}
