import { range, scaleLinear } from 'd3';
import { formatCount, type TimeUnit } from '../../data/units.ts';
import { TICK, type Tick } from '../../layout/ticks.ts';
import type { AxisName } from '../../layout/treeAxis.ts';
import type { TreeInk } from './ink.ts';
import type { TreePose } from './view.ts';

/**
 * Ticks of the tree's time, or of its generations.
 *
 * @param last the last frame: there are no times after it
 */
export function ticksOf(pose: TreePose, unit: TimeUnit, name: AxisName, last: number): Tick[] {
  const { down, margins, width, height, view } = pose;
  const per = name === 'time' ? unit.perFrame : 1;
  const scale = scaleLinear()
    .domain([view.v0 * per, view.v1 * per])
    .range(down ? [margins.top, height - margins.bottom] : [margins.left, width - margins.right]);
  const room = down ? height - margins.top - margins.bottom : width - margins.left - margins.right;
  const most = Math.max(2, Math.min(12, room / (!down ? 80 : name === 'time' ? 34 : 18)));
  const frames = name === 'time' && unit.name === 'frame';
  const times = scale.tickFormat(most);
  const write = (at: number): string =>
    name === 'generation' ? String(Math.floor(at)) : frames ? formatCount(at) : times(at);
  // Times before and after the movie are no times, and parts of a frame no frames.
  const end = last * unit.perFrame * (1 + 1e-9);
  const isTime = (at: number): boolean => at >= 0 && at <= end && !(frames && at % 1 !== 0);
  const all = name === 'time' ? scale.ticks(most).filter(isTime) : generations(view, most);
  return all.map((at) => {
    // In the middle of a pixel: sharp.
    const along = Math.round(scale(at)) + 0.5;
    const text = write(at);
    return down
      ? { x: margins.left - 6, y: along, text }
      : { x: along, y: height - margins.bottom + 4, text };
  });
}

/** Generations in view, `most` or so: each is written in the middle of its room. */
function generations({ v0, v1 }: TreePose['view'], most: number): number[] {
  const every = Math.max(1, Math.ceil((v1 - v0) / most));
  const first = Math.max(0, Math.floor(v0));
  const all = range(first - (first % every), v1, every).map((g) => g + 0.5);
  return all.filter((at) => at >= v0 && at <= v1);
}

/** Draws ticks. On the canvas: elements of the page are styled, laid out and painted anew for every turn of the wheel. */
export function drawAxis({ pose: { down }, context, theme }: TreeInk, ticks: readonly Tick[]): void {
  context.font = '11px ui-sans-serif, system-ui, sans-serif';
  context.fillStyle = theme.text;
  context.strokeStyle = theme.tick;
  context.lineWidth = 1;
  context.textAlign = down ? 'end' : 'center';
  context.textBaseline = 'alphabetic';
  context.beginPath();
  for (const { x, y, text } of ticks) {
    context.moveTo(x, y);
    context.lineTo(down ? x - TICK.line : x, down ? y : y + TICK.line);
    context.fillText(text, down ? x - TICK.beside : x, y + (down ? TICK.base : TICK.under));
  }
  context.stroke();
  context.textAlign = 'start';
}
