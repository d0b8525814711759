import type { Transform } from '../../image/backend.ts';
import type { DoubtMark } from './doubts.ts';
import type { Looks } from './looks.ts';

/** A part of the canvas: x0, y0, x1, y1, whole device pixels. */
export type Box = readonly [x0: number, y0: number, x1: number, y1: number];

/** Everything that decides what the movie's canvas shows. */
export interface Scene {
  /** What nothing can be told of but whether it is the same; compared value by value. */
  key: readonly unknown[];
  view: Transform;
  /** Device pixels for one CSS pixel. */
  ratio: number;
  looks: Looks;
  doubts: readonly DoubtMark[];
  /** The name at the selected cell, its width in CSS pixels, and that cell's place in the frame; -1 = it is not there. */
  name: string;
  wide: number;
  named: number;
}

/** Lines and marks reach this far around the cells that they belong to, and a name so far above or below them, CSS pixels. */
const AROUND = 8;
const NAME = 6;
/** More parts than this are drawn anew as a whole. */
const MOST = 2000;
/** Side of a tile, device pixels; where more than this part of them is another, all are drawn anew. */
const TILE = 16;
const HALF = 0.5;

/** The parts of the canvas in which `next` looks different; null = it may be everywhere. */
export function changedBoxes(before: Scene | null, next: Scene): Box[] | null {
  if (before === null || before.key.length !== next.key.length) return null;
  if (!next.key.every((value, k) => Object.is(value, before.key[k]))) return null;
  const boxes: Box[] = [];
  const { look } = next.looks;
  for (let k = 0; k < look.length; k++) {
    if (look[k] === before.looks.look[k]) continue;
    boxes.push(boxOf(before, k), boxOf(next, k));
    if (boxes.length > MOST) return null;
  }
  for (const mark of onlyIn(before.doubts, next.doubts)) boxes.push(around(mark.x, mark.y, mark.size, next));
  for (const mark of onlyIn(next.doubts, before.doubts)) boxes.push(around(mark.x, mark.y, mark.size, next));
  if (before.name !== next.name || before.named !== next.named)
    for (const scene of [before, next]) if (scene.named >= 0) boxes.push(nameBox(scene));
  return boxes.length > MOST ? null : boxes;
}

/** What is drawn of the `k`-th cell. */
function boxOf({ looks: { box }, view, ratio }: Scene, k: number, [wide, high] = [0, 0]): Box {
  const [kx, ky] = [view.k, view.k * view.aspect];
  const room = AROUND * ratio;
  return [
    Math.floor(box[4 * k]! * kx + view.x - room - wide * ratio),
    Math.floor(box[4 * k + 1]! * ky + view.y - room - high * ratio),
    Math.ceil(box[4 * k + 2]! * kx + view.x + room + wide * ratio),
    Math.ceil(box[4 * k + 3]! * ky + view.y + room + high * ratio),
  ];
}

const nameBox = (scene: Scene): Box => boxOf(scene, scene.named, [scene.wide, NAME]);

function around(x: number, y: number, size: number, { ratio }: Scene): Box {
  const reach = size + AROUND * ratio;
  return [Math.floor(x - reach), Math.floor(y - reach), Math.ceil(x + reach), Math.ceil(y + reach)];
}

/** Marks of the first list that are not in the second. */
function onlyIn(marks: readonly DoubtMark[], others: readonly DoubtMark[]): DoubtMark[] {
  const known = new Map(others.map((mark) => [mark.node, mark]));
  return marks.filter((mark) => {
    const other = known.get(mark.node);
    return other === undefined || other.size !== mark.size || other.colour !== mark.colour;
  });
}

/** The tiles of the canvas, row by row: 1 = something in it is another. */
export interface Tiles {
  across: number;
  dirty: Uint8Array;
}

/** The tiles that boxes lie in; null = so many that all are drawn anew. */
export function tilesOf(boxes: readonly Box[], width: number, height: number): Tiles | null {
  const [across, down] = [Math.ceil(width / TILE), Math.ceil(height / TILE)];
  const dirty = new Uint8Array(across * down);
  for (const [x0, y0, x1, y1] of boxes)
    for (let row = Math.max(0, Math.floor(y0 / TILE)); row < Math.min(down, Math.ceil(y1 / TILE)); row++)
      dirty.fill(
        1,
        row * across + Math.min(across, Math.max(0, Math.floor(x0 / TILE))),
        row * across + Math.min(across, Math.max(0, Math.ceil(x1 / TILE))),
      );
  const count = dirty.reduce((sum, one) => sum + one, 0);
  return count > HALF * dirty.length ? null : { across, dirty };
}

/** Dirty tiles side by side, as boxes. */
export function dirtyBoxes({ across, dirty }: Tiles): Box[] {
  const boxes: Box[] = [];
  for (let k = 0; k < dirty.length; k++) {
    if (dirty[k] === 0) continue;
    const [row, from] = [Math.floor(k / across), k % across];
    while (k + 1 < (row + 1) * across && dirty[k + 1] === 1) k++;
    boxes.push([from * TILE, row * TILE, ((k % across) + 1) * TILE, (row + 1) * TILE]);
  }
  return boxes;
}

/** Does a box reach into a dirty tile? */
function meets({ across, dirty }: Tiles, [x0, y0, x1, y1]: Box): boolean {
  const down = dirty.length / across;
  const [left, right] = [Math.max(0, Math.floor(x0 / TILE)), Math.min(across, Math.ceil(x1 / TILE))];
  for (let row = Math.max(0, Math.floor(y0 / TILE)); row < Math.min(down, Math.ceil(y1 / TILE)); row++)
    for (let k = row * across + left; k < row * across + right; k++) if (dirty[k] === 1) return true;
  return false;
}

/** Per cell: 1 = something of it may lie in a dirty tile. */
export function cellsIn(scene: Scene, tiles: Tiles): Uint8Array {
  const within = new Uint8Array(scene.looks.look.length);
  for (let k = 0; k < within.length; k++) within[k] = Number(meets(tiles, boxOf(scene, k)));
  return within;
}

/** Marks that may lie in a dirty tile. */
export const doubtsIn = (scene: Scene, tiles: Tiles): DoubtMark[] =>
  scene.doubts.filter(({ x, y, size }) => meets(tiles, around(x, y, size, scene)));
