import { signal } from '@preact/signals-core';
import { bin, line, max, scaleLinear } from 'd3';
import type { App } from '../../app.ts';
import { h } from '../../dom.ts';
import { axes, chart, ends, M, type Room, roomIn, timeName } from './chart.ts';
import { createCycleChoice, drawCycles } from './cyclePlot.ts';
import { onTab } from './onTab.ts';
import { drawGenerations, drawSisters } from './scatterPlots.ts';
import { linkTime } from './timeLink.ts';
import { createTraceChoice, drawTraces } from './tracePlot.ts';

/** Width of a chart before the page is laid out, CSS pixels. */
const USUAL = 256;

/** Cells over time, divisions per hour (minute, frame), cell cycles in three ways, and what is measured of the selected lineage. */
export function createPlots(app: App): HTMLElement {
  const [cycles, traces] = [createCycleChoice(), createTraceChoice(app)];
  const drawings: {
    draw(figure: HTMLElement, room: Room): (() => void) | null;
    controls?: HTMLElement;
  }[] = [
    { draw: (figure, room) => drawCounts(app, figure, room) },
    { draw: (figure, room) => drawRate(app, figure, room) },
    { draw: (figure, room) => drawCycles(app, figure, cycles, room), controls: cycles.controls },
    { draw: (figure, room) => drawTraces(app, figure, traces, room), controls: traces.controls },
    { draw: (figure, room) => drawGenerations(app, figure, room) },
    { draw: (figure, room) => drawSisters(app, figure, room) },
  ];
  const width = signal(USUAL);
  const plots = drawings.map(({ draw, controls }) => {
    const figure = h('figure', {});
    onTab(app, 'plots', () => draw(figure, roomIn(width.value)));
    return h('div', { class: 'plot' }, figure, controls ?? null);
  });
  new ResizeObserver(([entry]) => {
    const seen = Math.floor(entry!.contentRect.width);
    // A hidden panel has no width.
    if (seen > 0) width.value = seen;
  }).observe(plots[0]!);
  return h('div', { class: 'plots' }, ...plots);
}

function drawCounts(app: App, figure: HTMLElement, room: Room): () => void {
  app.version.value;
  const { frameStart, nFrames } = app.data;
  const counts = Array.from({ length: nFrames }, (_, t) => frameStart[t + 1]! - frameStart[t]!);
  const { svg } = chart(`Cells over ${timeName(app)}`, figure, room);
  const { right, bottom } = ends(room);
  const x = scaleLinear([0, Math.max(nFrames - 1, 1) * app.unit.perFrame], [M.left, right]);
  const y = scaleLinear([0, max(counts) || 1], [bottom, M.top]).nice(4);
  axes(svg, x, y, room);
  const shape = line<number>(
    (_, t) => x(t * app.unit.perFrame),
    (n) => y(n),
  );
  const kept = app.kept.value;
  svg
    .append('path')
    .attr('class', kept === null ? 'curve' : 'curve left-out')
    .attr('d', shape(counts));
  if (kept !== null) {
    const of = counts.map((n, t) => {
      let passed = 0;
      for (let i = frameStart[t]!; i < frameStart[t]! + n; i++) if (kept.has(i)) passed++;
      return passed;
    });
    svg.append('path').attr('class', 'curve').attr('d', shape(of));
  }
  return linkTime(app, svg, x, room);
}

function drawRate(app: App, figure: HTMLElement, room: Room): () => void {
  app.version.value;
  const { divisions, nodes, nFrames } = app.data;
  const { unit } = app;
  const span = Math.max(nFrames - 1, 1) * unit.perFrame;
  // A movie of minutes has no hours to count by.
  const per = unit.name === 'frame' ? 'frame' : unit.name === 'h' ? 'hour' : 'minute';
  const counted = per === 'frame' ? 1 : (unit.hours / unit.perFrame) * (per === 'hour' ? 1 : 60);
  const { svg } = chart(`Divisions per ${per}`, figure, room);
  const { right, bottom } = ends(room);
  const x = scaleLinear([0, span], [M.left, right]);
  const kept = app.kept.value;
  const binned = bin<number, number>()
    .value((node) => nodes.t[node]! * unit.perFrame)
    .domain([0, span])
    .thresholds(x.ticks(Math.min(24, nFrames)));
  const bins = binned(Array.from(divisions));
  const rate = (b: (typeof bins)[number]): number =>
    b.length / Math.max((b.x1! - b.x0!) * counted, Number.MIN_VALUE);
  const y = scaleLinear([0, max(bins, rate) || 1], [bottom, M.top]).nice(4);
  axes(svg, x, y, room);
  const passed = kept === null ? [] : binned(Array.from(divisions).filter(kept.has));
  svg
    .selectAll('.bar')
    .data([...bins, ...passed].filter((b) => b.length > 0))
    .join('rect')
    .attr('class', (b) => (kept !== null && bins.includes(b) ? 'bar left-out' : 'bar'))
    .attr('x', (b) => x(b.x0!) + 0.5)
    .attr('width', (b) => Math.max(0.5, x(b.x1!) - x(b.x0!) - 1))
    .attr('y', (b) => y(rate(b)))
    .attr('height', (b) => bottom - y(rate(b)));
  return linkTime(app, svg, x, room);
}
