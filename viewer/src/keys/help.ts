import { h, iconButton } from '../dom.ts';
import { createChooser } from './chooser.ts';
import { GROUPS } from './keymap.ts';
import type { KeySettings } from './settings.ts';

/** The sheet of all keys, made from their table; here they are changed, too. */
export function createHelp(settings: KeySettings): { element: HTMLDialogElement; open(): void } {
  const mouse = [
    [
      'wheel',
      'zoom; in the tree Shift only sideways, Alt only up and down; in a 3D movie Shift goes through the planes',
    ],
    ['drag', 'move the picture or the tree'],
    ['click', 'select a cell, branch or row; in the tree beside a branch: go to that time'],
    ['Ctrl+click', 'select it and put it into the middle of all views'],
    ['Shift+click', 'select it besides'],
    ['right click', 'what can be done to it'],
    ['drag in a plot', 'filter all views for that range; a click beside it takes it back'],
  ];
  const chooser = createChooser(settings);
  const element = h(
    'dialog',
    { class: 'help', 'aria-label': 'Keys' },
    h(
      'header',
      { class: 'tools' },
      h('h2', { tabindex: -1, autofocus: true }, 'Keys'),
      h('span', { class: 'spring' }),
      chooser.element,
      iconButton('close', 'Close (Esc)', () => element.close()),
    ),
    chooser.note,
    h(
      'div',
      { class: 'help-groups' },
      ...GROUPS.map(({ title, bindings }) =>
        h(
          'section',
          {},
          h('h3', {}, title),
          h('dl', {}, ...bindings.map((b) => h('div', {}, h('dt', {}, chooser.key(b)), h('dd', {}, b.text)))),
        ),
      ),
      h(
        'section',
        {},
        h('h3', {}, 'Mouse'),
        h(
          'dl',
          {},
          ...mouse.map(([what, text]) => h('div', {}, h('dt', {}, h('kbd', {}, what!)), h('dd', {}, text!))),
        ),
      ),
    ),
  );
  element.addEventListener('click', (event) => {
    if (event.target === element) element.close();
  });
  element.addEventListener('close', () => chooser.leave());
  return { element, open: () => element.showModal() };
}
