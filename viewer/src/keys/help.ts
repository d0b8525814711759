import { h, iconButton } from '../dom.ts';
import { GROUPS } from './keymap.ts';

const NAMES: Record<string, string> = {
  ' ': 'Space',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
};

/** A key as it is printed on a keyboard: `Shift`, `N`. */
export function caps(name: string): HTMLElement[] {
  const parts = name === '?' ? ['?'] : name.split('+');
  return parts.map((part) => h('kbd', {}, NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part)));
}

/** The sheet of all keys. */
export function createHelp(): { element: HTMLDialogElement; open(): void } {
  const mouse = [
    [
      'wheel',
      'zoom; in the tree Shift only sideways, Alt only up and down; in a 3D movie Shift goes through the planes',
    ],
    ['drag', 'move the picture or the tree'],
    ['click', 'select a cell, branch or row; in the tree beside a branch: go to that time'],
  ];
  const element = h(
    'dialog',
    { class: 'help', 'aria-label': 'Keys' },
    h(
      'header',
      { class: 'tools' },
      h('h2', { tabindex: -1, autofocus: true }, 'Keys'),
      h('span', { class: 'spring' }),
      iconButton('close', 'Close (Esc)', () => element.close()),
    ),
    h(
      'div',
      { class: 'help-groups' },
      ...GROUPS.map(({ title, bindings }) =>
        h(
          'section',
          {},
          h('h3', {}, title),
          h(
            'dl',
            {},
            ...bindings.map((b) => h('div', {}, h('dt', {}, ...caps(b.keys[0]!)), h('dd', {}, b.text))),
          ),
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
  return { element, open: () => element.showModal() };
}
