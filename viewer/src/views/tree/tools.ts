import { effect } from '@preact/signals-core';
import type { App } from '../../app.ts';
import { formatCount } from '../../data/units.ts';
import { choice, h, iconButton } from '../../dom.ts';
import type { Shown } from '../../exports/treeRaster.ts';
import { caps } from '../../keys/caps.ts';
import { hint, keyOf } from '../../keys/hints.ts';
import type { Command } from '../../keys/keymap.ts';
import { TREE_SORTS, type TreeSort } from '../../layout/sortTrees.ts';
import { AXIS_NAMES, type AxisName } from '../../layout/treeAxis.ts';
import type { Review } from '../../review/review.ts';
import { createMenu } from '../menu.ts';
import { createSaveMenu } from './saveMenu.ts';
import { collapse, doubtByLineage, hideTree, pinTree, showAll } from './shaping.ts';

/** The row of controls over the tree. */
export function createTreeTools(
  app: App,
  review: Review,
  say: (text: string) => void,
  shown: () => Shown,
): HTMLElement {
  const { state, data } = app;
  const mode = choice(
    'tracks shown',
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
      n === all
        ? `${formatCount(n)} ${n === 1 ? 'track' : 'tracks'}`
        : `${formatCount(n)} of ${formatCount(all)} tracks`;
  });
  return h(
    'header',
    { class: 'tools' },
    h('h2', {}, 'Lineage'),
    mode.element,
    count,
    h('span', { class: 'spring' }),
    axisChoice(app),
    createTreeMenu(app, review),
    iconButton('plot', 'What is measured of this lineage ({plot})', () => (state.lower.value = 'plot')),
    iconButton('flip', 'Time down or to the right ({flip})', () => {
      state.treeView.value = null;
      state.treeDown.value = !state.treeDown.value;
    }),
    createSaveMenu(app, say, shown),
    iconButton('fit', 'Show the whole tree ({reset})', () => (state.treeView.value = null)),
  );
}

/** What the long axis counts. */
function axisChoice({ state, unit }: App): HTMLElement {
  const names: Record<AxisName, string> = {
    time: unit.name === 'frame' ? 'Time in frames' : `Time in ${unit.name}`,
    generation: 'Generations',
  };
  const list = h('select', {
    class: 'select',
    'aria-label': 'What the tree runs along',
    onchange: () => {
      state.treeView.value = null;
      state.treeAxis.value = list.value as AxisName;
    },
  });
  hint(list, 'The tree along time, or by generation ({tree-axis})');
  list.append(...AXIS_NAMES.map((name) => h('option', { value: name }, names[name])));
  effect(() => {
    list.value = state.treeAxis.value;
  });
  return list;
}

const SORT_NAMES: Record<TreeSort, string> = {
  size: 'Largest trees first',
  start: 'Earliest trees first',
  suspicion: 'Most doubtful trees first',
  name: 'Trees by name',
};

/** The menu that orders, pins, hides and collapses trees. */
function createTreeMenu(app: App, review: Review): HTMLElement {
  const keys = (command: Command) => (): HTMLElement[] => caps(keyOf.value(command) ?? '');
  const here = (act: (app: App, branch: number) => void) => (): void => act(app, app.branch.peek());
  return createMenu(
    iconButton('tree', 'Order, pin, hide and collapse trees', () => {}),
    'Trees',
    [
      ...TREE_SORTS.map((by) => ({
        text: SORT_NAMES[by],
        act: () => {
          app.state.treeView.value = null;
          app.sortTrees(by, doubtByLineage(app, review));
        },
      })),
      { text: 'Collapse below the selected cell, or open', keys: keys('collapse'), act: here(collapse) },
      { text: 'Pin the selected tree in front, or let it go', keys: keys('pin-tree'), act: here(pinTree) },
      { text: 'Hide the selected tree', keys: keys('hide-tree'), act: here(hideTree) },
      { text: 'Show all trees whole', keys: keys('show-trees'), act: () => showAll(app) },
    ],
  );
}
