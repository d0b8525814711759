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
  /** The name at the selected cell, and that cell's place in the frame; -1 = it is not there. */
  name: string;
  named: number;
}

/** Lines and marks reach this far around the cells that they belong to, and a name so far, CSS pixels. */
const AROUND = 8;
const NAME = [160, 16] as const;
/** More parts than this are drawn anew as a whole. */
const MOST = 48;

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

const nameBox = (scene: Scene): Box => boxOf(scene, scene.named, [...NAME]);

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

/** Per cell: 1 = something of it may lie in one of the boxes. */
export function cellsIn(scene: Scene, boxes: readonly Box[]): Uint8Array {
  const within = new Uint8Array(scene.looks.look.length);
  for (let k = 0; k < within.length; k++) {
    const own = boxOf(scene, k);
    within[k] = Number(boxes.some((box) => meet(own, box)));
  }
  return within;
}

/** Marks that may lie in one of the boxes. */
export const doubtsIn = (scene: Scene, boxes: readonly Box[]): DoubtMark[] =>
  scene.doubts.filter(({ x, y, size }) => {
    const own = around(x, y, size, scene);
    return boxes.some((box) => meet(own, box));
  });

const meet = (a: Box, b: Box): boolean => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
