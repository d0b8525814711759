import type { App } from '../../app.ts';
import type { LabelPlane, Plane } from '../../data/types.ts';
import { drawContours, OUTLINE_PX, resampleSmooth, sourceAxis } from '../../image/contours.ts';
import { discsOfFrame } from '../../image/discs.ts';
import { pixel } from '../../image/palette.ts';
import { composite, percentileWindow, sampleValues } from '../../image/windowing.ts';
import { type CropPose, drawAway, drawBodies, drawLetters, drawRings, ROLE_COLOUR } from './cropMarks.ts';
import { partOf } from './cropPlanes.ts';
import { planeOf, type StripFrame } from './strip.ts';

/** Every crop has its own window: a bright neighbour elsewhere must not darken it. */
const [LOW, HIGH, GAMMA] = [2, 99.8, 0.7];

/** Draws one frame of the strip: raw above, with outlines below; or the latter alone. Device pixels. */
export function drawCrop(
  app: App,
  context: CanvasRenderingContext2D,
  frame: StripFrame,
  half: number,
  px: number,
  gap: number,
  ratio: number,
  rows: 'both' | 'marked' = 'both',
): void {
  const raw: CropPose = { x0: frame.x - half, y0: frame.y - half, side: 2 * half, left: 0, top: 0, px };
  const marked = { ...raw, top: rows === 'both' ? px + gap : 0 };
  const z = planeOf(app, frame);
  const channels = app.state.channels.peek();
  const part = partOf(frame, half);
  const planes = channels.map((c, channel) =>
    c.on ? app.frames.plane({ t: frame.t, channel, z, part }) : undefined,
  );
  const labels = app.frames.labels(frame.t, z, { part });
  const discs = app.frames.hasImage ? [] : discsOfFrame(app.data, frame.t, z, part);
  context.fillStyle = '#07090c';
  context.fillRect(0, 0, px, rows === 'both' ? 2 * px + gap : px);
  for (const pose of rows === 'both' ? [raw, marked] : [marked]) {
    if (planes.some((p) => p !== undefined)) drawPixels(app, context, planes, pose);
    else if (!app.frames.hasImage) drawBodies(context, frame, discs, pose, pose === marked, ratio);
  }
  if (labels !== undefined) drawOutlines(app, context, labels, frame, marked, ratio);
  if (labels !== undefined || (app.frames.hasImage && app.frames.known({ t: frame.t, channel: -1, z, part })))
    drawRings(app, context, frame, marked, labels, z, ratio);
  if (z !== 'max') drawAway(app, context, frame, marked, z, ratio);
  drawLetters(app, context, frame, marked, ratio);
}

/** The crop's pixels through its own window. */
function drawPixels(
  app: App,
  context: CanvasRenderingContext2D,
  planes: readonly (Plane | undefined)[],
  pose: CropPose,
): void {
  const any = planes.find((p) => p !== undefined)!;
  // In pixels of the plane, which may be a part of the picture.
  const [left, top] = [pose.x0 - (any.at?.x ?? 0), pose.y0 - (any.at?.y ?? 0)];
  const x0 = Math.max(0, Math.floor(left));
  const y0 = Math.max(0, Math.floor(top));
  const x1 = Math.min(any.width, Math.ceil(left + pose.side));
  const y1 = Math.min(any.height, Math.ceil(top + pose.side));
  const [width, height] = [x1 - x0, y1 - y0];
  if (width <= 0 || height <= 0) return;
  const shown = planes.flatMap((plane, k) => {
    if (plane === undefined) return [];
    const values = sampleValues(plane, { x0, y0, x1, y1 }, 4000);
    const cut = { data: cutOut(plane, x0, y0, width, height), width, height };
    return [
      {
        plane: cut,
        ...percentileWindow(values, LOW, HIGH),
        gamma: GAMMA,
        colour: app.state.channels.peek()[k]!.colour,
      },
    ];
  });
  const pixels = new ImageData(width, height);
  composite(shown, new Uint32Array(pixels.data.buffer), new Uint8Array(width * height));
  const source = new OffscreenCanvas(width, height);
  source.getContext('2d')!.putImageData(pixels, 0, 0);
  const k = pose.px / pose.side;
  context.save();
  context.beginPath();
  context.rect(pose.left, pose.top, pose.px, pose.px);
  context.clip();
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, pose.left + (x0 - left) * k, pose.top + (y0 - top) * k, width * k, height * k);
  context.restore();
}

function cutOut(plane: Plane, x0: number, y0: number, width: number, height: number): Plane['data'] {
  const out = plane.data.slice(0, width * height);
  for (let y = 0; y < height; y++) {
    const from = (y0 + y) * plane.width + x0;
    out.set(plane.data.subarray(from, from + width), y * width);
  }
  return out;
}

/** Outlines of parent and daughters at the screen's resolution. */
function drawOutlines(
  app: App,
  context: CanvasRenderingContext2D,
  labels: LabelPlane,
  frame: StripFrame,
  pose: CropPose,
  ratio: number,
): void {
  const first = app.data.frameStart[frame.t]!;
  const lut = new Uint32Array(app.data.frameStart[frame.t + 1]! - first + 1);
  for (const { role, node } of frame.cells) {
    if (app.data.nodes.t[node] === frame.t) lut[node - first + 1] = pixel(ROLE_COLOUR[role]);
  }
  const size = Math.round(pose.px);
  const k = size / pose.side;
  const screen = new Uint32Array(size * size);
  const [left, top] = [pose.x0 - (labels.at?.x ?? 0), pose.y0 - (labels.at?.y ?? 0)];
  const columns = sourceAxis(size, -left * k, k, labels.width);
  const rows = sourceAxis(size, -top * k, k, labels.height);
  resampleSmooth(labels.data, labels.width, columns, rows, screen);
  const pixels = new ImageData(size, size);
  const options = {
    linePx: OUTLINE_PX * ratio,
    strong: new Set<number>(),
    fill: 0,
    fillAll: false,
    casing: true,
  };
  drawContours(screen, size, size, lut, options, new Uint32Array(pixels.data.buffer));
  const source = new OffscreenCanvas(size, size);
  source.getContext('2d')!.putImageData(pixels, 0, 0);
  context.drawImage(source, pose.left, pose.top);
}
