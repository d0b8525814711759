import { h } from '../dom.ts';

/** A line of a menu: what it does in words, and the key that does the same. */
export interface MenuEntry {
  text: string;
  /** As they are when the menu opens. */
  keys?: () => readonly HTMLElement[];
  act(): void;
}

/** Room between a menu and its button, and the page's edges, CSS pixels. */
const [GAP, EDGE] = [6, 4];

/** Puts an open menu below its button, above where there is more room, and lets it scroll where neither is enough. */
function placeBy(button: HTMLElement, menu: HTMLElement): void {
  const at = button.getBoundingClientRect();
  menu.style.maxHeight = '';
  const { width, height } = menu.getBoundingClientRect();
  const above = at.top - GAP - EDGE;
  const below = window.innerHeight - at.bottom - GAP - EDGE;
  const up = height > below && above > below;
  menu.style.maxHeight = `${Math.min(height, up ? above : below)}px`;
  menu.style.left = `${Math.max(EDGE, at.right - width)}px`;
  menu.style.top = `${up ? at.top - GAP - Math.min(height, above) : at.bottom + GAP}px`;
}

/** A menu that a button opens; arrow keys move in it, Escape and a click elsewhere close it. */
export function createMenu(
  button: HTMLButtonElement,
  name: string,
  entries: readonly MenuEntry[],
): HTMLElement {
  // A popover lies over all panels: none of them cuts it.
  const menu = h('div', {
    class: 'popover menu',
    popover: 'manual',
    hidden: true,
    role: 'menu',
    'aria-label': name,
  });
  const shown = entries.map(() => h('span', {}));
  const holder = h('div', { class: 'popover-holder' }, button, menu);
  const toggle = (open: boolean): void => {
    menu.hidden = !open;
    if (menu.isConnected) menu.togglePopover(open);
    button.setAttribute('aria-expanded', String(open));
    if (!open) return;
    for (const [k, { keys }] of entries.entries()) shown[k]!.replaceChildren(...(keys?.() ?? []));
    if (!button.hidden) placeBy(button, menu);
    menu.querySelector('button')?.focus();
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
  window.addEventListener('resize', () => {
    if (!menu.hidden) toggle(false);
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
