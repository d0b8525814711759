import { bin, line, max, scaleLinear } from 'd3';
import type { App } from '../../app.ts';
import { h } from '../../dom.ts';
import { axes, BOTTOM, chart, M, RIGHT, timeName } from './chart.ts';
import { createCycleChoice, drawCycles } from './cyclePlot.ts';
import { onTab } from './onTab.ts';
import { drawGenerations, drawSisters } from './scatterPlots.ts';
import { linkTime } from './timeLink.ts';
import { createTraceChoice, drawTraces } from './tracePlot.ts';

/** Cells over time, divisions per hour, cell cycles in three ways, and what is measured of the selected lineage. */
export function createPlots(app: App): HTMLElement {
  const [cycles, traces] = [createCycleChoice(), createTraceChoice(app)];
  const drawings: { draw(figure: HTMLElement): (() => void) | null; controls?: HTMLElement }[] = [
    { draw: (figure) => drawCounts(app, figure) },
    { draw: (figure) => drawRate(app, figure) },
    { draw: (figure) => drawCycles(app, figure, cycles), controls: cycles.controls },
    { draw: (figure) => drawTraces(app, figure, traces), controls: traces.controls },
    { draw: (figure) => drawGenerations(app, figure) },
    { draw: (figure) => drawSisters(app, figure) },
  ];
  const plots = drawings.map(({ draw, controls }) => {
    const figure = h('figure', {});
    onTab(app, 'plots', () => draw(figure));
    return h('div', { class: 'plot' }, figure, controls ?? null);
  });
  return h('div', { class: 'plots' }, ...plots);
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
  const kept = app.kept.value;
  const binned = bin<number, number>()
    .value((node) => nodes.t[node]! * unit.perFrame)
    .domain([0, span])
    .thresholds(x.ticks(Math.min(24, nFrames)));
  const bins = binned(Array.from(divisions));
  const rate = (b: (typeof bins)[number]): number =>
    b.length / Math.max((b.x1! - b.x0!) * (inHours ? hours : 1), Number.MIN_VALUE);
  const y = scaleLinear([0, max(bins, rate) || 1], [BOTTOM, M.top]).nice(4);
  axes(svg, x, y);
  const passed = kept === null ? [] : binned(Array.from(divisions).filter(kept.has));
  svg
    .selectAll('.bar')
    .data([...bins, ...passed].filter((b) => b.length > 0))
    .join('rect')
    .attr('class', (b) => (kept !== null && bins.includes(b) ? 'bar left-out' : 'bar'))
    .attr('x', (b) => x(b.x0!) + 0.5)
    .attr('width', (b) => Math.max(0.5, x(b.x1!) - x(b.x0!) - 1))
    .attr('y', (b) => y(rate(b)))
    .attr('height', (b) => BOTTOM - y(rate(b)));
  return linkTime(app, svg, x);
}
