import { batch, effect } from '@preact/signals-core';
import type { App } from '../app.ts';
import { findNode, nearestTo, nodeRef } from '../data/refs.ts';
import { decodeLink, encodeLink, type LinkState } from './link.ts';
import { DEFAULT_TAILS, STRIP_FRAMES, stripFrames, usualMarking } from './state.ts';

/** Least time between two writes of the address, ms. */
const THROTTLE = 300;

/** Cells that a link holds of those selected besides: more are a group. */
const MOST_ALSO = 40;
/** Trees, and branches, of each kind that a link holds of those that were pinned, hidden or collapsed. */
const MOST_SHAPED = 30;

/** What a link to this view holds; defaults are left out. */
export function currentLink(app: App, unknown: Record<string, string> | undefined): LinkState {
  const { state, data } = app;
  const { selected, event, movieView, treeView, channels } = state;
  const link: LinkState = { t: state.t.value, tails: state.tails.value };
  if (selected.value >= 0) {
    const i = selected.value;
    link.selected = nodeRef(data, i);
    const { nodes } = data;
    link.place = [nodes.x[i]!, nodes.y[i]!, nodes.z[i]!];
  }
  link.dataset = data.info.run.movie.fingerprint.replace(/[^\w-]/g, '').slice(0, 8);
  if (state.scope.value !== 'cell') link.scope = state.scope.value;
  const also = state.also.value.slice(0, MOST_ALSO);
  if (also.length > 0) link.also = also.map((i) => nodeRef(data, i));
  if (event.value >= 0) link.event = nodeRef(data, event.value);
  if (state.item.value !== '') link.item = state.item.value.split(':', 2).join(':');
  if (movieView.value !== null) link.movieView = movieView.value;
  if (treeView.value !== null) link.treeView = treeView.value;
  if (state.treeMode.value !== 'all' || !state.treeDown.value || treeView.value !== null) {
    link.treeMode = state.treeMode.value;
    link.treeDown = state.treeDown.value;
  }
  if (state.treeAxis.value !== 'time') link.treeAxis = state.treeAxis.value;
  if (state.treeSort.value !== 'size') link.treeSort = state.treeSort.value;
  for (const what of ['pinned', 'hidden', 'closed'] as const) {
    const rows = [...state.treeShape.value[what]].slice(0, MOST_SHAPED);
    if (rows.length > 0) link[what] = rows.map((row) => nodeRef(data, row));
  }
  if (state.stripFrames.value !== STRIP_FRAMES) link.strip = state.stripFrames.value;
  if (state.colourBy.value !== 'lineage') link.colourBy = state.colourBy.value;
  if (state.marking.value !== usualMarking(data.info)) link.marking = state.marking.value;
  if (state.tails.value === DEFAULT_TAILS) delete link.tails;
  if (state.tailsWay.value !== 'past') link.tailsWay = state.tailsWay.value;
  if (data.info.run.movie.ndim === 3) link.z = state.z.value;
  if (state.tab.value !== 'review') link.tab = state.tab.value;
  if (channels.value.some((c) => !c.auto || !c.on)) {
    link.channels = channels.value.map(({ low, high, gamma, on, auto }) =>
      auto && on ? null : { low, high, gamma, on },
    );
  }
  const table = state.tables.value[state.tab.value];
  if (table !== undefined) link.table = table;
  if (state.queueFilter.value !== 'all') link.kind = state.queueFilter.value;
  if (state.speed.value !== 1) link.speed = state.speed.value;
  if (state.filter.value.trim() !== '') link.filter = state.filter.value;
  if (state.dialog.value !== '') link.dialog = state.dialog.value;
  if (state.lower.value !== 'tree') link.lower = state.lower.value;
  if (state.panes.value !== null) link.layout = [...state.panes.value];
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
    if (node >= 0) return node;
    const near = nearestTo(data, ref, link.place);
    lost = `The cell ${ref} of this link is not in the result any more${near < 0 ? '' : '; this is the nearest one'}`;
    return near;
  };
  const dataset = currentLink(app, undefined).dataset;
  if (link.dataset !== undefined && link.dataset !== dataset) {
    lost = 'This link is of another movie: what it shows here may be something else';
  }
  batch(() => {
    const selected = find(link.selected);
    app.select(selected, { scope: link.scope ?? 'cell', quiet: true });
    state.also.value = (link.also ?? []).map((ref) => findNode(data, ref)).filter((i) => i >= 0);
    const event = find(link.event);
    if (event >= 0 && data.nodes.childB[event]! >= 0) state.event.value = event;
    state.item.value = link.item ?? '';
    if (link.t !== undefined) app.goTo(link.t);
    else if (selected >= 0) app.goTo(data.nodes.t[selected]!);
    state.movieView.value = link.movieView ?? null;
    state.treeView.value = link.treeView ?? null;
    state.treeMode.value = link.treeMode ?? 'all';
    state.treeDown.value = link.treeDown ?? true;
    state.treeAxis.value = link.treeAxis ?? 'time';
    state.treeSort.value = link.treeSort ?? 'size';
    const rows = (refs: readonly string[] = []): Set<number> =>
      new Set(refs.map((ref) => findNode(data, ref)).filter((row) => row >= 0));
    state.treeShape.value = {
      pinned: rows(link.pinned),
      hidden: rows(link.hidden),
      closed: rows(link.closed),
    };
    state.stripFrames.value = stripFrames(link.strip);
    state.colourBy.value = link.colourBy ?? 'lineage';
    state.marking.value = link.marking ?? usualMarking(data.info);
    state.tails.value = link.tails ?? DEFAULT_TAILS;
    state.tailsWay.value = link.tailsWay ?? 'past';
    if (link.z === 'max' || (link.z !== undefined && link.z < data.space.depth)) state.z.value = link.z;
    state.tab.value = link.tab ?? 'review';
    if (link.table !== undefined)
      state.tables.value = { ...state.tables.peek(), [state.tab.peek()]: link.table };
    state.queueFilter.value = link.kind ?? 'all';
    state.speed.value = link.speed ?? 1;
    state.filter.value = link.filter ?? '';
    state.dialog.value = link.dialog ?? '';
    state.lower.value = link.lower ?? 'tree';
    if (link.layout !== undefined) state.panes.value = link.layout;
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
  let step = stepOf(history.state);
  let selection = `${app.state.selected.peek()}`;
  let dialog = app.state.dialog.peek();
  const hash = (): string => `#${encodeLink(currentLink(app, unknown))}`;
  effect(() => {
    const next = hash();
    const selected = `${app.state.selected.value}`;
    if (next === written) return;
    window.clearTimeout(timer);
    if (selected !== selection) {
      selection = selected;
      written = next;
      history.pushState({ step: ++step }, '', next);
      return;
    }
    const write = (): void => {
      written = next;
      history.replaceState({ step }, '', next);
    };
    // What opens and closes does not move: a page that is loaded again must not show what was closed.
    const turned = app.state.dialog.peek() !== dialog;
    dialog = app.state.dialog.peek();
    if (turned) write();
    else timer = window.setTimeout(write, THROTTLE);
  });
  const read = (): void => {
    if (location.hash === written) return;
    window.clearTimeout(timer);
    step = stepOf(history.state);
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

/** How many selections of this page lie before the one shown. */
const stepOf = (kept: unknown): number => (kept as { step?: number } | null)?.step ?? 0;

/** Goes back to the selection before, as the browser's button does, but never off the page. */
export function selectionBack(): void {
  if (stepOf(history.state) > 0) history.back();
}
