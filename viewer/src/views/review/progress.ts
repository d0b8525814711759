import { effect } from '@preact/signals-core';
import { formatCount } from '../../data/units.ts';
import { h } from '../../dom.ts';
import { expectedErrors } from '../../review/columns.ts';
import { isOpen, type Review } from '../../review/review.ts';

/** How far the review is: places decided of all, and how many errors are to be expected in the rest. */
export function createProgress(review: Review): HTMLElement {
  const bar = h('div', { class: 'progress-bar' });
  const text = h('span', {});
  const element = h(
    'div',
    { class: 'progress' },
    text,
    h('div', { class: 'progress-track', 'aria-hidden': 'true' }, bar),
  );
  effect(() => {
    let decided = 0;
    for (const state of review.log.reviews.value.values()) if (!isOpen(state)) decided++;
    const [open, shown] = [review.undecided.value.length, review.open.value.length];
    const errors = expectedErrors(review.undecided.value);
    const many = errors < 1 ? errors.toFixed(1) : String(Math.round(errors));
    const left = `about ${many} ${many === '1' ? 'error' : 'errors'} left`;
    const more = open === 0 ? [] : [h('span', { class: 'muted progress-errors' }, ` · ${left}`)];
    text.replaceChildren(
      h('strong', {}, formatCount(shown)),
      shown === open ? ' to review' : ` of ${formatCount(open)} to review`,
      ...more,
    );
    element.title = `${formatCount(decided)} decided, ${left}: the sum of the doubts`;
    bar.style.width = `${decided + open === 0 ? 0 : (100 * decided) / (decided + open)}%`;
  });
  return element;
}
