import type { App } from '../../app.ts';
import { nodeAt } from '../../data/branches.ts';
import { cutRadius, inPlane, worldRadius, worldX, worldY, worldZ } from '../../data/space.ts';
import type { Dataset } from '../../data/types.ts';
import type { Transform } from '../../image/backend.ts';
import type { Disc } from '../../image/discs.ts';
import { branchColour, css, type Rgb } from '../../image/palette.ts';

/** Frames after a division during which sisters are joined by a line. */
export const SISTER_FRAMES = 3;
/** Numbers show when half of the cells have this radius on screen (CSS pixels), and at most so many do. */
const ID_RADIUS = 14;
const MOST_IDS = 250;
/** Numbers keep this far from the picture's upper edge, CSS pixels. */
const EDGE = 10;
/** Discs from this radius on have an edge, CSS pixels. */
const LEAST_EDGED = 2.5;
/** What lies under everything, and how opaque discs are filled over pixels. */
export const GROUND = '#07090c';
const PALE = 0.3;
/** Cells deeper than this in a heap of discs have no tail drawn. */
export const FRONT = 0.45;

/** What the marks are drawn with; sizes in device pixels. */
export interface Pen {
  context: CanvasRenderingContext2D;
  view: Transform;
  width: number;
  height: number;
  ratio: number;
  /** Where only a part is drawn anew: has a cell a share in it? */
  shares?: ((node: number) => boolean) | undefined;
  /** Where the pixels of cells are known: does one have any in the plane shown? */
  seen?: ((node: number) => boolean) | undefined;
}

export const screenX = (view: Transform, x: number): number => x * view.k + view.x;
export const screenY = (view: Transform, y: number): number => y * view.k * view.aspect + view.y;

/** Colour of a node in the movie, which is dark in both themes. */
export function nodeColour(app: App, node: number): Rgb {
  return branchColour(app.colours.value, app.data.nodes.tracklet[node]! - 1, app.state.colourBy.value, false);
}

/** Does the filter leave a branch out? */
export const isLeftOut = ({ kept }: App, b: number): boolean => kept.value?.branches[b] === 0;

/** What lies under the marks: pixels; discs, whose colours hide lines of the same; or a heap of them, near over far. */
export type Ground = 'pixels' | 'discs' | 'heap';

