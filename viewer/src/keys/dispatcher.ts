import type { App } from '../app.ts';
import { type Command, keyName } from './keymap.ts';
import type { KeySettings } from './settings.ts';

/** Elements that take text: no key acts while one has the focus. */
const TEXT =
  'input[type="search"], input[type="text"], input[type="number"], textarea, [contenteditable="true"]';

const SLIDER_KEYS = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End'];

/** The one place that listens to keys. */
export function listenToKeys(app: App, settings: KeySettings, commands: Record<Command, () => void>): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented) return;
    const target = event.target instanceof Element ? event.target : document.body;
    // What lies behind a dialog gets no keys, wherever the focus is.
    if (target.closest(TEXT) !== null || document.querySelector('dialog[open]') !== null) return;
    const name = keyName(event);
    const command = settings.map.peek().get(name);
    if (command === undefined) return;
    // Space and Enter press the button that has the focus; a closed menu keeps its letters.
    if ((name === ' ' || name === 'Enter') && target.closest('button, select, [role="tab"]') !== null) return;
    if (target.closest('select') !== null) return;
    // A slider reached by keyboard is moved by its own keys.
    if (target.matches('input[type="range"]') && SLIDER_KEYS.includes(event.key)) return;
    event.preventDefault();
    if (command === 'bare' && event.repeat) return;
    commands[command]();
  });
  document.addEventListener('keyup', (event) => {
    if (settings.keys('bare').includes(event.key.toLowerCase())) app.state.bare.value = false;
  });
  window.addEventListener('blur', () => (app.state.bare.value = false));
  // What was used with the mouse must not take the keys afterwards; who comes by keyboard keeps the focus.
  const letGo = (target: EventTarget | null, selector: string): void => {
    if (target instanceof Element) target.closest<HTMLElement>(selector)?.blur();
  };
  document.addEventListener('pointerup', (event) => letGo(event.target, 'input[type="range"]'));
  document.addEventListener('click', (event) => {
    if (event.detail > 0) letGo(event.target, 'button');
  });
  let pointed = false;
  document.addEventListener('pointerdown', () => (pointed = true), { capture: true });
  document.addEventListener('keydown', () => (pointed = false), { capture: true });
  document.addEventListener('change', (event) => {
    if (pointed) letGo(event.target, 'select');
  });
}
