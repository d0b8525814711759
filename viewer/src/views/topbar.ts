import { effect } from '@preact/signals-core';
import type { App } from '../app.ts';
import { formatCount } from '../data/units.ts';
import { h, icon, iconButton, putChildren, setText } from '../dom.ts';
import type { EditLog } from '../edits/log.ts';
import { hint, withKeys } from '../keys/hints.ts';
import type { Review } from '../review/review.ts';

/** The top bar: which movie, how much of everything, and what concerns the whole page. */
export function createTopbar(
  app: App,
  review: Review,
  editMenu: HTMLElement,
  filter: HTMLElement,
  copyLink: () => void,
  openHelp: () => void,
): HTMLElement {
  const { state, data } = app;
  const { movie } = data.info.run;
  const fact = (n: number, one: string, many: string): HTMLElement =>
    h('span', { class: 'fact' }, h('strong', {}, formatCount(n)), ` ${n === 1 ? one : many}`);
  const theme = h('button', {
    type: 'button',
    class: 'icon-button',
    onclick: () => (state.light.value = !state.light.value),
  });
  effect(() => {
    const next = state.light.value ? 'dark' : 'light';
    theme.replaceChildren(icon(state.light.value ? 'moon' : 'sun'));
    theme.setAttribute('aria-label', `Switch to the ${next} theme`);
    theme.title = `Switch to the ${next} theme`;
  });
  const counts = h('div', { class: 'counts' });
  effect(() => {
    app.version.value;
    putChildren(counts, [
      fact(data.nFrames, 'frame', 'frames'),
      fact(data.nodes.count, 'detection', 'detections'),
      fact(data.branches.count, 'track', 'tracks'),
      fact(data.divisions.length, 'division', 'divisions'),
      fact(data.nLineages, 'lineage', 'lineages'),
    ]);
  });
  return h(
    'header',
    { class: 'topbar' },
    h('span', { class: 'brand' }, 'morula'),
    h('h1', { title: movie.path ?? movie.name }, movie.name),
    counts,
    h('span', { class: 'spring' }),
    filter,
    reviewButton(app, review),
    editMenu,
    stepButton(review.log, 'undo'),
    stepButton(review.log, 'redo'),
    iconButton('link', 'Copy a link to this view', copyLink),
    theme,
    iconButton('help', 'Keys ({help})', openHelp),
  );
}

/** How much is to review; goes to the next doubtful place. */
function reviewButton(app: App, review: Review): HTMLElement {
  const text = h('span', {});
  const button = h(
    'button',
    {
      type: 'button',
      class: 'to-review',
      onclick: () => {
        app.state.tab.value = 'review';
        review.step(1);
      },
    },
    text,
  );
  hint(button, 'Next doubtful place ({review-next})');
  effect(() => {
    const n = review.open.value.length;
    const all = review.undecided.value.length;
    const part = n === 0 && all > 0 ? ` of ${formatCount(all)}` : '';
    setText(text, all === 0 ? 'reviewed' : `${formatCount(n)}${part} to review`);
    button.hidden = review.items.value.length === 0;
    button.toggleAttribute('data-open', n > 0);
  });
  return button;
}

/** Undo or redo, named by what it would change. */
function stepButton(log: EditLog, to: 'undo' | 'redo'): HTMLElement {
  const button = iconButton(to, '', () => void log.step(to));
  const name = to === 'undo' ? 'Undo' : 'Redo';
  effect(() => {
    const next = log[to].value;
    button.disabled = next === null || log.standing.value.kind === 'closed';
    const label = `${name}${next === null ? '' : `: ${next.label}`}${withKeys(` ({${to}})`)}`;
    button.title = label;
    button.setAttribute('aria-label', label);
  });
  return button;
}

/** A short message that goes by itself. */
export function createToast(): { element: HTMLElement; say(text: string): void } {
  const element = h('div', { class: 'toast', role: 'status' });
  let timer = 0;
  return {
    element,
    say(text) {
      element.textContent = text;
      element.classList.add('shown');
      window.clearTimeout(timer);
      timer = window.setTimeout(() => element.classList.remove('shown'), Math.max(2600, 60 * text.length));
    },
  };
}
