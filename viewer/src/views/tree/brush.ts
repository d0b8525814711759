import { pixel, type Rgb } from '../../image/palette.ts';
import { type Board, fillRect, hatchRect } from '../../image/rects.ts';
import type { TreePose } from './view.ts';

/** Puts rectangles where leaf and time have them, CSS pixels. */
export interface Brush {
  colour: Rgb;
  /** Opacity, 0 to 1. */
  alpha: number;
  /** Colour of the ground. */
  readonly ground: Rgb;
  fill(leaf: number, time: number, acrossLeaf: number, alongTime: number): void;
  /** Hatching in the colour of the ground. */
  hatch(leaf: number, time: number, acrossLeaf: number, alongTime: number): void;
}

/** The picture that a tree's rectangles are put on; kept from one drawing to the next. */
export interface TreeBoard {
  /** Clears it. @param ground `#rrggbb` */
  start(pose: TreePose, ground: string): Brush;
  /** Its pixels. */
  board(): Board;
  copyTo(context: CanvasRenderingContext2D): void;
}

/** A board with nothing on it. */
export function createBoard(): TreeBoard {
  let image = new ImageData(1, 1);
  let board: Board = { width: 1, height: 1, pixels: new Int32Array(1) };
  return {
    start(pose, ground) {
      const ratio = window.devicePixelRatio || 1;
      const width = Math.max(1, Math.round(pose.width * ratio));
      const height = Math.max(1, Math.round(pose.height * ratio));
      if (image.width !== width || image.height !== height) image = new ImageData(width, height);
      board = { width, height, pixels: new Int32Array(image.data.buffer) };
      const rgb = Number.parseInt(ground.slice(1), 16);
      board.pixels.fill(pixel(rgb));
      return createBrush(board, pose.down, ratio, rgb);
    },
    board: () => board,
    copyTo(context) {
      context.putImageData(image, 0, 0);
    },
  };
}

function createBrush(board: Board, down: boolean, ratio: number, ground: Rgb): Brush {
  const behind = pixel(ground) | 0;
  const dot = Math.max(1, Math.round(ratio));
  const brush: Brush = {
    colour: 0,
    alpha: 1,
    ground,
    fill(leaf, time, acrossLeaf, alongTime) {
      const ink = pixel(brush.colour) | 0;
      const [l, t, w, h] = [leaf * ratio, time * ratio, acrossLeaf * ratio, alongTime * ratio];
      if (down) fillRect(board, l, t, w, h, ink, brush.alpha);
      else fillRect(board, t, l, h, w, ink, brush.alpha);
    },
    hatch(leaf, time, acrossLeaf, alongTime) {
      const [l, t, w, h] = [leaf * ratio, time * ratio, acrossLeaf * ratio, alongTime * ratio];
      if (down) hatchRect(board, l, t, w, h, behind, dot);
      else hatchRect(board, t, l, h, w, behind, dot);
    },
  };
  return brush;
}
