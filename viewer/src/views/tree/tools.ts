import { effect } from '@preact/signals-core';
import type { App } from '../../app.ts';
import { formatCount } from '../../data/units.ts';
import { choice, h, iconButton } from '../../dom.ts';
import type { Shown } from '../../exports/treeRaster.ts';
import { createSaveMenu } from './saveMenu.ts';

/** The row of controls over the tree. */
export function createTreeTools(app: App, say: (text: string) => void, shown: () => Shown): HTMLElement {
  const { state, data } = app;
  const mode = choice(
    'branches shown',
    [
      { value: 'all', text: 'All', title: 'All lineages, the largest first ({tree-mode})' },
      { value: 'lineage', text: 'Lineage', title: 'The lineage of the selection ({tree-mode})' },
      { value: 'subtree', text: 'Descendants', title: 'The selected cell and its descendants ({tree-mode})' },
    ],
    (value) => {
      state.treeView.value = null;
      state.treeMode.value = value;
    },
  );
  effect(() => mode.set(state.treeMode.value));
  const count = h('span', { class: 'muted' });
  effect(() => {
    app.version.value;
    const { count: n } = app.layout.value;
    const all = data.branches.count;
    count.textContent =
      n === all ? `${formatCount(n)} branches` : `${formatCount(n)} of ${formatCount(all)} branches`;
  });
  const { unit } = app;
  return h(
    'header',
    { class: 'tools' },
    h('h2', {}, 'Lineage'),
    mode.element,
    count,
    h('span', { class: 'spring' }),
    h('span', { class: 'muted' }, unit.name === 'frame' ? 'time in frames' : `time in ${unit.name}`),
    iconButton('plot', 'What is measured of this lineage ({plot})', () => (state.lower.value = 'plot')),
    iconButton('flip', 'Time down or to the right ({flip})', () => {
      state.treeView.value = null;
      state.treeDown.value = !state.treeDown.value;
    }),
    createSaveMenu(app, say, shown),
    iconButton('fit', 'Show the whole tree ({reset})', () => (state.treeView.value = null)),
  );
}
