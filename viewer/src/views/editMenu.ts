import { effect } from '@preact/signals-core';
import { h } from '../dom.ts';
import type { EditLog } from '../edits/log.ts';
import type { Proposals } from '../edits/proposal.ts';
import type { Tool } from '../edits/tool.ts';
import { VERBS } from '../edits/verbs.ts';
import { caps } from '../keys/caps.ts';
import { withKeys } from '../keys/hints.ts';
import type { Command } from '../keys/keymap.ts';
import type { KeySettings } from '../keys/settings.ts';
import { createMenu } from './menu.ts';

/** The menu of all edits by hand, with their keys; and the line that says what is to be picked. */
export function createEditMenu(
  log: EditLog,
  tool: Tool,
  proposals: Proposals,
  settings: KeySettings,
  openMarks: () => void,
): HTMLElement {
  const button = h('button', { type: 'button', class: 'choice edit-button' }, 'Edit');
  const keys = (command: Command) => () => caps(settings.keys(command)[0] ?? '');
  const entries = VERBS.map((verb) => ({
    text: `${verb.text[0]!.toUpperCase()}${verb.text.slice(1)}`,
    keys: keys(`edit-${verb.name}`),
    act: () => tool.start(verb),
  }));
  entries.push(
    { text: 'Split the object: two cells were taken for one', keys: keys('split'), act: tool.split },
    { text: "Add a cell from the detector's candidates", keys: keys('add'), act: tool.add },
    { text: 'Add a cell by its outline', keys: keys('outline'), act: tool.outline },
    { text: 'Name, colour, tags and groups', keys: keys('marks'), act: openMarks },
    {
      text: 'Ask the linker again around this cell; edits are kept',
      keys: keys('resolve'),
      act: () => void proposals.ask(),
    },
    {
      text: 'Ask the linker again everywhere; edits are kept',
      keys: keys('resolve-all'),
      act: () => void proposals.askAll(),
    },
  );
  effect(() => {
    const now = log.standing.value;
    button.disabled = now.kind === 'closed';
    button.textContent = button.disabled ? 'Read only' : 'Edit';
    const why = now.kind === 'closed' ? now.error || 'This page is for looking only' : '';
    button.title = why;
    // What can only be edited with is not there.
    document.documentElement.toggleAttribute('data-read-only', button.disabled);
  });
  return createMenu(button, 'Edit', entries);
}

/** Says over the movie what is to be picked, and how to leave. */
export function createPrompt(tool: Tool): HTMLElement {
  const text = h('span', {});
  const leave = h('button', { type: 'button', class: 'choice', onclick: () => tool.cancel() });
  const element = h('div', { class: 'prompt', role: 'status', hidden: true }, text, leave);
  effect(() => {
    const now = tool.prompt.value;
    element.hidden = now === '';
    document.documentElement.toggleAttribute('data-picking', now !== '');
    text.textContent = now;
    leave.textContent = withKeys('Leave ({clear})');
  });
  return element;
}
