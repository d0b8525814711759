import { effect } from '@preact/signals-core';
import type { App } from '../app.ts';
import { formatTime } from '../data/units.ts';
import { h } from '../dom.ts';
import { fate } from './tree/tooltip.ts';

/** A line that screen readers speak when the selection changes. */
export function createLive(app: App): HTMLElement {
  const element = h('p', { class: 'sr-only', 'aria-live': 'polite' });
  effect(() => {
    app.version.value;
    const node = app.state.selected.value;
    if (node < 0) {
      element.textContent = 'nothing selected';
      return;
    }
    const { nodes, branches, info } = app.data;
    const b = nodes.tracklet[node]! - 1;
    const when = formatTime(nodes.t[node]!, info.run.movie.timeStep, app.unit);
    const scope = {
      cell: '',
      lineage: ', whole lineage',
      ancestors: ', with its ancestors',
      descendants: ', with its descendants',
    }[app.state.scope.value];
    const besides = app.state.also.value.length;
    const also = besides === 0 ? '' : `, and ${besides} more`;
    element.textContent = `track ${b + 1}, lineage ${branches.lineage[b]}, ${when}, ${fate(app, b)}${scope}${also}`;
  });
  return element;
}
