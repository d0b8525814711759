import { effect } from '@preact/signals-core';
import { max } from 'd3';
import type { App } from '../../app.ts';
import { formatNumber } from '../../data/units.ts';
import { h } from '../../dom.ts';
import {
  css,
  featureNumber,
  generationColour,
  groupColour,
  measureColour,
  type Rgb,
  suspicionColour,
} from '../../image/palette.ts';

/** Generations and groups that are listed at most. */
const MOST = 9;
/** Colours of a bar. */
const STEPS = 12;

/** What the colours mean, over the movie, where they follow something that has an order or a name. */
export function createLegend(app: App): HTMLElement {
  const element = h('div', { class: 'legend', role: 'note', 'aria-label': 'What the colours mean' });
  const bar = (colour: (part: number) => Rgb): HTMLElement => {
    const one = h('span', { class: 'legend-bar', 'aria-hidden': 'true' });
    const stops = Array.from({ length: STEPS + 1 }, (_, k) => css(colour(k / STEPS)));
    one.style.background = `linear-gradient(to right, ${stops.join()})`;
    return one;
  };
  const swatch = (colour: Rgb, text: string): HTMLElement => {
    const dot = h('span', { class: 'legend-dot', 'aria-hidden': 'true' });
    dot.style.background = css(colour);
    return h('span', { class: 'legend-item' }, dot, text);
  };
  effect(() => {
    const by = app.state.colourBy.value;
    app.version.value;
    const { feature } = app.measured.value;
    let parts: (HTMLElement | string)[] = [];
    if (by === 'suspicion') parts = ['sure', bar((part) => suspicionColour(part, false)), 'doubtful'];
    else if (featureNumber(by) >= 0 && feature !== undefined)
      parts = [
        `${feature.name}: ${formatNumber(feature.low)}`,
        bar((part) => measureColour(part, false)),
        formatNumber(feature.high),
      ];
    else if (by === 'group')
      parts = [...app.marks.value.groups.keys()]
        .slice(0, MOST)
        .map((name, k) => swatch(groupColour(k, false), name));
    else if (by === 'generation') {
      const last = Math.min(max(app.data.branches.generation) ?? 0, MOST - 1);
      parts = Array.from({ length: last + 1 }, (_, k) => swatch(generationColour(k, false), String(k)));
      parts.unshift('Generation');
    }
    element.replaceChildren(...parts);
    element.hidden = parts.length === 0;
  });
  return element;
}
