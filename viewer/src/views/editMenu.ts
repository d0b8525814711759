import { effect } from '@preact/signals-core';
import type { App } from '../app.ts';
import { h } from '../dom.ts';
import type { EditLog } from '../edits/log.ts';
import type { Tool } from '../edits/tool.ts';
import { VERBS } from '../edits/verbs.ts';
import { caps } from '../keys/help.ts';

/** The menu of all edits by hand, with their keys; and the line that says what is to be picked. */
export function createEditMenu(app: App, log: EditLog, tool: Tool): HTMLElement {
  const menu = h('div', { class: 'popover edit-menu', hidden: true, role: 'menu', 'aria-label': 'Edit' });
  const button = h(
    'button',
    { type: 'button', class: 'choice edit-button', 'aria-haspopup': 'menu', 'aria-expanded': 'false' },
    'Edit',
  );
  const holder = h('div', { class: 'popover-holder' }, button, menu);
  const toggle = (open: boolean): void => {
    menu.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    if (open) menu.querySelector('button')?.focus();
  };
  for (const verb of VERBS) {
    const act = (): void => {
      toggle(false);
      tool.start(verb);
    };
    const text = `${verb.text[0]!.toUpperCase()}${verb.text.slice(1)}`;
    menu.append(
      h(
        'button',
        { type: 'button', role: 'menuitem', onclick: act },
        h('span', {}, text),
        h('span', {}, ...caps(verb.key)),
      ),
    );
  }
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
  effect(() => {
    button.disabled = app.state.selected.value < 0 || log.standing.value.kind === 'closed';
  });
  return holder;
}

/** Says over the movie what is to be picked, and how to leave. */
export function createPrompt(app: App, tool: Tool): HTMLElement {
  const text = h('span', {});
  const leave = h('button', { type: 'button', class: 'choice', onclick: () => tool.cancel() }, 'Leave (Esc)');
  const element = h('div', { class: 'prompt', role: 'status', hidden: true }, text, leave);
  effect(() => {
    const now = tool.picking.value;
    element.hidden = now === null;
    document.documentElement.toggleAttribute('data-picking', now !== null);
    if (now === null) return;
    const track = app.data.nodes.tracklet[now.node];
    text.textContent = `${now.verb.name.replaceAll('-', ' ')}, track ${track}: ${now.verb.prompt}`;
  });
  return element;
}