/** Lines between sisters for a few frames after their birth; over a heap of discs those in front. */
export function drawSisters(app: App, pen: Pen, t: number, ground: Ground): void {
  const { branches, nodes, frameStart, space } = app.data;
  const { context, view, ratio } = pen;
  context.strokeStyle = '#ffffff';
  context.lineWidth = 1.3 * ratio;
  context.setLineDash([3 * ratio, 3 * ratio]);
  for (let i = frameStart[t]!; i < frameStart[t + 1]!; i++) {
    if (pen.shares?.(i) === false) continue;
    const b = nodes.tracklet[i]! - 1;
    const parent = branches.parent[b]!;
    const age = t - branches.t0[b]!;
    if (parent < 0 || age >= SISTER_FRAMES || branches.childA[parent] !== b) continue;
    if (isLeftOut(app, b) || isLeftOut(app, branches.childB[parent]!)) continue;
    if (!inPlane(space, nodes, i, app.state.z.value)) continue;
    if (ground === 'heap' && worldZ(space, nodes, i) > FRONT * space.depth) continue;
    const sister = nodeAt(branches, nodes, branches.childB[parent]!, t);
    if (sister < 0) continue;
    context.globalAlpha = 0.95 - 0.25 * age;
    context.beginPath();
    context.moveTo(screenX(view, worldX(space, nodes, i)), screenY(view, worldY(space, nodes, i)));
    context.lineTo(screenX(view, worldX(space, nodes, sister)), screenY(view, worldY(space, nodes, sister)));
    context.stroke();
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/**
 * Cells as discs, filled or outlined. Over pixels: outlines with a dark casing, and a pale filling. Of points alone the
 * near ones hide the far ones, which are darker.
 *
 * @param alone are there no pixels under them?
 * @param strong nodes drawn white and thicker
 */
export function drawDiscs(
  app: App,
  pen: Pen,
  discs: readonly Disc[],
  alone: boolean,
  strong: ReadonlySet<number>,
): void {
  const { context, view, ratio } = pen;
  const filled = app.state.marking.value === 'fill';
  for (const disc of leftOutFirst(app, discs)) {
    const [x, y] = [screenX(view, disc.x), screenY(view, disc.y)];
    const r = Math.max(disc.radius * view.k, 1.5 * ratio);
    if (x < -r || y < -r || x > pen.width + r || y > pen.height + r) continue;
    const colour = nodeColour(app, disc.node);
    context.beginPath();
    context.arc(x, y, r, 0, 2 * Math.PI);
    if (alone) {
      const near = shade(colour, 0.92 - 0.6 * disc.depth);
      // Around a small disc an edge cannot be seen.
      const small = r < LEAST_EDGED * ratio;
      context.fillStyle = filled || small ? near : GROUND;
      context.fill();
      if (small) continue;
      context.lineWidth = filled ? Math.min(1.2 * ratio, r / 4) : Math.min(1.7 * ratio, r / 3);
      context.strokeStyle = filled ? GROUND : near;
      context.stroke();
    } else {
      if (filled) {
        context.globalAlpha = PALE;
        context.fillStyle = css(colour);
        context.fill();
        context.globalAlpha = 1;
      }
      context.lineWidth = 3.4 * ratio;
      context.strokeStyle = 'rgb(0 0 0 / 0.55)';
      context.stroke();
      context.lineWidth = 1.7 * ratio;
      context.strokeStyle = css(colour);
      context.stroke();
    }
  }
  // Last, so that a cell behind others is found too.
  for (const disc of discs) {
    if (!strong.has(disc.node)) continue;
    context.beginPath();
    context.arc(
      screenX(view, disc.x),
      screenY(view, disc.y),
      Math.max(disc.radius * view.k, 2.5 * ratio),
      0,
      2 * Math.PI,
    );
    context.lineWidth = 4.6 * ratio;
    context.strokeStyle = 'rgb(0 0 0 / 0.7)';
    context.stroke();
    context.lineWidth = 2.2 * ratio;
    context.strokeStyle = '#ffffff';
    context.stroke();
  }
}

/** Discs that the filter leaves out lie under the others. */
function leftOutFirst(app: App, discs: readonly Disc[]): readonly Disc[] {
  if (app.kept.value === null) return discs;
  const out = (disc: Disc): boolean => isLeftOut(app, app.data.nodes.tracklet[disc.node]! - 1);
  return [...discs.filter(out), ...discs.filter((disc) => !out(disc))];
}

/** A colour times `part`, for depth. */
function shade(colour: Rgb, part: number): string {
  const channel = (shift: number): number => Math.round(((colour >> shift) & 255) * part);
  return `rgb(${channel(16)} ${channel(8)} ${channel(0)})`;
}

/** Are the cells of a frame large enough for numbers? */
export function hasNames({ data }: App, { view, ratio }: Pen, t: number, ground: Ground): boolean {
  return ground !== 'heap' && usualRadius(data, t) * view.k >= ID_RADIUS * ratio;
}

let usual: { radius: Float64Array; t: number; median: number } | null = null;

/** Median radius of a frame's cells, world units; the last answer is kept. */
function usualRadius({ nodes, frameStart, space }: Dataset, t: number): number {
  if (usual?.radius === nodes.radius && usual.t === t) return usual.median;
  const first = frameStart[t]!;
  const radii = Float64Array.from({ length: frameStart[t + 1]! - first }, (_, k) =>
    worldRadius(space, nodes, first + k),
  ).sort();
  usual = { radius: nodes.radius, t, median: radii[radii.length >> 1] ?? 0 };
  return usual.median;
}

const nameFont = (ratio: number): string => `500 ${11 * ratio}px ui-sans-serif, system-ui, sans-serif`;

/** Width that a name takes, with its edge, CSS pixels. */
export function nameWidth({ context, ratio }: Pen, name: string): number {
  if (name === '') return 0;
  context.font = nameFont(ratio);
  return Math.ceil(context.measureText(name).width / ratio) + 3;
}

/** Numbers beside the cells when they are large enough; always the one of `selected`. None lies on another. */
export function drawIds(app: App, pen: Pen, t: number, selected: number, ground: Ground): void {
  const { nodes, frameStart, space } = app.data;
  const { context, view, ratio } = pen;
  const [first, end] = [frameStart[t]!, frameStart[t + 1]!];
  const all = hasNames(app, pen, t, ground);
  context.font = nameFont(ratio);
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  const taken: [number, number][] = [];
  const z = app.state.z.value;
  const here = (i: number): boolean => pen.seen?.(i) ?? inPlane(space, nodes, i, z);
  const order = selected >= first && selected < end && here(selected) ? [selected] : [];
  const shown = (i: number): boolean => i !== selected && here(i) && !isLeftOut(app, nodes.tracklet[i]! - 1);
  if (all) for (let i = first; i < end; i++) if (shown(i)) order.push(i);
  for (const i of order) {
    const r = cutRadius(space, nodes, i, z) * view.k;
    const [x, y] = [screenX(view, worldX(space, nodes, i)), screenY(view, worldY(space, nodes, i))];
    if (x < 0 || y < 0 || x > pen.width || y > pen.height || taken.length >= MOST_IDS) continue;
    const away = 0.72 * r + 4 * ratio;
    const name = app.names.value.get(nodes.tracklet[i]! - 1) ?? String(nodes.tracklet[i]);
    const wide = context.measureText(name).width;
    // Beside the cell, on the side where there is picture for all of it.
    const right = Math.min(pen.width, screenX(view, space.width)) - 2 * ratio;
    const top = Math.max(0, screenY(view, 0)) + EDGE * ratio;
    // In a disc that has room for it.
    const inside = ground === 'discs' && r >= 0.8 * ID_RADIUS * ratio;
    context.textAlign = inside ? 'center' : 'left';
    const [tx, ty] = inside
      ? [x, y]
      : [x + away + wide > right ? x - away - wide : x + away, y - away < top ? y + away : y - away];
    if (taken.some(([ox, oy]) => Math.abs(ox - tx) < 22 * ratio && Math.abs(oy - ty) < 12 * ratio)) continue;
    taken.push([tx, ty]);
    context.lineWidth = 3 * ratio;
    context.strokeStyle = 'rgb(0 0 0 / 0.75)';
    context.fillStyle = i === selected ? '#ffffff' : '#dfe6ec';
    context.strokeText(name, tx, ty);
    context.fillText(name, tx, ty);
  }
}
