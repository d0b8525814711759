import type { Marking, Transform } from './backend.ts';
import { OUTLINE_PX } from './contours.ts';

/** Below this magnification contours lose their casing, and then would hide the cells. */
const NO_CASING_BELOW = 0.45;
/** From this magnification on, pixels show as squares. */
const SQUARES_FROM = 8;
const FILL_STRONG = 36;
const FILL_ALL = 84;

/** How contours are drawn; see `drawContours`. */
export interface MarkLook {
  /** Width of the line, device pixels. */
  linePx: number;
  /** Opacity of what is filled, 0 to 255. */
  fill: number;
  fillAll: boolean;
  casing: boolean;
}

/** What a magnification and a way of marking make of contours. */
export function markLook({ k }: Transform, marking: Marking, lineScale: number): MarkLook {
  const casing = k / lineScale >= NO_CASING_BELOW;
  const fillAll = marking === 'fill';
  return {
    linePx: fillAll ? 1 : (casing ? OUTLINE_PX : 1) * lineScale,
    fill: fillAll ? FILL_ALL : FILL_STRONG,
    fillAll,
    casing,
  };
}

/** Draws an image of the planes' resolution where a view shows it: the browser scales, whichever backend made it. */
export function drawScaled(
  context: CanvasRenderingContext2D,
  image: CanvasImageSource,
  { k, x, y, aspect }: Transform,
  lineScale: number,
): void {
  context.setTransform(k, 0, 0, k * aspect, x, y);
  context.imageSmoothingEnabled = k / lineScale < SQUARES_FROM;
  context.imageSmoothingQuality = k < 1 ? 'medium' : 'low';
  context.drawImage(image, 0, 0);
  context.setTransform(1, 0, 0, 1, 0, 0);
}
