import type { LabelPlane, Level, Placement, Plane } from './types.ts';

/** A part of the picture, world units. */
export interface Part {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** One request's worth of a plane: a level's place, and the square of it, in that level's pixels; null = all of it. */
export interface Tile {
  level: number;
  square: { x0: number; y0: number; x1: number; y1: number } | null;
}

/** Planes with more pixels are fetched in squares of this side. */
const LARGE = 4096 ** 2;
const SIDE = 512;
/** Planes with fewer pixels are always shown in full. */
const SMALL = 1024 ** 2;

/**
 * The coarsest level whose pixels are not wider on screen than `mostPx`; the full one where planes are small.
 *
 * @param k device pixels for one world unit
 */
export function levelFor(levels: readonly Level[], k: number, mostPx: number): number {
  if (levels[0]!.width * levels[0]!.height <= SMALL) return 0;
  let best = 0;
  for (let n = 1; n < levels.length; n++) if (levels[n]!.step * k <= mostPx) best = n;
  return best;
}

/** Is there more than one way to fetch a plane? */
export const hasDetail = (levels: readonly Level[]): boolean =>
  levels.length > 1 || levels[0]!.width * levels[0]!.height > LARGE;

/** A part and what lies a little beside it, in whole tiles: moving on within it asks for nothing new. */
export function roomAround({ x0, y0, x1, y1 }: Part, { step, width, height }: Level): Part {
  const [side, room] = [SIDE * step, (SIDE * step) / 4];
  return {
    x0: Math.max(0, Math.floor((x0 - room) / side) * side),
    y0: Math.max(0, Math.floor((y0 - room) / side) * side),
    x1: Math.min(width * step, Math.ceil((x1 + room) / side) * side),
    y1: Math.min(height * step, Math.ceil((y1 + room) / side) * side),
  };
}

/** Pixels that are fetched for a part of a level. */
export function pixelsOf({ step, width, height }: Level, part: Part | undefined): number {
  if (part === undefined || width * height <= LARGE) return width * height;
  return Math.max(0, (part.x1 - part.x0) * (part.y1 - part.y0)) / step ** 2;
}

/** The tiles of a level that show a part of the picture; one that is all of it where the level is not large. */
export function tilesOf(levels: readonly Level[], level: number, part: Part | undefined): Tile[] {
  const { step, width, height } = levels[level]!;
  if (part === undefined || width * height <= LARGE) return [{ level, square: null }];
  const tiles: Tile[] = [];
  const range = (from: number, to: number, size: number): [number, number] => [
    Math.max(0, Math.floor(from / step / SIDE)),
    from < size * step ? Math.min(Math.ceil(size / SIDE), Math.ceil(to / step / SIDE)) : 0,
  ];
  const [row0, row1] = range(part.y0, part.y1, height);
  const [column0, column1] = range(part.x0, part.x1, width);
  for (let row = row0; row < row1; row++) {
    for (let column = column0; column < column1; column++) {
      const [x0, y0] = [column * SIDE, row * SIDE];
      tiles.push({
        level,
        square: { x0, y0, x1: Math.min(x0 + SIDE, width), y1: Math.min(y0 + SIDE, height) },
      });
    }
  }
  return tiles;
}

/** Where the pixels of a tile lie. */
export function placeOf({ level, square }: Tile, levels: readonly Level[]): Placement | undefined {
  const { step } = levels[level]!;
  if (square === null) return level === 0 ? undefined : { x: 0, y: 0, step };
  return { x: square.x0 * step, y: square.y0 * step, step };
}

/** Tiles side by side as one plane; they fill a rectangle and are of one level. */
export function joinTiles<P extends Plane | LabelPlane>(planes: readonly P[]): P {
  const at = planes.map((plane) => plane.at!);
  const { step } = at[0]!;
  const [x, y] = [Math.min(...at.map((a) => a.x)), Math.min(...at.map((a) => a.y))];
  const column = (k: number): number => Math.round((at[k]!.x - x) / step);
  const row = (k: number): number => Math.round((at[k]!.y - y) / step);
  const width = Math.max(...planes.map((plane, k) => column(k) + plane.width));
  const height = Math.max(...planes.map((plane, k) => row(k) + plane.height));
  const Values = planes[0]!.data.constructor as Uint16ArrayConstructor;
  const data = new Values(width * height);
  for (const [k, plane] of planes.entries()) {
    for (let line = 0; line < plane.height; line++) {
      const from = line * plane.width;
      const to = (row(k) + line) * width + column(k);
      data.set(plane.data.subarray(from, from + plane.width) as Uint16Array, to);
    }
  }
  return { data, width, height, at: { x, y, step } } as unknown as P;
}
