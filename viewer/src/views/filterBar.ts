import { effect } from '@preact/signals-core';
import type { App } from '../app.ts';
import { lastNode } from '../data/branches.ts';
import { formatCount } from '../data/units.ts';
import { h, iconButton } from '../dom.ts';
import { filterColumns } from '../filter/columns.ts';
import { keepPart, setTerms } from '../filter/keep.ts';
import type { Rect } from '../image/windowing.ts';
import { caps } from '../keys/caps.ts';
import { hint, keyOf } from '../keys/hints.ts';
import { createMenu } from './menu.ts';

/** Least probability of every link of a track that counts as sure. */
const SURE = 0.9;
/** Tracks of fewer detections are mostly none. */
const LEAST_NODES = 3;
/** Tracks selected at most at once. */
const MOST_SELECTED = 5000;

/** The filter of the page: one line that all views follow, and a menu of what is often wanted. */
export interface FilterBar {
  element: HTMLElement;
  /** Puts the cursor into the line. */
  focus(): void;
}

/** @param visible the part of the picture that the movie shows, world units */
export function createFilterBar(app: App, visible: () => Rect, say: (text: string) => void): FilterBar {
  const { state, data } = app;
  const input = h('input', {
    type: 'search',
    class: 'filter',
    'aria-label': 'Filter of all views',
    placeholder: 'Filter: cycle>5',
    'aria-describedby': 'filter-count',
    spellcheck: 'false',
    autocomplete: 'off',
    oninput: () => (state.filter.value = input.value),
  });
  const count = h('span', { class: 'filter-count muted', id: 'filter-count' });
  effect(() => {
    if (input.value !== state.filter.value) input.value = state.filter.value;
  });
  hint(input, 'What all views show ({filter}); arrow down for a choice');
  input.addEventListener('focus', () => {
    const names = filterColumns(app).map(({ key }) => key);
    input.title =
      'Numbers of tracks or lineages, or a name, a comparison and a number; a range is written time=2..5. ' +
      `Names: ${names.join(', ')}`;
  });
  const button = iconButton('filter', 'What to filter for', () => {});
  const menu = createMenu(button, 'Filter', [
    { text: 'The selected lineage', act: keepLineage },
    { text: 'What is in view in the movie', act: () => keepPart(app, visible()) },
    { text: 'A box that I draw in the movie', act: () => (state.fencing.value = true) },
    {
      text: `Tracks whose links are all at least ${SURE * 100} % sure`,
      act: () => setTerms(app, ['sure'], `sure>=${SURE}`),
    },
    { text: 'Tracks with a link that is less sure', act: () => setTerms(app, ['sure'], `sure<${SURE}`) },
    {
      text: `Tracks of at least ${LEAST_NODES} detections`,
      act: () => setTerms(app, ['nodes'], `nodes>=${LEAST_NODES}`),
    },
    { text: 'Select all tracks that pass', act: selectAll },
    { text: 'No filter', act: () => (state.filter.value = '') },
    { text: 'Write a filter', keys: () => caps(keyOf.value('filter') ?? ''), act: () => input.focus() },
  ]);
  const element = h(
    'div',
    { class: 'page-filter', role: 'search', 'aria-label': 'Filter' },
    menu,
    input,
    count,
  );

  function keepLineage(): void {
    const b = app.branch.peek();
    if (b < 0) say('Select a cell first');
    else setTerms(app, ['lineage'], `lineage=${data.branches.lineage[b]}`);
  }
  function selectAll(): void {
    const kept = app.kept.peek();
    if (kept === null || kept.count === 0) {
      say(kept === null ? 'There is no filter' : 'No track passes the filter');
      return;
    }
    const { branches } = data;
    const found: number[] = [];
    for (let b = 0; b < branches.count && found.length < MOST_SELECTED; b++)
      if (kept.branches[b] === 1) found.push(lastNode(branches, b));
    app.select(found[0]!, { quiet: true });
    state.also.value = found.slice(1);
    const all = found.length === kept.count ? '' : ` of ${formatCount(kept.count)}`;
    say(`${formatCount(found.length)}${all} ${kept.count === 1 ? 'track' : 'tracks'} selected`);
  }

  effect(() => {
    const kept = app.kept.value;
    element.toggleAttribute('data-on', kept !== null);
    input.setAttribute('aria-invalid', String(kept !== null && kept.problem !== ''));
    count.textContent =
      kept === null
        ? ''
        : kept.problem !== ''
          ? 'not clear'
          : `${formatCount(kept.count)} of ${formatCount(data.branches.count)} tracks`;
    count.title = kept?.problem ?? '';
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') button.click();
    else if (event.key === 'Enter') input.blur();
    else if (event.key === 'Escape') {
      state.filter.value = '';
      input.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return {
    element,
    focus() {
      input.focus();
      input.select();
    },
  };
}
