import { effect } from '@preact/signals-core';
import type { App } from '../../app.ts';
import { h } from '../../dom.ts';
import type { Review } from '../../review/review.ts';
import { TABS, type Tab } from '../../state/state.ts';
import { cellsTable } from '../../tables/cellColumns.ts';
import { divisionsTable, tracksTable } from '../../tables/columns.ts';
import { createQueue } from '../review/queue.ts';
import { createHistory } from './history.ts';
import { createPlots } from './plots.ts';
import { createTable } from './table.ts';

const TITLES: Record<Tab, string> = {
  review: 'Review',
  tracks: 'Tracks',
  divisions: 'Divisions',
  cells: 'Cells',
  plots: 'Plots',
  history: 'History',
};

/** The queue, tables and plots, one tab at a time. */
export function createSide(
  app: App,
  review: Review,
  look: (view: string) => void,
  say: (text: string) => void,
): HTMLElement {
  const { state } = app;
  const pages: Record<Tab, HTMLElement> = {
    review: createQueue(app, review),
    tracks: createTable(app, 'tracks', () => tracksTable(app), { sortBy: 'tracklet', direction: 1 }, say),
    divisions: createTable(
      app,
      'divisions',
      () => divisionsTable(app),
      { sortBy: 'frame', direction: 1 },
      say,
    ),
    cells: createTable(app, 'cells', () => cellsTable(app), { sortBy: 'frame', direction: 1 }, say),
    plots: createPlots(app),
    history: createHistory(app, review.log, look, say),
  };
  const tabs = TABS.map((tab) =>
    h(
      'button',
      {
        type: 'button',
        role: 'tab',
        id: `tab-${tab}`,
        'aria-controls': `page-${tab}`,
        onclick: () => (state.tab.value = tab),
      },
      TITLES[tab],
    ),
  );
  TABS.forEach((tab) => {
    const page = pages[tab];
    page.id = `page-${tab}`;
    page.setAttribute('role', 'tabpanel');
    page.setAttribute('aria-labelledby', `tab-${tab}`);
  });
  effect(() => {
    TABS.forEach((tab, k) => {
      const on = state.tab.value === tab;
      tabs[k]!.setAttribute('aria-selected', String(on));
      tabs[k]!.tabIndex = on ? 0 : -1;
      pages[tab].hidden = !on;
    });
  });
  const bar = h(
    'div',
    { class: 'tools tabs', role: 'tablist', 'aria-label': 'Review, tables and plots' },
    ...tabs,
  );
  bar.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = (TABS.indexOf(state.tab.peek()) + step + TABS.length) % TABS.length;
    state.tab.value = TABS[next]!;
    tabs[next]!.focus();
  });
  return h(
    'section',
    { class: 'panel side', 'aria-label': 'Review, tables and plots' },
    bar,
    ...TABS.map((tab) => pages[tab]),
  );
}
