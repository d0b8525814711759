import { nodeAt } from '../../data/branches.ts';
import { worldRadius, worldX, worldY } from '../../data/space.ts';
import type { App } from '../../app.ts';
import type { Transform } from '../../image/backend.ts';
import type { Disc } from '../../image/discs.ts';
import { branchColour, css, type Rgb } from '../../image/palette.ts';

/** Segments in one path: longer paths are slower to stroke (measured). */
const CHUNK = 64;
/** Frames after a division during which sisters are joined by a line. */
const SISTER_FRAMES = 3;
/** Cells need this radius on screen (CSS pixels) to carry their number, and at most so many do. */
const ID_RADIUS = 15;
const MOST_IDS = 250;

/** What the marks are drawn with; sizes in device pixels. */
export interface Pen {
  context: CanvasRenderingContext2D;
  view: Transform;
  width: number;
  height: number;
  ratio: number;
}

const screenX = (view: Transform, x: number): number => x * view.k + view.x;
const screenY = (view: Transform, y: number): number => y * view.k * view.aspect + view.y;

/** Colour of a node in the movie, which is dark in both themes. */
export function nodeColour(app: App, node: number): Rgb {
  return branchColour(app.colours, app.data.nodes.tracklet[node]! - 1, app.state.colourBy.value, false);
}

/** Where the cells of frame `t` came from: one line a cell, fainter with age. */
export function drawTails(app: App, pen: Pen, t: number): void {
  const { data } = app;
  const { nodes, frameStart, space } = data;
  const length = app.state.tails.value;
  const { context, view, ratio } = pen;
  const byColour = new Map<Rgb, number[]>();
  for (let i = frameStart[t]!; i < frameStart[t + 1]!; i++) {
    const colour = nodeColour(app, i);
    const row = byColour.get(colour);
    if (row === undefined) byColour.set(colour, [i]);
    else row.push(i);
  }
  context.lineCap = 'round';
  context.lineWidth = 1.5 * ratio;
  for (const [colour, heads] of byColour) {
    context.strokeStyle = css(colour);
    for (let age = 0; age < length; age++) {
      context.globalAlpha = 0.85 * (1 - age / length);
      let open = 0;
      context.beginPath();
      for (let k = 0; k < heads.length; k++) {
        const to = heads[k]!;
        const from = to < 0 ? -1 : nodes.parent[to]!;
        heads[k] = from < 0 || nodes.t[from]! < t - length ? -1 : from;
        if (heads[k]! < 0) continue;
        context.moveTo(screenX(view, worldX(space, nodes, to)), screenY(view, worldY(space, nodes, to)));
        context.lineTo(screenX(view, worldX(space, nodes, from)), screenY(view, worldY(space, nodes, from)));
        if (++open === CHUNK) {
          context.stroke();
          context.beginPath();
          open = 0;
        }
      }
      if (open > 0) context.stroke();
    }
  }
  context.globalAlpha = 1;
}

/** Lines between sisters for a few frames after their birth. */
export function drawSisters(app: App, pen: Pen, t: number): void {
  const { branches, nodes, frameStart, space } = app.data;
  const { context, view, ratio } = pen;
  context.strokeStyle = '#ffffff';
  context.lineWidth = 1.3 * ratio;
  context.setLineDash([3 * ratio, 3 * ratio]);
  for (let i = frameStart[t]!; i < frameStart[t + 1]!; i++) {
    const b = nodes.tracklet[i]! - 1;
    const parent = branches.parent[b]!;
    const age = t - branches.t0[b]!;
    if (parent < 0 || age >= SISTER_FRAMES || branches.childA[parent] !== b) continue;
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
 * Cells as discs. `solid`: filled, far ones darker (points without an image); else outlines with a dark casing.
 *
 * @param strong nodes drawn white and thicker
 */
export function drawDiscs(
  app: App,
  pen: Pen,
  discs: readonly Disc[],
  solid: boolean,
  strong: ReadonlySet<number>,
): void {
  const { context, view, ratio } = pen;
  for (const disc of discs) {
    const [x, y] = [screenX(view, disc.x), screenY(view, disc.y)];
    const r = Math.max(disc.radius * view.k, 1.5 * ratio);
    if (x < -r || y < -r || x > pen.width + r || y > pen.height + r) continue;
    const colour = nodeColour(app, disc.node);
    const marked = strong.has(disc.node);
    context.beginPath();
    context.arc(x, y, r, 0, 2 * Math.PI);
    if (solid) {
      context.fillStyle = shade(colour, 0.92 - 0.6 * disc.depth);
      context.fill();
      context.lineWidth = Math.min(1.2 * ratio, r / 4);
      context.strokeStyle = '#07090c';
      context.stroke();
    } else {
      context.lineWidth = 3.4 * ratio;
      context.strokeStyle = 'rgb(0 0 0 / 0.55)';
      context.stroke();
      context.lineWidth = 1.7 * ratio;
      context.strokeStyle = css(colour);
      context.stroke();
    }
    if (!marked) continue;
    context.lineWidth = 2.4 * ratio;
    context.strokeStyle = '#ffffff';
    context.stroke();
  }
}

/** A colour times `part`, for depth. */
function shade(colour: Rgb, part: number): string {
  const channel = (shift: number): number => Math.round(((colour >> shift) & 255) * part);
  return `rgb(${channel(16)} ${channel(8)} ${channel(0)})`;
}

/** Numbers beside the cells when they are large enough. */
export function drawIds(app: App, pen: Pen, t: number, selected: number): void {
  const { nodes, frameStart, space } = app.data;
  const { context, view, ratio } = pen;
  context.font = `500 ${11 * ratio}px ui-sans-serif, system-ui, sans-serif`;
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  let drawn = 0;
  for (let i = frameStart[t]!; i < frameStart[t + 1]! && drawn < MOST_IDS; i++) {
    const r = worldRadius(space, nodes, i) * view.k;
    if (r < ID_RADIUS * ratio && i !== selected) continue;
    const [x, y] = [screenX(view, worldX(space, nodes, i)), screenY(view, worldY(space, nodes, i))];
    if (x < 0 || y < 0 || x > pen.width || y > pen.height) continue;
    drawn++;
    const [tx, ty] = [x + 0.75 * r + 4 * ratio, y - 0.75 * r - 4 * ratio];
    context.lineWidth = 3 * ratio;
    context.strokeStyle = 'rgb(0 0 0 / 0.75)';
    context.fillStyle = i === selected ? '#ffffff' : css(nodeColour(app, i));
    context.strokeText(String(nodes.tracklet[i]), tx, ty);
    context.fillText(String(nodes.tracklet[i]), tx, ty);
  }
}
