import { effect } from '@preact/signals-core';
import type { App } from '../../app.ts';
import { rootOf } from '../../data/branches.ts';
import { formatTime } from '../../data/units.ts';
import { h } from '../../dom.ts';
import { fate } from './tooltip.ts';

/** Tracks of a lineage that are written out at most, and the time after a change until they are. */
const MOST = 500;
const AFTER_MS = 150;

/**
 * The selected lineage as a tree that screen readers can walk, beside the picture of it: one item a track, the selected
 * one active. It has the focus of its panel; the keys along the lineage move the selection, and the active item with it.
 */
export function createMirror(app: App): HTMLElement {
  const element = h('ul', {
    class: 'sr-only',
    role: 'tree',
    tabindex: 0,
    'aria-label': 'Selected lineage, arrow keys move along it',
  });
  const items: HTMLElement[] = [];
  let timer = 0;
  function write(): void {
    const { branches, info } = app.data;
    const selected = app.branch.peek();
    const time = (t: number): string => formatTime(t, info.run.movie.timeStep, app.unit);
    const stack = selected < 0 ? [] : [{ b: rootOf(branches, selected), level: 1 }];
    let [n, active] = [0, ''];
    for (let one = stack.pop(); one !== undefined && n < MOST; one = stack.pop()) {
      const { b, level } = one;
      items[n] ??= h('li', { role: 'treeitem' });
      // As attributes: a text would be laid out, though nobody sees it.
      put(items[n]!, 'id', `track-${b + 1}`);
      put(items[n]!, 'aria-level', String(level));
      put(items[n]!, 'aria-selected', String(b === selected));
      const life = `from ${time(branches.t0[b]!)} to ${time(branches.t1[b]!)}`;
      put(items[n]!, 'aria-label', `track ${b + 1}, ${life}, ${fate(app, b)}`);
      if (b === selected) active = items[n]!.id;
      n++;
      for (const child of [branches.childB[b]!, branches.childA[b]!])
        if (child >= 0) stack.push({ b: child, level: level + 1 });
    }
    for (const item of items.splice(n)) item.remove();
    element.append(...items.filter((item) => item.parentNode === null));
    if (active !== '') put(element, 'aria-activedescendant', active);
    else element.removeAttribute('aria-activedescendant');
  }
  effect(() => {
    app.branch.value;
    app.version.value;
    window.clearTimeout(timer);
    timer = window.setTimeout(write, AFTER_MS);
  });
  return element;
}

/** Sets an attribute where it is another. */
function put(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
