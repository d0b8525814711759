import { type Signal, signal } from '@preact/signals-core';
import { bin, curveStepAfter, line, max, scaleLinear } from 'd3';
import type { App } from '../../app.ts';
import { type Cycle, findCycles, medianCycle, sureCycles, survival } from '../../data/cycles.ts';
import { formatUnits } from '../../data/units.ts';
import { h } from '../../dom.ts';
import { axes, chart, ends, M, type Room } from './chart.ts';
import { brushRange } from './rangeBrush.ts';

/** Least probability of links and divisions of a cycle that counts as sure. */
const SURE = 0.9;

/** What the plot of cell cycles shows, and the buttons that say so. */
export interface CycleChoice {
  sureOnly: Signal<boolean>;
  asCurve: Signal<boolean>;
  controls: HTMLElement;
}

/** The buttons under the plot of cell cycles. */
export function createCycleChoice(): CycleChoice {
  const [sureOnly, asCurve] = [signal(false), signal(false)];
  const toggle = (of: Signal<boolean>, text: string, title: string): HTMLElement => {
    const button = h('button', { type: 'button', class: 'choice', title, 'aria-pressed': 'false' }, text);
    button.addEventListener('click', () => {
      of.value = !of.peek();
      button.setAttribute('aria-pressed', String(of.peek()));
    });
    return button;
  };
  const controls = h(
    'div',
    { class: 'choices' },
    toggle(
      sureOnly,
      'Sure ones',
      `Only cycles whose links and divisions are each at least ${SURE * 100} % sure`,
    ),
    toggle(asCurve, 'Undivided', 'Share of cells that have not divided at an age (Kaplan and Meier)'),
  );
  return { sureOnly, asCurve, controls };
}

/**
 * Cell cycles as a histogram: complete ones, and above them, pale, cells that were only followed so long; a click goes to
 * the next such cell. Or as the share of cells not yet divided. The median counts both (Kaplan and Meier).
 */
export function drawCycles(
  app: App,
  figure: HTMLElement,
  { sureOnly, asCurve }: CycleChoice,
  room: Room,
): null {
  app.version.value;
  const { unit, data } = app;
  const every = findCycles(data);
  const kept = app.kept.value;
  const all = kept === null ? every : every.filter(({ branch }) => kept.branches[branch] === 1);
  const cycles = sureOnly.value ? sureCycles(all, data, app.measures.value, SURE) : all;
  const inUnits = unit.name === 'frame' ? 'frames' : unit.name;
  const name = `Cell cycle, ${inUnits}`;
  const complete = cycles.filter((c) => c.complete).length;
  const median = medianCycle(cycles);
  const half = Number.isNaN(median)
    ? 'less than half divide'
    : `median ${formatUnits(median * unit.perFrame, unit)}\u00a0${inUnits}`;
  const removed = all.length - cycles.length;
  const note =
    cycles.length === 0
      ? every.length === 0
        ? 'No cell is born in this movie.'
        : all.length === 0
          ? 'none passes the filter'
          : `none is sure, ${removed} left out`
      : `${complete} complete, ${cycles.length - complete} cut short${removed > 0 ? `, ${removed} left out` : ''}, ${half}`;
  const { svg } = chart(name, figure, room);
  figure.replaceChildren(h('figcaption', {}, `${name} `, h('span', { class: 'muted' }, `· ${note}`)));
  if (every.length === 0) return null;
  figure.append(svg.node()!);
  const span = (c: Cycle): number => c.frames * unit.perFrame;
  const x = scaleLinear([0, max(every, span)! * 1.05 || 1], [M.left, ends(room).right]).nice();
  if (asCurve.value) drawSurvival(app, svg, cycles, x, room);
  else drawBars(app, svg, cycles, kept === null ? [] : every, x, room);
  brushRange(app, svg, { key: 'cycle', scale: x, step: unit.perFrame }, null, room);
  return null;
}

type Svg = ReturnType<typeof chart>['svg'];
type Scale = ReturnType<typeof scaleLinear<number, number>>;

function drawSurvival({ unit }: App, svg: Svg, cycles: readonly Cycle[], x: Scale, room: Room): void {
  const y = scaleLinear([0, 1], [ends(room).bottom, M.top]);
  axes(svg, x, y, room);
  const steps = [{ frames: 0, undivided: 1 }, ...survival(cycles)];
  const last = { frames: max(cycles, (c) => c.frames) ?? 0, undivided: steps.at(-1)!.undivided };
  const shape = line<(typeof steps)[number]>(
    (s) => x(s.frames * unit.perFrame),
    (s) => y(s.undivided),
  ).curve(curveStepAfter);
  svg
    .append('path')
    .attr('class', 'curve')
    .attr('d', shape([...steps, last]));
  // A tick where a cell was followed no longer.
  const level = (frames: number): number => steps.findLast((s) => s.frames <= frames)!.undivided;
  svg
    .append('path')
    .attr('class', 'curve cut-mark')
    .attr(
      'd',
      cycles
        .filter((c) => !c.complete)
        .map((c) => `M${x(c.frames * unit.perFrame)},${y(level(c.frames)) - 3}v6`)
        .join(''),
    );
}

/** @param behind those that are shown pale behind the others, for what the filter leaves out */
function drawBars(
  app: App,
  svg: Svg,
  cycles: readonly Cycle[],
  behind: readonly Cycle[],
  x: Scale,
  room: Room,
): void {
  const { bottom } = ends(room);
  const { unit } = app;
  const binned = bin<Cycle, number>()
    .value((c) => c.frames * unit.perFrame)
    .domain(x.domain() as [number, number])
    .thresholds(x.ticks(24));
  const [bins, pale] = [binned([...cycles]), binned([...behind])];
  const y = scaleLinear([0, max([...bins, ...pale], (b) => b.length) || 1], [bottom, M.top]).nice(4);
  axes(svg, x, y, room);
  svg
    .selectAll('.left-out')
    .data(pale)
    .join('rect')
    .attr('class', 'bar left-out')
    .attr('x', (b) => x(b.x0!) + 0.5)
    .attr('width', (b) => Math.max(0.5, x(b.x1!) - x(b.x0!) - 1))
    .attr('y', (b) => y(b.length))
    .attr('height', (b) => bottom - y(b.length));
  const bars = bins.flatMap((b) => {
    const [done, cut] = [b.filter((c) => c.complete), b.filter((c) => !c.complete)];
    const place = { x0: b.x0!, x1: b.x1! };
    return [
      { ...place, cycles: done, low: 0, what: 'complete' },
      { ...place, cycles: cut, low: done.length, what: 'followed so long, then cut short' },
    ].filter((bar) => bar.cycles.length > 0);
  });
  svg
    .selectAll('.pick')
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
}
