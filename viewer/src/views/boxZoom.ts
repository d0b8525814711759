import { effect, type Signal } from '@preact/signals-core';
import { h } from '../dom.ts';

/** A box on a panel, CSS pixels from its upper left corner. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Smaller boxes are clicks. */
const LEAST = 5;

/** While `armed`, dragging over a stage draws a box, and letting go zooms to it; the click that ends it does nothing else. */
export function createBoxZoom(stage: HTMLElement, armed: Signal<boolean>, zoomTo: (box: Box) => void): void {
  const frame = h('div', { class: 'zoom-box', hidden: true });
  stage.append(frame);
  let from: { x: number; y: number } | null = null;
  let box: Box = { x: 0, y: 0, width: 0, height: 0 };
  let ended = false;

  const stop = (event: Event): void => {
    event.stopPropagation();
    event.preventDefault();
  };
  const capture = { capture: true };
  stage.addEventListener(
    'pointerdown',
    (event) => {
      ended = false;
      if (!armed.peek() || event.button !== 0) return;
      const { left, top } = stage.getBoundingClientRect();
      from = { x: event.clientX - left, y: event.clientY - top };
      stage.setPointerCapture(event.pointerId);
      stop(event);
    },
    capture,
  );
  stage.addEventListener(
    'pointermove',
    (event) => {
      if (from === null) return;
      const { left, top } = stage.getBoundingClientRect();
      const [x, y] = [event.clientX - left, event.clientY - top];
      box = {
        x: Math.min(x, from.x),
        y: Math.min(y, from.y),
        width: Math.abs(x - from.x),
        height: Math.abs(y - from.y),
      };
      frame.hidden = false;
      frame.style.cssText = `left:${box.x}px;top:${box.y}px;width:${box.width}px;height:${box.height}px`;
      stop(event);
    },
    capture,
  );
  stage.addEventListener(
    'pointerup',
    (event) => {
      if (from === null) return;
      from = null;
      ended = true;
      armed.value = false;
      stop(event);
      if (box.width >= LEAST && box.height >= LEAST) zoomTo(box);
      box = { x: 0, y: 0, width: 0, height: 0 };
    },
    capture,
  );
  stage.addEventListener(
    'click',
    (event) => {
      if (ended) stop(event);
      ended = false;
    },
    capture,
  );
  effect(() => {
    stage.toggleAttribute('data-boxing', armed.value);
    if (armed.value) return;
    frame.hidden = true;
    from = null;
  });
}
