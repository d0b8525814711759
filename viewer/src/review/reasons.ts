import type { App } from '../app.ts';
import { formatNumber, formatSpan } from '../data/units.ts';
import { chanceText } from './chances.ts';
import { successors } from './events.ts';
import type { ReviewItem } from './items.ts';
import { cycleOf, stepOf, type Usual } from './usual.ts';

const percent = (p: number): string => `${Math.round(100 * p)} %`;

/** Why an item is in the list, in words; the weightiest first. */
export function reasonsOf(app: App, usual: Usual, item: ReviewItem): string[] {
  const { data } = app;
  const { nodes } = data;
  const out: string[] = [];
  const [a, b] = successors(data, item.node);
  if (item.kind === 'division') {
    const cycle = cycleOf(data, item.node);
    const far = Math.abs(cycle - usual.cycle) > Math.max(2.5 * usual.spread, 2);
    if (item.alert || far) {
      const text = `cycle ${formatSpan(cycle, app.unit)}, usual ${formatSpan(usual.cycle, app.unit)}`;
      out.push(item.alert ? `${text}: cannot be` : text);
    }
    const [parent, one, two] = [item.node, a!, b!].map((i) => nodes.size[i]!) as [number, number, number];
    const ratio = Math.max(one, two) / Math.min(one, two);
    if (ratio > 1.8) out.push(`daughters 1 : ${formatNumber(ratio, 2)}`);
    const sum = (one + two) / parent;
    if (sum > 2.2) out.push(`daughters ${formatNumber(sum, 2)} × P`);
  }
  if (item.kind === 'link') {
    const step = stepOf(data, a!);
    const skipped = nodes.t[a!]! - nodes.t[item.node]! - 1;
    if (skipped > 0) out.push(`over ${skipped} ${skipped === 1 ? 'frame' : 'frames'} without the cell`);
    if (step > 2.5 * usual.step)
      out.push(`a step of ${formatNumber(step, 2)} µm, usual ${formatNumber(usual.step, 2)}`);
    const ratio = nodes.size[a!]! / nodes.size[item.node]!;
    if (ratio > 1.6 || ratio < 0.6) out.push(`size changes to ${percent(ratio)}`);
  }
  if (item.kind === 'appearance') {
    out.push(nodes.childA[item.node]! < 0 ? 'seen in one frame only' : 'begins in mid-picture');
  }
  if (item.kind === 'disappearance') out.push('ends in mid-picture');
  return out;
}

/** How sure the linker is of an item, in words. */
export const sureText = (item: ReviewItem): string => `${chanceText(1 - item.wrong)} sure`;
