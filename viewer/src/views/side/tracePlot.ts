import { type Signal, signal } from '@preact/signals-core';
import { extent, line, scaleLinear } from 'd3';
import type { App } from '../../app.ts';
import { firstNode, nodeAt, rootOf } from '../../data/branches.ts';
import { featuresOf } from '../../data/features.ts';
import { h } from '../../dom.ts';
import { branchColour, css } from '../../image/palette.ts';
import { axes, chart, ends, M, type Room, timeName } from './chart.ts';
import { linkTime } from './timeLink.ts';

/** Branches drawn at most; larger lineages show the selected cell and its nearest kin first. */
const MOST = 60;
/** Cells that are asked whether a measure is known. */
const SAMPLE = 2000;

/** What is traced, along the movie's time or from each cell's birth, and the controls that say so. */
export interface TraceChoice {
  feature: Signal<number>;
  fromBirth: Signal<boolean>;
  controls: HTMLElement;
}

export function createTraceChoice(app: App): TraceChoice {
  const features = featuresOf(app.data, app.unit);
  // What is not known of any of some cells is not shown first.
  const { count } = app.data.nodes;
  const every = Math.max(1, Math.floor(count / SAMPLE));
  const some = Array.from({ length: Math.min(count, SAMPLE) }, (_, k) => k * every);
  const first = features.findIndex(({ of }) => some.some((i) => of(i) >= 0));
  const [feature, fromBirth] = [signal(Math.max(0, first)), signal(false)];
  const list = h('select', {
    class: 'select',
    'aria-label': 'What is traced',
    onchange: () => (feature.value = Number(list.value)),
  });
  list.append(...features.map(({ name }, k) => h('option', { value: k }, name)));
  list.value = String(feature.peek());
  const title = 'Every cell from its own birth, so that cycles lie over each other';
  const button = h(
    'button',
    { type: 'button', class: 'choice', 'aria-pressed': 'false', title },
    'From birth',
  );
  button.addEventListener('click', () => {
    fromBirth.value = !fromBirth.peek();
    button.setAttribute('aria-pressed', String(fromBirth.peek()));
  });
  return { feature, fromBirth, controls: h('div', { class: 'choices' }, list, button) };
}

/** A measure of the cells of the selected lineage, one line a track; the selected track is strong. */
export function drawTraces(
  app: App,
  figure: HTMLElement,
  { feature, fromBirth }: TraceChoice,
  room: Room,
): (() => void) | null {
  app.version.value;
  const { data, unit } = app;
  const { branches, nodes } = data;
  const selected = app.branch.value;
  const { name, of } = featuresOf(app.data, app.unit)[feature.value]!;
  const aligned = fromBirth.value;
  const title = aligned ? `${name} over age, ${unit.name}` : `${name} over ${timeName(app)}`;
  const shown = selected < 0 ? [] : kin(app, selected);
  const values = shown.flatMap((b) => rows(app, b).map(of)).filter((v) => v >= 0);
  const note =
    selected < 0
      ? 'select a cell'
      : values.length === 0
        ? 'not known'
        : `lineage ${branches.lineage[selected]}`;
  const { svg } = chart(title, figure, room);
  const { right, bottom } = ends(room);
  figure.replaceChildren(h('figcaption', {}, `${title} `, h('span', { class: 'muted' }, `· ${note}`)));
  if (values.length === 0) return null;
  figure.append(svg.node()!);
  const ages = shown.map((b) => branches.t1[b]! - branches.t0[b]!);
  const frames = aligned ? Math.max(...ages, 1) : Math.max(data.nFrames - 1, 1);
  const x = scaleLinear([0, frames * unit.perFrame], [M.left, right]);
  const y = scaleLinear([0, extent(values)[1] || 1], [bottom, M.top]).nice(4);
  axes(svg, x, y, room);
  const shape = line<number>(
    (i) => x((nodes.t[i]! - (aligned ? branches.t0[nodes.tracklet[i]! - 1]! : 0)) * unit.perFrame),
    (i) => y(of(i)),
  ).defined((i) => of(i) >= 0);
  svg
    .selectAll('.trace')
    .data(shown)
    .join('path')
    .attr('class', (b) => (b === selected ? 'trace is-selected' : 'trace'))
    .attr('stroke', (b) => css(branchColour(app.colours.value, b, 'tracklet', app.state.light.value)))
    .attr('d', (b) => shape(rows(app, b)))
    .on('click', (event: MouseEvent, b) => {
      event.stopPropagation();
      app.select(nodeAtTime(app, b), { go: true });
    })
    .append('title')
    .text((b) => `track ${b + 1}`);
  return aligned ? null : linkTime(app, svg, x, room);
}

/** Node of a branch in the frame shown, or its first. */
function nodeAtTime({ data: { branches, nodes }, state }: App, b: number): number {
  const here = nodeAt(branches, nodes, b, state.t.peek());
  return here >= 0 ? here : firstNode(branches, b);
}

const rows = ({ data: { branches } }: App, b: number): number[] =>
  Array.from(branches.nodes.subarray(branches.start[b]!, branches.start[b + 1]!));

/** Branches of the lineage, breadth first from its founder, the selected one last so that it lies on top. */
function kin({ data: { branches } }: App, selected: number): number[] {
  const found = [rootOf(branches, selected)];
  for (let k = 0; k < found.length && found.length < MOST; k++) {
    const { childA, childB } = branches;
    for (const child of [childA[found[k]!]!, childB[found[k]!]!]) if (child >= 0) found.push(child);
  }
  return [...found.filter((b) => b !== selected), selected];
}
