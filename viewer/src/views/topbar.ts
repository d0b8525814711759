import { effect } from '@preact/signals-core';
import type { App } from '../app.ts';
import { formatCount } from '../data/units.ts';
import { h, icon, iconButton } from '../dom.ts';

/** The top bar: which movie, how much of everything, and what concerns the whole page. */
export function createTopbar(app: App, copyLink: () => void, openHelp: () => void): HTMLElement {
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
  return h(
    'header',
    { class: 'topbar' },
    h('span', { class: 'brand' }, 'morula'),
    h('h1', { title: movie.path ?? movie.name }, movie.name),
    h(
      'div',
      { class: 'counts' },
      fact(data.nFrames, 'frame', 'frames'),
      fact(data.nodes.count, 'detection', 'detections'),
      fact(data.branches.count, 'track', 'tracks'),
      fact(data.divisions.length, 'division', 'divisions'),
      fact(data.nLineages, 'lineage', 'lineages'),
    ),
    h('span', { class: 'spring' }),
    iconButton('link', 'Copy a link to this view', copyLink),
    theme,
    iconButton('help', 'Keys (?)', openHelp),
  );
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
      timer = window.setTimeout(() => element.classList.remove('shown'), 2600);
    },
  };
}
