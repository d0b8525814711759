import { effect } from '@preact/signals-core';
import type { App } from '../app.ts';
import { h, iconButton } from '../dom.ts';
import { createTraceChoice, drawTraces } from './side/tracePlot.ts';

/** Least size of the plot, CSS pixels. */
const [LEAST_WIDTH, LEAST_HEIGHT] = [200, 80];

/** What is measured of the selected lineage, in the place of the tree and as large. */
export function createTracePanel(app: App): HTMLElement {
  const { state } = app;
  const choice = createTraceChoice(app);
  const figure = h('figure', {});
  const stage = h('div', { class: 'trace-stage' }, figure);
  const element = h(
    'section',
    { class: 'panel trace-panel', 'aria-label': 'Measures of the lineage', hidden: true },
    h(
      'header',
      { class: 'tools' },
      h('h2', {}, 'Measures'),
      choice.controls,
      h('span', { class: 'spring' }),
      iconButton('tree', 'The lineage tree ({plot})', () => (state.lower.value = 'tree')),
    ),
    stage,
  );
  let size = { width: 0, height: 0 };
  let end: (() => void) | null = null;
  const draw = (): void => {
    end?.();
    end = null;
    if (size.width === 0) return;
    const caption = figure.querySelector('figcaption')?.offsetHeight ?? 20;
    const room = {
      width: Math.max(LEAST_WIDTH, size.width),
      height: Math.max(LEAST_HEIGHT, size.height - caption),
    };
    end = drawTraces(app, figure, choice, room);
  };
  const dirty = app.schedule.add('trace-panel', draw);
  effect(() => {
    const on = state.lower.value === 'plot';
    element.hidden = !on;
    if (!on) return;
    for (const signal of [
      app.version,
      app.branch,
      app.colours,
      state.light,
      choice.feature,
      choice.fromBirth,
    ])
      signal.value;
    dirty();
  });
  new ResizeObserver(([entry]) => {
    size = { width: entry!.contentRect.width, height: entry!.contentRect.height };
    dirty();
  }).observe(stage);
  return element;
}
