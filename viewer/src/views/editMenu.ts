import { effect } from '@preact/signals-core';
import type { App } from '../app.ts';
import { h } from '../dom.ts';
import type { EditLog } from '../edits/log.ts';
import type { Proposals } from '../edits/proposal.ts';
import type { Tool } from '../edits/tool.ts';
import { VERBS } from '../edits/verbs.ts';
import { caps } from '../keys/help.ts';
import { createMenu } from './menu.ts';

/** The menu of all edits by hand, with their keys; and the line that says what is to be picked. */
export function createEditMenu(app: App, log: EditLog, tool: Tool, proposals: Proposals): HTMLElement {
  const button = h('button', { type: 'button', class: 'choice edit-button' }, 'Edit');
  const entries = VERBS.map((verb) => ({
    text: `${verb.text[0]!.toUpperCase()}${verb.text.slice(1)}`,
    keys: caps(verb.key),
    act: () => tool.start(verb),
  }));
  entries.push({
    text: 'Ask the linker again around this cell; edits are kept',
    keys: caps('Shift+s'),
    act: () => void proposals.ask(),
  });
  effect(() => {
    button.disabled = app.state.selected.value < 0 || log.standing.value.kind === 'closed';
  });
  return createMenu(button, 'Edit', entries);
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
