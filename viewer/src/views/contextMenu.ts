import type { App } from '../app.ts';
import { h } from '../dom.ts';
import { caps } from '../keys/caps.ts';
import { type Command, GROUPS } from '../keys/keymap.ts';
import type { KeySettings } from '../keys/settings.ts';
import { createMenu } from './menu.ts';

/** What a cell offers, in this order. */
const OFFERED: readonly Command[] = [
  'edit-link',
  'edit-unlink',
  'edit-join',
  'edit-cut',
  'edit-divide',
  'edit-not-division',
  'edit-swap',
  'split',
  'edit-delete',
  'marks',
  'whole-lineage',
  'descendants',
  'collapse',
  'pin-tree',
  'hide-tree',
  'centre',
  'copy-link',
];

/** Where it opens: over cells of the movie, branches of the tree, rows and places of the review. */
const CANVASES = '.movie-canvas, .tree-canvas';
const LINES = '.rows .row, .queue-item button';

/** The menu of the right button: what can be done to the cell under the pointer, which it selects first. */
export function createContextMenu(
  app: App,
  settings: KeySettings,
  commands: Record<Command, () => void>,
): HTMLElement {
  const bindings = GROUPS.flatMap((group) => group.bindings);
  const entries = OFFERED.map((command) => {
    const { text } = bindings.find((one) => one.command === command)!;
    return {
      text: `${text[0]!.toUpperCase()}${text.slice(1)}`,
      keys: () => caps(settings.keys(command)[0] ?? ''),
      act: () => commands[command](),
    };
  });
  const button = h('button', { type: 'button', hidden: true, 'aria-label': 'What to do with this cell' });
  const element = createMenu(button, 'What to do with this cell', entries);
  const menu = element.querySelector<HTMLElement>('.menu')!;

  function openAt(x: number, y: number): void {
    if (menu.hidden) button.click();
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(x, window.innerWidth - width - 4))}px`;
    menu.style.top = `${Math.max(4, Math.min(y, window.innerHeight - height - 4))}px`;
  }

  document.addEventListener('contextmenu', (event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    const line = target.closest<HTMLElement>(LINES);
    if (line === null && target.closest(CANVASES) === null) return;
    event.preventDefault();
    if (app.pick.peek() !== null || app.pickPlace.peek() !== null) return;
    const node = app.state.hover.peek();
    if (line !== null) line.click();
    else if (node < 0) return;
    else if (node !== app.state.selected.peek())
      app.select(node, { go: target.closest('.tree-canvas') !== null });
    if (app.state.selected.peek() >= 0) openAt(event.clientX, event.clientY);
  });
  return element;
}
