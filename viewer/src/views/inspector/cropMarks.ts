import type { App } from '../../app.ts';
import { inPlane, worldRadius, worldX, worldY } from '../../data/space.ts';
import type { LabelPlane } from '../../data/types.ts';
import { OUTLINE_PX } from '../../image/contours.ts';
import type { Disc } from '../../image/discs.ts';
import { css, DAUGHTER_A, DAUGHTER_B, OTHER, PARENT, type Rgb } from '../../image/palette.ts';
import type { Role, StripFrame } from './strip.ts';

/** What each cell of an event is drawn in. */
export const ROLE_COLOUR: Record<Role, Rgb> = {
  '': PARENT,
  P: PARENT,
  A: DAUGHTER_A,
  B: DAUGHTER_B,
  1: OTHER,
  2: OTHER,
  3: OTHER,
  4: OTHER,
};

/** A square of the picture on a square of the canvas. */
export interface CropPose {
  /** Left, top of the square in world units, and its side. */
  x0: number;
  y0: number;
  side: number;
  /** Left, top and side in device pixels. */
  left: number;
  top: number;
  px: number;
}

/** Circles for the cells that have no pixels: outlines that are damaged or missing, and cells that people added. */
export function drawRings(
  app: App,
  context: CanvasRenderingContext2D,
  frame: StripFrame,
  pose: CropPose,
  labels: LabelPlane | undefined,
  z: number | 'max',
  ratio: number,
): void {
  const { space, nodes, frameStart } = app.data;
  const k = pose.px / pose.side;
  for (const { role, node } of frame.cells) {
    if (nodes.t[node] !== frame.t || !inPlane(space, nodes, node, z)) continue;
    const [x, y, r] = [
      worldX(space, nodes, node),
      worldY(space, nodes, node),
      worldRadius(space, nodes, node),
    ];
    if (labels !== undefined && hasPixels(labels, node - frameStart[frame.t]! + 1, x, y, 2 * r)) continue;
    context.beginPath();
    context.arc(pose.left + (x - pose.x0) * k, pose.top + (y - pose.y0) * k, r * k, 0, 2 * Math.PI);
    for (const [width, colour] of [
      [OUTLINE_PX + 1.6, 'rgb(0 0 0 / 0.55)'],
      [OUTLINE_PX, css(ROLE_COLOUR[role])],
    ] as const) {
      context.lineWidth = width * ratio;
      context.strokeStyle = colour;
      context.stroke();
    }
  }
}

/** Has the cell at a place in its frame any pixel within `reach` of x, y? World units. */
export function hasPixels(
  { data, width, height, at }: LabelPlane,
  place: number,
  x: number,
  y: number,
  reach: number,
): boolean {
  const [left, top] = [x - (at?.x ?? 0), y - (at?.y ?? 0)];
  const [x0, x1] = [Math.max(0, Math.floor(left - reach)), Math.min(width, Math.ceil(left + reach))];
  for (let row = Math.max(0, Math.floor(top - reach)); row < Math.min(height, Math.ceil(top + reach)); row++)
    if (data.subarray(row * width + x0, row * width + x1).includes(place)) return true;
  return false;
}

/** Dashed circles for cells above or below the plane shown. */
export function drawAway(
  app: App,
  context: CanvasRenderingContext2D,
  frame: StripFrame,
  pose: CropPose,
  z: number,
  ratio: number,
): void {
  const { space, nodes } = app.data;
  const k = pose.px / pose.side;
  context.setLineDash([3 * ratio, 3 * ratio]);
  context.lineWidth = 1.4 * ratio;
  for (const { role, node } of frame.cells) {
    if (inPlane(space, nodes, node, z)) continue;
    const x = pose.left + (worldX(space, nodes, node) - pose.x0) * k;
    const y = pose.top + (worldY(space, nodes, node) - pose.y0) * k;
    context.beginPath();
    context.arc(x, y, worldRadius(space, nodes, node) * k, 0, 2 * Math.PI);
    context.strokeStyle = css(ROLE_COLOUR[role]);
    context.stroke();
  }
  context.setLineDash([]);
}

