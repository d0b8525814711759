import { effect, type Signal } from '@preact/signals-core';
import { h } from '../dom.ts';

/** Width and height of the movie, percent; null = as the style has it. */
type Panes = Signal<readonly [number, number] | null>;

const [WIDTH, HEIGHT] = ['--movie-width', '--movie-height'];

/**
 * A bar between two panels that is dragged, or moved with the arrow keys. The browser keeps what a person set; a link may
 * say otherwise.
 */
function splitter(
  name: string,
  vertical: boolean,
  variable: string,
  sizeAt: (event: PointerEvent) => number,
  panes: Panes,
): HTMLElement {
  const root = document.documentElement;
  const key = `morula${variable}`;
  const sizeOf = (name: string): number => Number.parseFloat(getComputedStyle(root).getPropertyValue(name));
  const set = (percent: number): void => {
    const kept = Math.round(10 * Math.min(78, Math.max(18, percent))) / 10;
    localStorage.setItem(key, String(kept));
    const now = panes.peek() ?? [sizeOf(WIDTH), sizeOf(HEIGHT)];
    panes.value = vertical ? [kept, now[1]] : [now[0], kept];
  };
  const bar = h('div', {
    class: `splitter ${vertical ? 'vertical' : 'horizontal'}`,
    role: 'separator',
    tabindex: 0,
    'aria-label': name,
    'aria-orientation': vertical ? 'vertical' : 'horizontal',
    'aria-valuenow': 50,
  });
  bar.addEventListener('pointerdown', (event) => bar.setPointerCapture(event.pointerId));
  bar.addEventListener('pointermove', (event) => {
    if (event.buttons === 1) set(sizeAt(event));
  });
  bar.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -2, ArrowUp: -2, ArrowRight: 2, ArrowDown: 2 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    set(sizeOf(variable) + step);
  });
  const kept = Number(localStorage.getItem(key));
  if (kept > 0 && panes.peek() === null) root.style.setProperty(variable, `${kept}%`);
  effect(() => {
    const [width, height] = panes.value ?? [Number.NaN, Number.NaN];
    const percent = vertical ? width : height;
    if (Number.isNaN(percent)) return;
    root.style.setProperty(variable, `${percent}%`);
    bar.setAttribute('aria-valuenow', String(Math.round(percent)));
  });
  return bar;
}

/** Splitters between movie and side, and between both and the tree. */
export function createSplitters(
  grid: HTMLElement,
  panes: Panes,
): { vertical: HTMLElement; horizontal: HTMLElement } {
  const part = (value: number, from: number, size: number): number => (100 * (value - from)) / size;
  return {
    vertical: splitter(
      'Width of the movie',
      true,
      WIDTH,
      (event) => {
        const box = grid.getBoundingClientRect();
        return part(event.clientX, box.left, box.width);
      },
      panes,
    ),
    horizontal: splitter(
      'Height of the movie',
      false,
      HEIGHT,
      (event) => {
        const box = grid.getBoundingClientRect();
        return part(event.clientY, box.top, box.height);
      },
      panes,
    ),
  };
}
