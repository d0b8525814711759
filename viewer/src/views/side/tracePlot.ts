import { extent, line, scaleLinear } from 'd3';
import type { App } from '../../app.ts';
import { rootOf } from '../../data/branches.ts';
import { h } from '../../dom.ts';
import { branchColour, css } from '../../image/palette.ts';
import { axes, BOTTOM, chart, linkTime, M, RIGHT, timeName } from './chart.ts';

/** Branches drawn at most; larger lineages show the selected cell and its nearest kin first. */
const MOST = 60;

/** Size of the cells of the selected lineage over time, one line a track; the selected track is strong. */
export function drawTraces(app: App, figure: HTMLElement): (() => void) | null {
  app.version.value;
  const { data, unit } = app;
  const { branches, nodes } = data;
  const selected = app.branch.value;
  const flat = data.info.run.movie.ndim === 2;
  const name = `${flat ? 'Area, µm²' : 'Volume, µm³'} over ${timeName(app)}`;
  const shown = selected < 0 ? [] : kin(app, selected);
  const values = shown.flatMap((b) => rows(app, b).map((i) => nodes.size[i]!)).filter((v) => v > 0);
  const note =
    selected < 0
      ? 'select a cell'
      : values.length === 0
        ? 'sizes are not known'
        : `lineage ${branches.lineage[selected]}`;
  const { svg } = chart(name, figure);
  figure.replaceChildren(h('figcaption', {}, `${name} `, h('span', { class: 'muted' }, `· ${note}`)));
  if (values.length === 0) return null;
  figure.append(svg.node()!);
  const x = scaleLinear([0, Math.max(data.nFrames - 1, 1) * unit.perFrame], [M.left, RIGHT]);
  const y = scaleLinear([0, extent(values)[1]!], [BOTTOM, M.top]).nice(4);
  axes(svg, x, y);
  const shape = line<number>(
    (i) => x(nodes.t[i]! * unit.perFrame),
    (i) => y(nodes.size[i]!),
  ).defined((i) => nodes.size[i]! > 0);
  svg
    .selectAll('.trace')
    .data(shown)
    .join('path')
    .attr('class', (b) => (b === selected ? 'trace is-selected' : 'trace'))
    .attr('stroke', (b) => css(branchColour(app.colours.value, b, 'tracklet', app.state.light.value)))
    .attr('d', (b) => shape(rows(app, b)))
    .append('title')
    .text((b) => `track ${b + 1}`);
  return linkTime(app, svg, x);
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
