import { effect } from '@preact/signals-core';
import type { App } from '../../app.ts';
import { h, iconButton } from '../../dom.ts';
import type { EditLog } from '../../edits/log.ts';

/** Longest name of a bookmark. */
const LONGEST = 80;

/** Views with names, kept with the result: a click goes there. */
export function createBookmarks(app: App, log: EditLog, look: (view: string) => void): HTMLElement {
  const input = h('input', {
    type: 'text',
    class: 'filter bookmark-name',
    'aria-label': 'Name of a bookmark for this view',
    placeholder: 'Bookmark this view as…',
    maxlength: LONGEST,
  });
  const list = h('ul', { class: 'bookmark-list', 'aria-label': 'Bookmarks' });
  effect(() => {
    list.replaceChildren(
      ...[...app.marks.value.bookmarks].map(([name, view]) =>
        h(
          'li',
          {},
          h(
            'button',
            { type: 'button', class: 'choice', title: 'Go to this view', onclick: () => look(view) },
            name,
          ),
          iconButton('close', `Remove the bookmark ${name}`, () => {
            void log.run({ do: 'bookmark', name, view: null }, `remove bookmark ${name}`);
          }),
        ),
      ),
    );
  });
  const form = h(
    'form',
    {
      class: 'bookmark-form only-to-edit',
      onsubmit: (event: SubmitEvent) => {
        event.preventDefault();
        const name = input.value.trim();
        if (name === '') return;
        void log.run({ do: 'bookmark', name, view: location.hash.slice(1) }, `bookmark ${name}`);
        input.value = '';
        input.blur();
      },
    },
    input,
    h('button', { type: 'submit', class: 'choice' }, 'Add'),
  );
  return h('section', { class: 'bookmarks', 'aria-label': 'Bookmarks' }, form, list);
}
