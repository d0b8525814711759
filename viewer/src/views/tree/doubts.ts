import { css, type Rgb, SUSPECT, WRONG } from '../../image/palette.ts';
import type { Board } from '../../image/rects.ts';
import { createStamp, putStamp, type Stamp } from '../../image/stamps.ts';
import { columnsOf, IMPOSSIBLE } from '../../review/columns.ts';
import type { ReviewItem } from '../../review/items.ts';
import { createLayer } from '../layer.ts';
import { DOUBTFUL } from '../review/glyph.ts';
import type { TreeInk } from './ink.ts';
import { type Chosen, chooseSpots, createSpots, type Spots } from './spots.ts';
import { frameAt, leafAt } from './view.ts';

/** Marks drawn at most, the worst ones; and half of their size, CSS pixels, from a little doubtful to surely wrong. */
const MOST = 3000;
const [SMALL, LARGE] = [2.6, 5];
/** Sizes in between. */
const SIZES = 8;

/** The marks of what is doubtful. */
export interface Doubts {
  draw(ink: TreeInk, open: readonly ReviewItem[]): void;
  /** Where nothing is to lie between them and the tree's rectangles: in one picture with these. */
  putOn(board: Board, ink: TreeInk, open: readonly ReviewItem[]): void;
}

/**
 * Triangles at the open items of the review that lie in view, at every zoom: also over blocks that stand for many
 * branches, so that the overview is a map of where to work. Drawn anew only when the view or the list is another.
 */
export function createDoubts(): Doubts {
  const layer = createLayer();
  const chosen: Chosen = { n: 0, at: new Float32Array(2 * MOST), item: new Int32Array(MOST) };
  const stamps = createStamps();
  let spots: Spots | null = null;
  let image = new ImageData(1, 1);
  let key: readonly unknown[] = [];

  /** Where marks are: answers by what it was told. */
  function choose({ app, axis, pose, theme }: TreeInk, open: readonly ReviewItem[]): readonly unknown[] {
    if (spots?.axis !== axis || spots.open !== open) spots = createSpots(axis, open, spots);
    const { u0, u1, v0, v1 } = pose.view;
    const next = [spots, u0, u1, v0, v1, pose.down, pose.width, pose.height, theme.ground];
    if (next.every((value, k) => Object.is(value, key[k]))) return key;
    key = next;
    chooseSpots(spots, app.data, pose, LARGE, chosen);
    return key;
  }

  function stamp(board: Board, ground: string, open: readonly ReviewItem[]): void {
    const ratio = window.devicePixelRatio || 1;
    const { wrong } = columnsOf(open);
    for (let k = 0; k < chosen.n; k++) {
      const one = stamps(lookOf(wrong[chosen.item[k]!]!), ground, ratio);
      const [x, y] = [chosen.at[2 * k]! - HALF, chosen.at[2 * k + 1]! - HALF];
      // On whole device pixels.
      putStamp(board, one, Math.round(x * ratio), Math.round(y * ratio));
    }
  }

  return {
    draw(ink, open) {
      layer.paint(ink.pose, choose(ink, open), (context) => {
        const { width, height } = context.canvas;
        if (image.width !== width || image.height !== height) image = new ImageData(width, height);
        const board = { width, height, pixels: new Int32Array(image.data.buffer).fill(0) };
        stamp(board, ink.theme.ground, open);
        context.putImageData(image, 0, 0);
      });
      layer.copyTo(ink.context);
    },
    putOn(board, ink, open) {
      choose(ink, open);
      stamp(board, ink.theme.ground, open);
    },
  };
}

/** The mark of the item that is looked at, over all others. */
export function drawCurrent(
  { app, axis, layout, pose, context, theme }: TreeInk,
  item: ReviewItem | null,
): void {
  if (item === null) return;
  const place = layout.place[app.data.nodes.tracklet[item.node]! - 1]!;
  if (place < 0) return;
  const [leaf, time] = [leafAt(pose, layout.u[place]!), frameAt(pose, axis.at(item.node))];
  const [x, y] = pose.down ? [leaf, time] : [time, leaf];
  const look = lookOf(item.alert ? IMPOSSIBLE + item.wrong : item.wrong);
  triangle(context, x, y, sizeOf(look), colourOf(look), theme.select, 2);
}

/** How an item looks, by `ItemColumns.wrong`. */
function lookOf(wrong: number): number {
  const alert = wrong >= IMPOSSIBLE;
  const part = alert ? wrong - IMPOSSIBLE : wrong;
  return Math.round((SIZES - 1) * Math.min(1, part * 1.6)) + (alert || part >= DOUBTFUL ? SIZES : 0);
}
const sizeOf = (look: number): number => SMALL + ((LARGE - SMALL) * (look % SIZES)) / (SIZES - 1);
const colourOf = (look: number): Rgb => (look >= SIZES ? WRONG : SUSPECT);

function triangle(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  size: number,
  fill: Rgb,
  edge: string,
  lineWidth: number,
): void {
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x + size, y + size * 0.8);
  context.lineTo(x - size, y + size * 0.8);
  context.closePath();
  context.fillStyle = css(fill);
  context.fill();
  context.lineWidth = lineWidth;
  context.strokeStyle = edge;
  context.stroke();
}

/** Half of a stamp's side, CSS pixels: the largest mark and its edge. */
const HALF = LARGE + 2;

/** Marks as pixels, each drawn once for a ground and a ratio. */
function createStamps(): (look: number, ground: string, ratio: number) => Stamp {
  let made: (Stamp | undefined)[] = [];
  let madeFor = { ground: '', ratio: 0 };
  return (look, ground, ratio) => {
    if (madeFor.ground !== ground || madeFor.ratio !== ratio) [made, madeFor] = [[], { ground, ratio }];
    made[look] ??= drawStamp(look, ground, ratio);
    return made[look];
  };
}

function drawStamp(look: number, ground: string, ratio: number): Stamp {
  const side = Math.ceil(2 * HALF * ratio);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  triangle(context, HALF, HALF, sizeOf(look), colourOf(look), ground, 1);
  return createStamp(side, new Int32Array(context.getImageData(0, 0, side, side).data.buffer));
}
