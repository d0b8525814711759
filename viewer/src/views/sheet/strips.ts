import type { App } from '../../app.ts';
import type { PlaneId } from '../../data/frames.ts';
import { drawCrop } from '../inspector/crop.ts';
import { cropPlanes } from '../inspector/cropPlanes.ts';
import { planStrip, type Strip, type StripFrame } from '../inspector/strip.ts';

/** Frames of a small strip around the birth: the parent's last, and the daughters' first, third. */
const STEPS = [-1, 0, 2];
/** Crops whose planes are asked for at a time: a page of them all may be more than the memory holds. */
const AT_ONCE = 6;

interface Waiting {
  canvas: HTMLCanvasElement;
  strip: Strip;
  frame: StripFrame;
  place: number;
}

/** Draws small strips of divisions as their planes come; each is drawn once and then kept. */
export function createStrips(app: App): {
  /** Asks for the strips of `nodes` on their canvases; what was asked for before is dropped. */
  show(cards: readonly { node: number; canvas: HTMLCanvasElement }[], px: number): void;
  done(): boolean;
} {
  let waiting: Waiting[] = [];
  let side = 0;

  const planes = ({ frame, strip }: Waiting): PlaneId[] => cropPlanes(app, frame, strip.half);

  function pump(): void {
    for (;;) {
      const ready = waiting.slice(0, AT_ONCE).filter((one) => planes(one).every(app.frames.known));
      for (const { canvas, strip, frame, place } of ready) {
        const context = canvas.getContext('2d')!;
        context.save();
        context.translate(place * (side + 2), 0);
        drawCrop(app, context, frame, strip.half, side, 0, window.devicePixelRatio || 1, 'marked');
        context.restore();
      }
      waiting = waiting.filter((one) => !ready.includes(one));
      if (ready.length === 0) break;
    }
    app.frames.want('sheet', waiting.slice(0, AT_ONCE).flatMap(planes));
  }
  app.frames.onArrival(() => {
    if (waiting.length > 0) pump();
  });

  return {
    show(cards, px) {
      side = px;
      waiting = cards.flatMap(({ node, canvas }) => {
        canvas.width = STEPS.length * (side + 2) - 2;
        canvas.height = side;
        const strip = planStrip(app.data, node, { kind: 'division', node });
        return STEPS.flatMap((step, place) => {
          const frame = strip.frames.find((f) => f.t === strip.zero + step);
          if (frame !== undefined) return [{ canvas, strip, frame, place }];
          writeEnd(canvas.getContext('2d')!, place * (side + 2), side);
          return [];
        });
      });
      pump();
    },
    done: () => waiting.length === 0,
  };
}

/** Says in place of a picture that the movie has no such frame. */
function writeEnd(context: CanvasRenderingContext2D, left: number, side: number): void {
  context.font = `${Math.round(side / 7)}px ui-sans-serif, system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = '#aab4bf';
  context.fillText('movie ends', left + side / 2, side / 2, side);
}
