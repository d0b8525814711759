import { effect, signal } from '@preact/signals-core';
import type { EditEntry } from '../../../../src/lineage/edits/types.ts';
import type { App } from '../../app.ts';
import { h, iconButton } from '../../dom.ts';
import type { EditLog } from '../../edits/log.ts';
import { backTo, forwardTo, stacksOf, timeline } from '../../edits/travel.ts';
import type { Step } from '../../edits/wire.ts';
import { editsCsv } from '../../exports/reviewCsv.ts';
import { saveFile } from '../../exports/save.ts';
import { sessionFile } from '../../exports/session.ts';
import { createMenu } from '../menu.ts';
import { createBookmarks } from './bookmarks.ts';
import { onTab } from './onTab.ts';
import { createSessionButton } from './sessionButton.ts';

/** Edits shown at first, and how many more at a time. */
const PAGE = 200;

const when = (at: string): string => {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  const today = date.toDateString() === new Date().toDateString();
  return today
    ? date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
    : date.toLocaleDateString([], { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
};

/** Every edit with who made it and when, newest first: taken back or done again up to any of them; and bookmarks. */
export function createHistory(
  app: App,
  log: EditLog,
  look: (view: string) => void,
  say: (text: string) => void,
): HTMLElement {
  const author = h('input', {
    type: 'text',
    class: 'filter only-to-edit',
    'aria-label': 'Your name in the history',
    placeholder: 'Your name',
    maxlength: 64,
    oninput: () => (log.author.value = author.value),
  });
  effect(() => {
    if (author.value !== log.author.value) author.value = log.author.value;
  });
  const { run } = app.data.info;
  const save = (name: string, type: string, text: () => string) => (): void =>
    saveFile(`${run.movie.name}-${name}`, new Blob([text()], { type }));
  const bar = h(
    'div',
    { class: 'table-bar' },
    author,
    h('span', { class: 'spring' }),
    createSessionButton(app, log, look, say),
    createMenu(
      iconButton('download', 'Save the history', () => {}),
      'Save the history',
      [
        {
          text: 'Edits, CSV',
          act: save('edits.csv', 'text/csv', () => editsCsv(log.entries.peek())),
        },
        {
          text: 'Session: edits, bookmarks and this view, JSON',
          act: save('session.json', 'application/json', () =>
            sessionFile(app.data.info, log.entries.peek(), app.marks.peek(), location.hash),
          ),
        },
      ],
    ),
  );
  const list = h('ol', { class: 'history-list', 'aria-label': 'Edits, newest first' });
  const most = signal(PAGE);

  async function go(to: 'undo' | 'redo', steps: readonly Step[]): Promise<void> {
    let done = 0;
    for (const step of steps) {
      if (!(await log.reverse(to, step))) break;
      done++;
    }
    if (done > 0)
      say(`${done} ${done === 1 ? 'edit' : 'edits'} ${to === 'undo' ? 'taken back' : 'done again'}`);
  }

  function row(entry: EditEntry, stands: boolean): HTMLElement {
    const { seq, by, at, label, view } = entry;
    const entries = log.entries.peek();
    const to = stands ? backTo(entries, seq) : forwardTo(entries, seq);
    const text = stands ? 'Back to here' : 'Again to here';
    return h(
      'li',
      { class: 'history-item', 'data-seq': seq, 'data-undone': !stands },
      h(
        'button',
        {
          type: 'button',
          class: 'history-label',
          title: view === undefined ? label : `${label}: show where`,
          onclick: () => look(view ?? ''),
        },
        h('span', {}, label),
        h('span', { class: 'muted' }, [by, when(at), stands ? '' : 'taken back'].filter(Boolean).join(' · ')),
      ),
      to.length === 0
        ? null
        : h(
            'button',
            { type: 'button', class: 'choice', onclick: () => void go(stands ? 'undo' : 'redo', to) },
            text,
          ),
      stands
        ? h(
            'button',
            {
              type: 'button',
              class: 'choice',
              title: 'Take back this edit alone',
              onclick: () => void go('undo', [{ seq, label }]),
            },
            'Take back',
          )
        : null,
    );
  }

  onTab(app, 'history', () => {
    const entries = log.entries.value;
    const stands = new Set(stacksOf(entries).undoable);
    const shown = timeline(entries).reverse();
    const rows = shown
      .slice(0, most.value)
      .map((entry) =>
        entry.kind === 'rebase'
          ? h('li', { class: 'history-item muted' }, `${entry.label}, ${when(entry.at)}`)
          : row(entry, stands.has(entry.seq)),
      );
    const all = backTo(entries, 0);
    list.replaceChildren(...rows, ...end(shown.length, all));
    return null;
  });

  function end(count: number, all: readonly Step[]): HTMLElement[] {
    if (count > most.peek()) {
      return [
        h(
          'li',
          { class: 'history-item' },
          h(
            'button',
            { type: 'button', class: 'choice', onclick: () => (most.value += PAGE) },
            `${count - most.peek()} older edits`,
          ),
        ),
      ];
    }
    return [
      h(
        'li',
        { class: 'history-item' },
        h(
          'span',
          { class: 'history-label muted' },
          count === 0 ? 'Nobody has edited yet' : 'As the linker left it',
        ),
        all.length === 0
          ? null
          : h(
              'button',
              { type: 'button', class: 'choice', onclick: () => void go('undo', all) },
              'Back to here',
            ),
      ),
    ];
  }
  const bookmarks = createBookmarks(app, log, look);
  return h('div', { class: 'table history' }, bar, bookmarks, h('div', { class: 'scroller' }, list));
}
