import { computed, effect, signal } from '@preact/signals-core';
import type { App } from '../app.ts';
import { h, iconButton } from '../dom.ts';
import { withKeys } from '../keys/hints.ts';
import type { Review } from '../review/review.ts';

const KEY = 'morula-hints';

/**
 * Four steps of proof-reading in a strip under the top bar, the first time that this browser opens a result with
 * something to review; each is ticked when it was done. It goes for good when it is closed.
 */
export function createHintStrip({ state, data }: App, review: Review, storage: Storage): HTMLElement {
  const closed = signal(storage.getItem(KEY) === 'done' || data.info.edits === false);
  const done = [signal(false), signal(false), signal(false), signal(false)] as const;
  const texts = [
    '{review-next}: the most doubtful place',
    '{apply-1} to {apply-4}: what it is instead',
    '{verify}: right as it is, next',
    '{undo}: take it back',
  ];
  effect(() => {
    if (closed.value) return;
    const decided = [...review.log.reviews.value.values()];
    if (state.item.value !== '') done[0].value = true;
    if (decided.includes('fixed')) done[1].value = true;
    if (decided.includes('verified')) done[2].value = true;
    if (review.log.redo.value !== null) done[3].value = true;
  });
  const all = computed(() => done.every(({ value }) => value));
  const close = (): void => {
    storage.setItem(KEY, 'done');
    closed.value = true;
  };
  const steps = texts.map((text, k) => {
    const step = h('li', {});
    effect(() => {
      step.textContent = withKeys(text);
      step.classList.toggle('is-done', done[k]!.value);
      step.setAttribute('aria-label', `${step.textContent}${done[k]!.value ? ' (done)' : ''}`);
    });
    return step;
  });
  const end = h('span', { class: 'hints-end' });
  effect(() => {
    end.textContent = all.value ? withKeys('That is all there is to it; {help} shows every key') : '';
    if (all.value) storage.setItem(KEY, 'done');
  });
  const element = h(
    'aside',
    { class: 'hints', 'aria-label': 'First steps' },
    h('ol', {}, ...steps),
    end,
    iconButton('close', 'Close; not shown again', close),
  );
  effect(() => {
    element.hidden = closed.value || (review.items.value.length === 0 && !done[0].value);
  });
  return element;
}
