import { axisBottom, axisLeft, scaleLinear, select } from 'd3';
import type { TimeUnit } from '../../data/units.ts';
import type { TreePose } from './view.ts';

/** Time axis of the tree, as SVG beside the canvas. */
export function drawAxis(svg: SVGSVGElement, pose: TreePose, unit: TimeUnit): void {
  const { down, margins, width, height, view } = pose;
  const scale = scaleLinear()
    .domain([view.v0 * unit.perFrame, view.v1 * unit.perFrame])
    .range(down ? [margins.top, height - margins.bottom] : [margins.left, width - margins.right]);
  const room = down ? height - margins.top - margins.bottom : width - margins.left - margins.right;
  const ticks = Math.max(2, Math.min(12, room / (down ? 34 : 80)));
  const axis = (down ? axisLeft(scale) : axisBottom(scale)).ticks(ticks).tickSize(4).tickPadding(5);
  const g = select(svg).attr('width', width).attr('height', height).select<SVGGElement>('g');
  // The other axis leaves its attributes on the ticks.
  if (g.attr('data-down') !== String(down)) g.attr('data-down', String(down)).selectAll('*').remove();
  g.attr(
    'transform',
    down ? `translate(${margins.left - 6},0)` : `translate(0,${height - margins.bottom + 4})`,
  ).call(axis);
  // Times before the movie are no times, and parts of a frame no frames.
  g.selectAll<SVGGElement, number>('.tick').style('display', (d) =>
    d < 0 || (unit.name === 'frame' && d % 1 !== 0) ? 'none' : null,
  );
}
