import { batch, effect } from '@preact/signals-core';
import type { App } from '../app.ts';
import { findNode, nodeRef } from '../data/refs.ts';
import { decodeLink, encodeLink, type LinkState } from './link.ts';
import { DEFAULT_TAILS } from './state.ts';

/** Least time between two writes of the address, ms. */
const THROTTLE = 300;

/** What a link to this view holds; defaults are left out. */
export function currentLink(app: App, unknown: Record<string, string> | undefined): LinkState {
  const { state, data } = app;
  const { selected, event, movieView, treeView, channels } = state;
  const link: LinkState = { t: state.t.value, tails: state.tails.value };
  if (selected.value >= 0) link.selected = nodeRef(data, selected.value);
  if (state.scope.value === 'lineage') link.scope = 'lineage';
  if (event.value >= 0) link.event = nodeRef(data, event.value);
  if (state.item.value !== '') link.item = state.item.value.split(':', 2).join(':');
  if (movieView.value !== null) link.movieView = movieView.value;
  if (treeView.value !== null) link.treeView = treeView.value;
  if (state.treeMode.value !== 'all' || !state.treeDown.value || treeView.value !== null) {
    link.treeMode = state.treeMode.value;
    link.treeDown = state.treeDown.value;
  }
  if (state.colourBy.value !== 'lineage') link.colourBy = state.colourBy.value;
  if (state.marking.value !== 'outline') link.marking = state.marking.value;
  if (state.tails.value === DEFAULT_TAILS) delete link.tails;
  if (data.info.run.movie.ndim === 3) link.z = state.z.value;
  if (state.tab.value !== 'review') link.tab = state.tab.value;
  if (channels.value.some((c) => !c.auto || !c.on)) {
    link.channels = channels.value.map(({ low, high, gamma, on, auto }) =>
      auto && on ? null : { low, high, gamma, on },
    );
  }
  if (unknown !== undefined) link.unknown = unknown;
  return link;
}

/** Puts a link into the store. Returns what could not be found, in words, or ''. */
export function applyLink(app: App, link: LinkState): string {
  const { state, data } = app;
  let lost = '';
  const find = (ref: string | undefined): number => {
    if (ref === undefined) return -1;
    const node = findNode(data, ref);
    if (node < 0) lost = `the cell ${ref} of this link is not in the result any more`;
    return node;
  };
  batch(() => {
    const selected = find(link.selected);
    app.select(selected, { scope: link.scope ?? 'cell', quiet: true });
    const event = find(link.event);
    if (event >= 0 && data.nodes.childB[event]! >= 0) state.event.value = event;
    state.item.value = link.item ?? '';
    if (link.t !== undefined) app.goTo(link.t);
    else if (selected >= 0) app.goTo(data.nodes.t[selected]!);
    state.movieView.value = link.movieView ?? null;
    state.treeView.value = link.treeView ?? null;
    state.treeMode.value = link.treeMode ?? 'all';
    state.treeDown.value = link.treeDown ?? true;
    state.colourBy.value = link.colourBy ?? 'lineage';
    state.marking.value = link.marking ?? 'outline';
    state.tails.value = link.tails ?? DEFAULT_TAILS;
    if (link.z === 'max' || (link.z !== undefined && link.z < data.space.depth)) state.z.value = link.z;
    state.tab.value = link.tab ?? 'review';
    if (link.channels !== undefined) {
      state.channels.value = state.channels.value.map((c, k) => {
        const given = link.channels![k];
        return given ? { ...c, ...given, auto: false } : c;
      });
    }
  });
  return lost;
}

/** Keeps the address and the store alike: throttled while things move, a step of the history per selection. */
export function keepInAddress(app: App, onLost: (text: string) => void): () => string {
  let { unknown } = decodeLink(location.hash);
  let written = '';
  let timer = 0;
  let selection = `${app.state.selected.peek()}`;
  const hash = (): string => `#${encodeLink(currentLink(app, unknown))}`;
  effect(() => {
    const next = hash();
    const selected = `${app.state.selected.value}`;
    if (next === written) return;
    window.clearTimeout(timer);
    if (selected !== selection) {
      selection = selected;
      written = next;
      history.pushState(null, '', next);
      return;
    }
    timer = window.setTimeout(() => {
      written = next;
      history.replaceState(null, '', next);
    }, THROTTLE);
  });
  const read = (): void => {
    if (location.hash === written) return;
    window.clearTimeout(timer);
    const link = decodeLink(location.hash);
    unknown = link.unknown;
    written = location.hash;
    const lost = applyLink(app, link);
    selection = `${app.state.selected.peek()}`;
    if (lost !== '') onLost(lost);
  };
  window.addEventListener('popstate', read);
  window.addEventListener('hashchange', read);
  return () => `${location.origin}${location.pathname}${hash()}`;
}
