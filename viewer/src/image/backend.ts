import type { LabelPlane, Placement, Plane } from '../data/types.ts';
import type { Rgb } from './palette.ts';

/** A channel as shown: its plane and how grey values become light. */
export interface ShownChannel {
  plane: Plane;
  /** Grey values for black and white. */
  low: number;
  high: number;
  gamma: number;
  colour: Rgb;
}

/** From world units (pixels of the image) to pixels of the canvas: `k * world + offset`. */
export interface Transform {
  k: number;
  x: number;
  y: number;
  /** `k` along y is `k * aspect`. */
  aspect: number;
}

/** How the cells of the label plane are drawn. */
export type Marking = 'outline' | 'fill' | 'none';

/** Draws image planes and the cells on them. One job, several ways to do it: this interface is what they share. */
export interface ImageBackend {
  /** Their planes are of one size, and lie in one place. */
  setChannels(channels: readonly ShownChannel[]): void;
  /** Labels as places in the frame, or null: nothing is known. */
  setLabels(labels: LabelPlane | null): void;
  /** Pixel colour (`palette.pixel`) per place, 0 = not drawn; and places that are marked strongly. */
  setLut(colours: Uint32Array, strong: ReadonlySet<number>): void;
  setMarking(marking: Marking): void;
  /** Draws onto the context, `width x height` device pixels; `lineScale` is device pixels for one CSS pixel. */
  render(
    context: CanvasRenderingContext2D,
    view: Transform,
    width: number,
    height: number,
    lineScale: number,
  ): void;
  /** Place under a world position, 0 = background. */
  pick(x: number, y: number): number;
}

/** The view of a plane that lies elsewhere than in the corner, or whose pixels are larger: from its pixels to the canvas. */
export function viewOf({ at }: { at?: Placement }, view: Transform): Transform {
  if (at === undefined) return view;
  const { k, x, y, aspect } = view;
  return { k: k * at.step, x: x + k * at.x, y: y + k * aspect * at.y, aspect };
}

/** Place of the label plane under a world position, 0 = background. */
export function pickLabel(labels: LabelPlane | null, x: number, y: number): number {
  if (labels === null) return 0;
  const { x: x0, y: y0, step } = labels.at ?? { x: 0, y: 0, step: 1 };
  const [column, row] = [Math.floor((x - x0) / step), Math.floor((y - y0) / step)];
  const inside = column >= 0 && row >= 0 && column < labels.width && row < labels.height;
  return inside ? labels.data[row * labels.width + column]! : 0;
}
