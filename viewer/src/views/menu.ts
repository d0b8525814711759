import { h } from '../dom.ts';

/** A line of a menu: what it does in words, and the key that does the same. */
export interface MenuEntry {
  text: string;
  /** As they are when the menu opens. */
  keys?: () => readonly HTMLElement[];
  act(): void;
}

/** A menu that a button opens; arrow keys move in it, Escape and a click elsewhere close it. */
export function createMenu(
  button: HTMLButtonElement,
  name: string,
  entries: readonly MenuEntry[],
): HTMLElement {
  const menu = h('div', { class: 'popover menu', hidden: true, role: 'menu', 'aria-label': name });
  const shown = entries.map(() => h('span', {}));
  const holder = h('div', { class: 'popover-holder' }, button, menu);
  const toggle = (open: boolean): void => {
    menu.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    if (open) for (const [k, { keys }] of entries.entries()) shown[k]!.replaceChildren(...(keys?.() ?? []));
    if (open) menu.querySelector('button')?.focus();
  };
  button.setAttribute('aria-haspopup', 'menu');
  for (const [k, { text, act }] of entries.entries()) {
    const onclick = (): void => {
      toggle(false);
      act();
    };
    menu.append(h('button', { type: 'button', role: 'menuitem', onclick }, h('span', {}, text), shown[k]!));
  }
  toggle(false);
  button.addEventListener('click', () => toggle(Boolean(menu.hidden)));
  document.addEventListener('pointerdown', (event) => {
    if (!menu.hidden && !holder.contains(event.target as Node)) toggle(false);
  });
  menu.addEventListener('keydown', (event) => {
    const items = [...menu.querySelectorAll('button')];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') {
      toggle(false);
      button.focus();
    } else if (step !== undefined) {
      const at = items.indexOf(document.activeElement as HTMLButtonElement);
      items[(at + step + items.length) % items.length]!.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return holder;
}
