import { h } from '../dom.ts';

/** A bar between two panels that is dragged, or moved with the arrow keys. Sizes are kept by the browser. */
function splitter(
  name: string,
  vertical: boolean,
  variable: string,
  sizeAt: (event: PointerEvent) => number,
): HTMLElement {
  const root = document.documentElement;
  const key = `morula${variable}`;
  const set = (percent: number): void => {
    const kept = Math.min(78, Math.max(18, percent));
    root.style.setProperty(variable, `${kept}%`);
    bar.setAttribute('aria-valuenow', String(Math.round(kept)));
    localStorage.setItem(key, String(kept));
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
    set(Number.parseFloat(getComputedStyle(root).getPropertyValue(variable)) + step);
  });
  const kept = Number(localStorage.getItem(key));
  if (kept > 0) set(kept);
  return bar;
}

/** Splitters between movie and side, and between both and the tree. */
export function createSplitters(grid: HTMLElement): { vertical: HTMLElement; horizontal: HTMLElement } {
  const part = (value: number, from: number, size: number): number => (100 * (value - from)) / size;
  return {
    vertical: splitter('Width of the movie', true, '--movie-width', (event) => {
      const box = grid.getBoundingClientRect();
      return part(event.clientX, box.left, box.width);
    }),
    horizontal: splitter('Height of the movie', false, '--movie-height', (event) => {
      const box = grid.getBoundingClientRect();
      return part(event.clientY, box.top, box.height);
    }),
  };
}
