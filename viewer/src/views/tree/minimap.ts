import { effect } from '@preact/signals-core';
import type { App } from '../../app.ts';
import { h, sizeCanvas } from '../../dom.ts';
import { css, SUSPECT } from '../../image/palette.ts';
import type { TreeLayout } from '../../layout/leafOrder.ts';
import { columnsOf } from '../../review/columns.ts';
import type { Review } from '../../review/review.ts';
import type { TreeView } from '../../state/state.ts';

/** Height of the map, and width of a bar of it, CSS pixels. */
const HEIGHT = 16;
const BAR = 2;
/** Time after a change until it is drawn anew: an edit changes little of the whole forest. */
const AFTER_MS = 120;
/** Part of the view that an arrow key moves. */
const STEP = 0.25;

/**
 * The whole forest in a strip, while a part of it is in view: how many branches there are, where open places of the
 * review lie, and which part is shown. Dragging and arrow keys move it. Drawn anew a while after the layout or the review
 * is another, not when the view moves: of a million branches that takes longer than a picture may.
 */
export function createMinimap(app: App, review: Review, move: (next: TreeView) => void): HTMLElement {
  const { state } = app;
  const canvas = h('canvas', { 'aria-hidden': 'true' });
  const part = h('div', { class: 'minimap-part' });
  const element = h(
    'div',
    {
      class: 'minimap',
      role: 'slider',
      tabindex: 0,
      'aria-label': 'Part of the forest in view',
      'aria-valuemin': 0,
      'aria-valuemax': 100,
      hidden: true,
    },
    canvas,
    part,
  );
  let width = 0;
  let counts: Counts | null = null;

  function draw(): void {
    if (width === 0 || counts === null) return;
    const { ratio } = sizeCanvas(canvas, { width, height: HEIGHT });
    const context = canvas.getContext('2d')!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, HEIGHT);
    const bars = (bins: Float64Array, most: number, colour: string): void => {
      const top = bins.reduce((a, b) => Math.max(a, b), 1);
      context.fillStyle = colour;
      bins.forEach((n, k) => {
        const high = n === 0 ? 0 : Math.max(1.5, (most * n) / top);
        context.fillRect(k * BAR, HEIGHT - high, BAR - 0.5, high);
      });
    };
    bars(counts.branches, HEIGHT - 1, getComputedStyle(element).getPropertyValue('--bar'));
    bars(counts.doubts, HEIGHT * 0.7, css(SUSPECT));
  }
  const dirty = app.schedule.add('minimap', draw);

  /** Moves the middle of the view to a part of the forest. */
  function centre(at: number): void {
    const view = state.treeView.peek();
    if (view === null) return;
    const half = (view.u1 - view.u0) / 2;
    const middle = Math.min(1, Math.max(0, at)) * app.layout.peek().width - 0.5;
    move({ ...view, u0: middle - half, u1: middle + half });
  }
  const drag = (event: PointerEvent): void => {
    const box = element.getBoundingClientRect();
    centre((event.clientX - box.left) / box.width);
  };
  element.addEventListener('pointerdown', (event) => {
    element.setPointerCapture(event.pointerId);
    drag(event);
  });
  element.addEventListener('pointermove', (event) => {
    if (event.buttons === 1) drag(event);
  });
  element.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    const view = state.treeView.peek();
    if (step === undefined || view === null || event.altKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    centre(((view.u0 + view.u1) / 2 + 0.5 + step * (view.u1 - view.u0)) / app.layout.peek().width);
  });

  let timer = 0;
  let counted: readonly unknown[] = [];
  /** Counts anew, after a while and in slices, where anything is another. */
  function count(): void {
    const [layout, open] = [app.layout.peek(), review.open.peek()];
    const key = [layout, open, app.version.peek(), width];
    window.clearTimeout(timer);
    if (width === 0 || key.every((value, k) => value === counted[k])) return;
    const next = countInBins(app, layout, columnsOf(open).node, Math.max(1, Math.floor(width / BAR)));
    const go = (): void => {
      if (next.more()) timer = window.setTimeout(go, 0);
      else {
        [counts, counted] = [next, key];
        dirty();
      }
    };
    timer = window.setTimeout(go, AFTER_MS);
  }
  effect(() => {
    for (const signal of [app.layout, app.version, review.open]) signal.value;
    count();
  });
  effect(() => {
    state.light.value;
    dirty();
  });
  effect(() => {
    const view = state.treeView.value;
    const { width: all } = app.layout.value;
    const shown = view === null ? 1 : (view.u1 - view.u0) / all;
    element.hidden = view === null || shown >= 1;
    if (view === null) return;
    const from = Math.min(1, Math.max(0, (view.u0 + 0.5) / all));
    const to = Math.min(1, Math.max(from, (view.u1 + 0.5) / all));
    part.style.left = `${100 * from}%`;
    part.style.width = `${100 * (to - from)}%`;
    element.setAttribute('aria-valuenow', String(Math.round(50 * (from + to))));
    element.setAttribute('aria-valuetext', `${Math.round(100 * from)} to ${Math.round(100 * to)} %`);
  });
  new ResizeObserver(([entry]) => {
    ({ width } = entry!.contentRect);
    dirty();
    count();
  }).observe(element);
  return element;
}

/** What is counted at a time, a few milliseconds of a tree whose columns no processor keeps near. */
const SLICE = 25_000;

/** Branches and open places by where they lie along the forest. */
interface Counts {
  branches: Float64Array;
  doubts: Float64Array;
}

/** Counts in slices: `more` counts one, and answers whether another is left. */
function countInBins(
  { data: { nodes } }: App,
  { count, u, place, width }: TreeLayout,
  open: Int32Array,
  bins: number,
): Counts & { more(): boolean } {
  const [branches, doubts] = [new Float64Array(bins), new Float64Array(bins)];
  const binOf = (i: number): number =>
    Math.min(bins - 1, Math.max(0, Math.floor(((u[i]! + 0.5) / width) * bins)));
  let k = 0;
  return {
    branches,
    doubts,
    more() {
      const end = Math.min(k + SLICE, count + open.length);
      for (; k < Math.min(end, count); k++) branches[binOf(k)]!++;
      for (; k < end; k++) {
        const at = place[nodes.tracklet[open[k - count]!]! - 1]!;
        if (at >= 0) doubts[binOf(at)]!++;
      }
      return k < count + open.length;
    },
  };
}
