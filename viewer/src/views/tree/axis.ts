import { axisBottom, axisLeft, range, scaleLinear, select } from 'd3';
import { formatCount, type TimeUnit } from '../../data/units.ts';
import type { AxisName } from '../../layout/treeAxis.ts';
import type { TreePose } from './view.ts';

/**
 * Axis of the tree's time, or of its generations, as SVG beside the canvas.
 *
 * @param last the last frame: there are no times after it
 */
export function drawAxis(
  svg: SVGSVGElement,
  pose: TreePose,
  unit: TimeUnit,
  name: AxisName,
  last: number,
): void {
  const { down, margins, width, height, view } = pose;
  const per = name === 'time' ? unit.perFrame : 1;
  const scale = scaleLinear()
    .domain([view.v0 * per, view.v1 * per])
    .range(down ? [margins.top, height - margins.bottom] : [margins.left, width - margins.right]);
  const room = down ? height - margins.top - margins.bottom : width - margins.left - margins.right;
  const ticks = Math.max(2, Math.min(12, room / (!down ? 80 : name === 'time' ? 34 : 18)));
  const axis = (down ? axisLeft(scale) : axisBottom(scale)).ticks(ticks).tickSize(4).tickPadding(5);
  if (name === 'time' && unit.name === 'frame') axis.tickFormat((at) => formatCount(Number(at)));
  if (name === 'generation') {
    // A generation is written in the middle of its room.
    const every = Math.max(1, Math.ceil((view.v1 - view.v0) / ticks));
    const first = Math.max(0, Math.floor(view.v0));
    const all = range(first - (first % every), view.v1, every).map((g) => g + 0.5);
    axis
      .tickValues(all.filter((at) => at >= view.v0 && at <= view.v1))
      .tickFormat((at) => String(Math.floor(Number(at))));
  }
  const g = select(svg).attr('width', width).attr('height', height).select<SVGGElement>('g');
  // The other axis leaves its attributes on the ticks.
  if (g.attr('data-down') !== String(down)) g.attr('data-down', String(down)).selectAll('*').remove();
  g.attr(
    'transform',
    down ? `translate(${margins.left - 6},0)` : `translate(0,${height - margins.bottom + 4})`,
  ).call(axis);
  // Times before and after the movie are no times, and parts of a frame no frames.
  const end = name === 'time' ? last * unit.perFrame * (1 + 1e-9) : Number.POSITIVE_INFINITY;
  g.selectAll<SVGGElement, number>('.tick').style('display', (d) =>
    d < 0 || d > end || (name === 'time' && unit.name === 'frame' && d % 1 !== 0) ? 'none' : null,
  );
}
