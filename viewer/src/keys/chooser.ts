import { effect, signal } from '@preact/signals-core';
import { h } from '../dom.ts';
import { caps } from './caps.ts';
import { type Binding, type Command, GROUPS, keyName } from './keymap.ts';
import { PRESETS, type PresetName } from './presets.ts';
import type { KeySettings } from './settings.ts';

/** Keys that are pressed together with others. */
const MODIFIERS = ['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock'];

/** What changes keys in the sheet: a choice of presets, and a button a command that waits for a key. */
export interface Chooser {
  element: HTMLElement;
  note: HTMLElement;
  key(binding: Binding): HTMLButtonElement;
  /** Stops waiting for a key. */
  leave(): void;
}

const textOf = (command: Command): string =>
  GROUPS.flatMap((group) => group.bindings).find((one) => one.command === command)!.text;

export function createChooser(settings: KeySettings): Chooser {
  const asked = signal<Command | null>(null);
  const said = signal('');
  const select = h(
    'select',
    {
      class: 'select',
      'aria-label': 'Keys of which program',
      onchange: () => {
        settings.preset.value = select.value as PresetName;
        said.value = '';
      },
    },
    ...Object.entries(PRESETS).map(([name, { title }]) => h('option', { value: name }, `Keys: ${title}`)),
  );
  const reset = h(
    'button',
    { type: 'button', class: 'choice', title: 'Take back all keys changed by hand', onclick: settings.reset },
    'Reset',
  );
  const note = h('p', { class: 'help-note muted', role: 'status' });
  effect(() => {
    select.value = settings.preset.value;
    reset.hidden = Object.keys(settings.own.value).length === 0;
    const waits = asked.value;
    note.textContent =
      waits !== null
        ? `Press the new key for “${textOf(waits)}”; Esc leaves it as it is`
        : said.value || `${PRESETS[settings.preset.value].text}. Click a key to change it.`;
  });

  /** Takes the key that is pressed while a command waits for one. */
  function take(event: KeyboardEvent): void {
    const command = asked.peek();
    if (command === null || MODIFIERS.includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    asked.value = null;
    if (event.key === 'Escape') return;
    const loser = settings.assign(command, keyName(event));
    said.value = loser === null ? '' : `“${textOf(loser)}” has lost this key`;
  }
  document.addEventListener('keydown', take, { capture: true });

  return {
    element: h('span', { class: 'help-choice' }, select, reset),
    note,
    key({ command }) {
      const button = h('button', {
        type: 'button',
        class: 'key-button',
        'data-command': command,
        onclick: () => (asked.value = asked.peek() === command ? null : command),
      });
      effect(() => {
        const [first] = settings.keys(command);
        const waits = asked.value === command;
        const said = h('span', { class: 'sr-only' }, `: ${textOf(command)}; change the key`);
        button.replaceChildren(...(waits ? ['…'] : first === undefined ? ['none'] : caps(first)), said);
        button.toggleAttribute('data-waits', waits);
      });
      return button;
    },
    leave: () => {
      asked.value = null;
    },
  };
}
