import { effect } from '@preact/signals-core';
import { h } from '../dom.ts';
import type { EditLog } from '../edits/log.ts';

/** A line under the top bar that stays while edits cannot be recorded: what happened, what is safe, what can be done. */
export function createBanner(log: EditLog): HTMLElement {
  const text = h('span', {});
  const retry = h('button', { type: 'button', class: 'choice', onclick: log.retry }, 'Try now');
  const discard = h('button', { type: 'button', class: 'choice', onclick: log.discard }, 'Give this edit up');
  const element = h('div', { class: 'banner', role: 'alert', hidden: true }, text, retry, discard);
  effect(() => {
    const now = log.standing.value;
    const trouble = (now.kind === 'lost' || now.kind === 'closed') && now.error !== '';
    element.hidden = !trouble;
    if (!trouble) return;
    const waiting = now.kind === 'lost' ? now.waiting : null;
    retry.hidden = discard.hidden = waiting === null;
    if (now.kind === 'closed') text.textContent = `This page can look but not edit: ${now.error}`;
    else if (waiting === null)
      text.textContent = `${capital(now.error)}. All your edits are saved; new ones have to wait.`;
    else {
      text.textContent =
        `${capital(now.error)}. Not saved yet: “${waiting}”; everything before it is. ` +
        'It is sent again every two seconds, and never done twice.';
    }
  });
  return element;
}

const capital = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}`;
