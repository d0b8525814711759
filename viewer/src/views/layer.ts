import { sizeCanvas } from '../dom.ts';

/** A picture beside the canvas that is seen: what changes seldom is drawn there once, and copied from there. */
export interface Layer {
  /**
   * Draws anew where `key` is not what it was, or the size is another; CSS pixels, on clear ground.
   *
   * @param key compared value by value
   */
  paint(
    size: { width: number; height: number },
    key: readonly unknown[],
    draw: (context: CanvasRenderingContext2D) => void,
  ): void;
  /** Puts the picture onto a context whose units are CSS pixels. */
  copyTo(context: CanvasRenderingContext2D): void;
}

/** A layer with nothing on it. */
export function createLayer(): Layer {
  const canvas = document.createElement('canvas');
  let size = { width: 0, height: 0 };
  let drawn: readonly unknown[] = [];
  return {
    paint(wanted, key, draw) {
      const { ratio, ...room } = sizeCanvas(canvas, wanted);
      const next = [...key, room.width, room.height, ratio];
      if (next.length === drawn.length && next.every((value, k) => Object.is(value, drawn[k]))) return;
      [drawn, size] = [next, room];
      const context = canvas.getContext('2d')!;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, room.width, room.height);
      draw(context);
    },
    copyTo(context) {
      // In device pixels: nothing is smoothed.
      context.save();
      context.setTransform(1, 0, 0, 1, 0, 0);
      if (size.width > 0) context.drawImage(canvas, 0, 0);
      context.restore();
    },
  };
}
