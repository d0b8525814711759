import { effect, signal } from '@preact/signals-core';
import type { Command } from './keymap.ts';
import { printKey } from './printed.ts';

/** First key of a command, undefined = it has none; of the page's settings once they are read. */
export const keyOf = signal<(command: Command) => string | undefined>(() => undefined);

/**
 * A text with the key of every `{command}` in it, as the settings have it now: `Reset ({reset})` reads `Reset (R)`, and
 * `Reset` where the command has no key.
 */
export function withKeys(text: string): string {
  const print = (command: string): string => {
    const key = keyOf.value(command as Command);
    return key === undefined ? '' : printKey(key);
  };
  return text
    .replace(/ \(\{([\w-]+)\}\)/g, (_, command: string) =>
      print(command) === '' ? '' : ` (${print(command)})`,
    )
    .replace(/\{([\w-]+)\}/g, (_, command: string) => print(command) || 'its key');
}

/** What follows the news of an edit. */
export const takeBack = (): string => withKeys(' ({undo} takes it back)');

/** Keeps attributes of an element equal to a text with keys, also when the keys are changed. */
export function hint(element: Element, text: string, attributes: readonly string[] = ['title']): void {
  effect(() => {
    const now = withKeys(text);
    for (const name of attributes) element.setAttribute(name, now);
  });
}
