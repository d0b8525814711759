import { h } from '../dom.ts';
import { caps } from './caps.ts';
import { type Binding, type Command, GROUPS } from './keymap.ts';
import type { KeySettings } from './settings.ts';

/** Everything that can be done, found by its words; Enter does it. */
export interface Palette {
  element: HTMLDialogElement;
  open(): void;
}

/** What is not done from a list: itself, and keys that are held. */
const LEFT_OUT: readonly Command[] = ['palette', 'bare'];

const ALL: readonly Binding[] = GROUPS.flatMap((group) => group.bindings).filter(
  ({ command }) => !LEFT_OUT.includes(command),
);

/** Bindings that have all words of a text, in the order of the sheet. */
export function findCommands(text: string): Binding[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return ALL.filter((one) => {
    const all = `${one.command.replaceAll('-', ' ')} ${one.text}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

export function createPalette(settings: KeySettings, run: (command: Command) => void): Palette {
  let found: Binding[] = [];
  let at = 0;
  const input = h('input', {
    type: 'text',
    class: 'filter',
    role: 'combobox',
    'aria-label': 'What to do',
    'aria-expanded': 'true',
    'aria-controls': 'palette-list',
    placeholder: 'What do you want to do?',
    oninput: () => show(0),
  });
  const list = h('ul', { id: 'palette-list', role: 'listbox', 'aria-label': 'What can be done' });
  const element = h('dialog', { class: 'palette', 'aria-label': 'Everything that can be done' }, input, list);

  function show(next: number): void {
    found = findCommands(input.value);
    at = found.length === 0 ? -1 : (next + found.length) % found.length;
    list.replaceChildren(
      ...found.map((one, k) => {
        const [key] = settings.keys(one.command);
        return h(
          'li',
          {
            id: `palette-${one.command}`,
            role: 'option',
            'aria-selected': String(k === at),
            onclick: () => choose(one),
          },
          h('span', {}, one.text),
          h('span', {}, ...(key === undefined ? [] : caps(key))),
        );
      }),
    );
    input.setAttribute('aria-activedescendant', at < 0 ? '' : `palette-${found[at]!.command}`);
    list.children[at]?.scrollIntoView({ block: 'nearest' });
  }
  function choose(one: Binding): void {
    element.close();
    run(one.command);
  }
  input.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) show(at + step);
    else if (event.key === 'Enter' && at >= 0) choose(found[at]!);
    else return;
    event.preventDefault();
  });
  element.addEventListener('click', (event) => {
    if (event.target === element) element.close();
  });
  return {
    element,
    open() {
      input.value = '';
      show(0);
      element.showModal();
      input.focus();
    },
  };
}
