import { bin, max, scaleLinear } from 'd3';
import type { App } from '../../app.ts';
import { type Cycle, findCycles, medianCycle } from '../../data/cycles.ts';
import { formatSpan } from '../../data/units.ts';
import { h } from '../../dom.ts';
import { axes, BOTTOM, chart, M, RIGHT } from './chart.ts';

/**
 * Histogram of cell cycles: complete ones, and above them, pale, cells that were only followed so long. A click goes to
 * the next such cell. The median counts both (Kaplan and Meier).
 */
export function drawCycles(app: App, figure: HTMLElement): null {
  app.version.value;
  const { unit, data } = app;
  const cycles = findCycles(data);
  const name = `Cell cycle, ${unit.name === 'frame' ? 'frames' : unit.name}`;
  const complete = cycles.filter((c) => c.complete).length;
  const median = medianCycle(cycles);
  const half = Number.isNaN(median) ? 'less than half divide' : `median ${formatSpan(median, unit)}`;
  const note =
    cycles.length === 0
      ? 'No cell is born in this movie.'
      : `${complete} complete, ${cycles.length - complete} cut short, ${half}`;
  const { svg } = chart(name, figure);
  figure.replaceChildren(h('figcaption', {}, `${name} `, h('span', { class: 'muted' }, `· ${note}`)));
  if (cycles.length === 0) return null;
  figure.append(svg.node()!);
  const span = (c: Cycle): number => c.frames * unit.perFrame;
  const x = scaleLinear([0, max(cycles, span)! * 1.05 || 1], [M.left, RIGHT]).nice();
  const bins = bin<Cycle, number>()
    .value(span)
    .domain(x.domain() as [number, number])
    .thresholds(x.ticks(24))(cycles);
  const y = scaleLinear([0, max(bins, (b) => b.length) || 1], [BOTTOM, M.top]).nice(4);
  axes(svg, x, y);
  const bars = bins.flatMap((b) => {
    const [done, cut] = [b.filter((c) => c.complete), b.filter((c) => !c.complete)];
    const place = { x0: b.x0!, x1: b.x1! };
    return [
      { ...place, cycles: done, low: 0, what: 'complete' },
      { ...place, cycles: cut, low: done.length, what: 'followed so long, then cut short' },
    ].filter((bar) => bar.cycles.length > 0);
  });
  svg
    .selectAll('.bar')
    .data(bars)
    .join('rect')
    .attr('class', (bar) => `bar pick${bar.what === 'complete' ? '' : ' cut-short'}`)
    .attr('x', (bar) => x(bar.x0) + 0.5)
    .attr('width', (bar) => Math.max(0.5, x(bar.x1) - x(bar.x0) - 1))
    .attr('y', (bar) => y(bar.low + bar.cycles.length))
    .attr('height', (bar) => y(bar.low) - y(bar.low + bar.cycles.length))
    .on('click', (_, bar) => {
      const nodes = bar.cycles.map((c) => c.node).sort((a, b) => a - b);
      const next = nodes.find((node) => node > app.state.selected.peek()) ?? nodes[0]!;
      app.select(next, { go: true });
    })
    .append('title')
    .text((bar) => `${bar.cycles.length} between ${bar.x0} and ${bar.x1} ${unit.name}, ${bar.what}`);
  return null;
}