/** Discs instead of pixels, where there is no image. */
export function drawBodies(
  context: CanvasRenderingContext2D,
  frame: StripFrame,
  discs: Disc[],
  pose: CropPose,
  marked: boolean,
  ratio: number,
): void {
  const k = pose.px / pose.side;
  const roles = new Map(frame.cells.map((c) => [c.node, c.role]));
  context.save();
  context.beginPath();
  context.rect(pose.left, pose.top, pose.px, pose.px);
  context.clip();
  // Cells of other explanations over the rest, parent and daughters over these, so that nothing hides them.
  const rank = ({ node }: Disc): number => {
    const role = roles.get(node);
    return role === undefined ? 0 : ROLE_COLOUR[role] === OTHER ? 1 : 2;
  };
  discs.sort((p, q) => rank(p) - rank(q));
  const round = (disc: Disc): void => {
    context.beginPath();
    context.arc(
      pose.left + (disc.x - pose.x0) * k,
      pose.top + (disc.y - pose.y0) * k,
      disc.radius * k,
      0,
      2 * Math.PI,
    );
  };
  for (const disc of discs) {
    const grey = Math.round(120 - 60 * disc.depth);
    round(disc);
    context.fillStyle = roles.has(disc.node)
      ? '#9aa6b4'
      : `rgb(${grey * 0.42} ${grey * 0.46} ${grey * 0.52})`;
    context.fill();
    context.lineWidth = ratio;
    context.strokeStyle = '#07090c';
    context.stroke();
  }
  // Outlines over all discs: a sister behind the other is seen whole.
  for (const disc of marked ? discs : []) {
    const role = roles.get(disc.node);
    if (role === undefined) continue;
    round(disc);
    context.lineWidth = OUTLINE_PX * ratio;
    context.strokeStyle = css(ROLE_COLOUR[role]);
    context.stroke();
  }
  context.restore();
}

/** P, A and B outside their cells, each on the side away from its sister. */
export function drawLetters(
  app: App,
  context: CanvasRenderingContext2D,
  frame: StripFrame,
  pose: CropPose,
  ratio: number,
): void {
  const { space, nodes } = app.data;
  const k = pose.px / pose.side;
  // In a small picture letters are small, too.
  const letter = Math.min(10.5 * ratio, Math.max(7 * ratio, pose.px / 4.5));
  context.font = `600 ${letter}px ui-sans-serif, system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  for (const { role, node } of frame.cells) {
    const [dx, dy] = [worldX(space, nodes, node) - frame.x, worldY(space, nodes, node) - frame.y];
    const away = Math.hypot(dx, dy);
    const [ux, uy] = frame.cells.length > 1 && away > 0 ? [dx / away, dy / away] : [0.7, -0.7];
    const reach = worldRadius(space, nodes, node) * k * 1.15 + 0.66 * letter;
    const edge = 0.66 * letter;
    const clamp = (v: number, low: number): number => Math.min(Math.max(v, low + edge), low + pose.px - edge);
    const [cx, cy] = [pose.left + pose.px / 2 + dx * k, pose.top + pose.px / 2 + dy * k];
    const x = clamp(cx + ux * reach, pose.left);
    let y = clamp(cy + uy * reach, pose.top);
    // Where the crop ends at the cell, over or under it.
    if (Math.hypot(x - cx, y - cy) < reach - 0.4 * letter)
      y = clamp(cy + (uy > 0.3 ? reach : -reach), pose.top);
    context.lineWidth = 3 * ratio;
    context.strokeStyle = 'rgb(0 0 0 / 0.8)';
    context.strokeText(role, x, y);
    context.fillStyle = css(ROLE_COLOUR[role]);
    context.fillText(role, x, y);
  }
}
