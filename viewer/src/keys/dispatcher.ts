import type { App } from '../app.ts';
import { type Command, keyName } from './keymap.ts';
import type { KeySettings } from './settings.ts';

/** Elements that take text: no key acts while one has the focus. */
const TEXT =
  'input[type="search"], input[type="text"], input[type="number"], textarea, [contenteditable="true"]';

const SLIDER_KEYS = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End'];

/** Commands that go on while their key is held. */
const GOES_ON =
  /^(frame-(back|on)|to-|add-|plane-|division-(next|previous)|review-(next|previous)|undo$|redo$)/;
/** A key that is let go later has been held, ms. */
const HELD = 350;

/**
 * The one place that listens to keys.
 *
 * @param letGo is told when a key that was held is let go
 */
export function listenToKeys(
  app: App,
  settings: KeySettings,
  commands: Record<Command, () => void>,
  letGo: (command: Command) => void,
): void {
  let down: { key: string; command: Command; at: number } | null = null;
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
    if (event.repeat && !GOES_ON.test(command)) return;
    if (!event.repeat) down = { key: event.key.toLowerCase(), command, at: event.timeStamp };
    commands[command]();
  });
  document.addEventListener('keyup', (event) => {
    if (down?.key === event.key.toLowerCase()) {
      if (event.timeStamp - down.at > HELD) letGo(down.command);
      down = null;
    }
    if (settings.keys('bare').includes(event.key.toLowerCase())) app.state.bare.value = false;
  });
  window.addEventListener('blur', () => (app.state.bare.value = false));
  // What was used with the mouse must not take the keys afterwards; who comes by keyboard keeps the focus.
  const unfocus = (target: EventTarget | null, selector: string): void => {
    if (target instanceof Element) target.closest<HTMLElement>(selector)?.blur();
  };
  document.addEventListener('pointerup', (event) => unfocus(event.target, 'input[type="range"]'));
  document.addEventListener('click', (event) => {
    if (event.detail > 0) unfocus(event.target, 'button');
  });
  let pointed = false;
  document.addEventListener('pointerdown', () => (pointed = true), { capture: true });
  document.addEventListener('keydown', () => (pointed = false), { capture: true });
  document.addEventListener('change', (event) => {
    if (pointed) unfocus(event.target, 'select');
  });
}
