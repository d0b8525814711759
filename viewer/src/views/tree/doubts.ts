import type { Nodes } from '../../data/types.ts';
import { css, type Rgb, SUSPECT, WRONG } from '../../image/palette.ts';
import { putStamp, type Stamp } from '../../image/stamps.ts';
import type { TreeLayout } from '../../layout/leafOrder.ts';
import type { TreeAxis } from '../../layout/treeAxis.ts';
import type { ReviewItem } from '../../review/items.ts';
import { createLayer } from '../layer.ts';
import { DOUBTFUL } from '../review/glyph.ts';
import type { TreeInk } from './draw.ts';
import { frameAt, leafAt, type TreePose } from './view.ts';

/** Marks drawn at most, the worst ones; and half of their size, CSS pixels, from a little doubtful to surely wrong. */
const MOST = 3000;
const [SMALL, LARGE] = [2.6, 5];
/** Sizes in between. */
const SIZES = 8;
/** Marks nearer than this to one that is there already are left out: the worse one stands for both. */
const APART = 5;

/** Where open items lie in the tree, in the order of the list, and how they look: found as far as they were asked for. */
interface Spots {
  open: readonly ReviewItem[];
  layout: TreeLayout;
  found: number;
  /** NaN = not in this tree. */
  u: Float64Array;
  t: Float64Array;
  look: Uint8Array;
}

/**
 * Triangles at the open items of the review that lie in view, at every zoom: also over blocks that stand for many
 * branches, so that the overview is a map of where to work. Drawn anew only when the view or the list is another.
 */
export function createDoubts(): { draw(ink: TreeInk, open: readonly ReviewItem[]): void } {
  const layer = createLayer();
  const shown = new Uint8Array(MOST);
  const at = new Float32Array(2 * MOST);
  let spots: Spots | null = null;
  return {
    draw(ink, open) {
      const { app, axis, layout, pose, theme } = ink;
      if (spots?.layout !== layout || spots.open !== open) spots = createSpots(layout, open);
      const { u0, u1, v0, v1 } = pose.view;
      layer.paint(pose, [spots, u0, u1, v0, v1, pose.down, theme.ground], (context) => {
        const n = chooseSpots(spots!, axis, app.data.nodes, pose, at, shown);
        stampAll(context.canvas, n, at, shown, theme.ground);
      });
      layer.copyTo(ink.context);
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
  const look = lookOf(item);
  triangle(context, x, y, sizeOf(look), colourOf(look), theme.select, 2);
}

const lookOf = ({ alert, wrong }: ReviewItem): number =>
  Math.round((SIZES - 1) * Math.min(1, wrong * 1.6)) + (alert || wrong >= DOUBTFUL ? SIZES : 0);
const sizeOf = (look: number): number => SMALL + ((LARGE - SMALL) * (look % SIZES)) / (SIZES - 1);
const colourOf = (look: number): Rgb => (look >= SIZES ? WRONG : SUSPECT);

const createSpots = (layout: TreeLayout, open: readonly ReviewItem[]): Spots => ({
  open,
  layout,
  found: 0,
  u: new Float64Array(open.length),
  t: new Float64Array(open.length),
  look: new Uint8Array(open.length),
});

function findNext(spots: Spots, axis: TreeAxis, nodes: Nodes): void {
  const { open, layout } = spots;
  const k = spots.found++;
  const item = open[k]!;
  const place = layout.place[nodes.tracklet[item.node]! - 1]!;
  spots.u[k] = place < 0 ? Number.NaN : layout.u[place]!;
  spots.t[k] = axis.at(item.node);
  spots.look[k] = lookOf(item);
}

/** Which marks have a place of their own in view: their positions, CSS pixels, and looks. Answers how many. */
function chooseSpots(
  spots: Spots,
  axis: TreeAxis,
  nodes: Nodes,
  pose: TreePose,
  at: Float32Array,
  shown: Uint8Array,
): number {
  const { u, t, look } = spots;
  const count = spots.open.length;
  const { down, width, height, view, perLeaf, perFrame } = pose;
  const [leaf0, time0] = [leafAt(pose, view.u0), frameAt(pose, view.v0)];
  const [alongLeaf, alongTime] = down ? [width, height] : [height, width];
  const across = Math.ceil((alongLeaf + 2 * LARGE) / APART) + 1;
  const taken = new Uint8Array(across * (Math.ceil((alongTime + 2 * LARGE) / APART) + 1));
  let n = 0;
  for (let k = 0; k < count && n < MOST; k++) {
    if (k === spots.found) findNext(spots, axis, nodes);
    const leaf = leaf0 + (u[k]! - view.u0) * perLeaf;
    if (!(leaf >= -LARGE && leaf <= alongLeaf + LARGE)) continue;
    const time = time0 + (t[k]! - view.v0) * perFrame;
    if (!(time >= -LARGE && time <= alongTime + LARGE)) continue;
    const cell = Math.floor((leaf + LARGE) / APART) + across * Math.floor((time + LARGE) / APART);
    if (taken[cell] === 1) continue;
    taken[cell] = 1;
    at[2 * n] = down ? leaf : time;
    at[2 * n + 1] = down ? time : leaf;
    shown[n++] = look[k]!;
  }
  return n;
}

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
const stamps = new Map<string, Stamp>();

/** Puts the marks on a clear canvas, on whole device pixels. */
function stampAll(
  canvas: HTMLCanvasElement,
  n: number,
  at: Float32Array,
  shown: Uint8Array,
  ground: string,
): void {
  if (n === 0) return;
  const ratio = window.devicePixelRatio || 1;
  const { width, height } = canvas;
  const image = new ImageData(width, height);
  const sheet = { width, height, pixels: new Uint32Array(image.data.buffer) };
  for (let k = 0; k < n; k++) {
    const [x, y] = [at[2 * k]!, at[2 * k + 1]!];
    const corner = (v: number): number => Math.round((v - HALF) * ratio);
    putStamp(sheet, stampOf(shown[k]!, ground, ratio), corner(x), corner(y));
  }
  canvas.getContext('2d')!.putImageData(image, 0, 0);
}

/** A mark as pixels. */
function stampOf(look: number, ground: string, ratio: number): Stamp {
  const key = `${look} ${ground} ${ratio}`;
  const known = stamps.get(key);
  if (known !== undefined) return known;
  const side = Math.ceil(2 * HALF * ratio);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  triangle(context, HALF, HALF, sizeOf(look), colourOf(look), ground, 1);
  const pixels = new Uint32Array(context.getImageData(0, 0, side, side).data.buffer);
  stamps.set(key, { side, pixels });
  return { side, pixels };
}
