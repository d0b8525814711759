import type { PixelArray } from '../data/types.ts';
import type { ShownChannel } from './backend.ts';

const TABLE = 65_536;

/** Light (0 to 255) of every value of an integer type with at most 16 bits; index = value + `shift`. */
function lightTable(low: number, high: number, gamma: number, shift: number, size: number): Uint8Array {
  const table = new Uint8Array(size);
  for (let i = 0; i < size; i++) table[i] = light(i - shift, low, high, gamma);
  return table;
}

/** Light of one value. */
function light(value: number, low: number, high: number, gamma: number): number {
  const part = (value - low) / (high - low);
  if (!(part > 0)) return 0;
  return part >= 1 ? 255 : Math.round(255 * part ** gamma);
}

/** Light of each pixel, 0 to 255, into `out` (same length). */
export function toLight(data: PixelArray, low: number, high: number, gamma: number, out: Uint8Array): void {
  if (data instanceof Uint8Array || data instanceof Uint16Array) {
    const table = lightTable(low, high, gamma, 0, data instanceof Uint8Array ? 256 : TABLE);
    for (let i = 0; i < data.length; i++) out[i] = table[data[i]!]!;
    return;
  }
  for (let i = 0; i < data.length; i++) out[i] = light(data[i]!, low, high, gamma);
}

/** Adds the channels' light in their colours and writes opaque RGBA pixels (uint32 little-endian). */
export function composite(channels: readonly ShownChannel[], out: Uint32Array, scratch: Uint8Array): void {
  if (channels.length === 1 && channels[0]!.colour === 0xffffff) {
    const { plane, low, high, gamma } = channels[0]!;
    toLight(plane.data, low, high, gamma, scratch);
    for (let i = 0; i < out.length; i++) out[i] = 0xff000000 | (scratch[i]! * 0x010101);
    return;
  }
  out.fill(0xff000000);
  for (const { plane, low, high, gamma, colour } of channels) {
    toLight(plane.data, low, high, gamma, scratch);
    const [r, g, b] = [colour >> 16, (colour >> 8) & 255, colour & 255];
    for (let i = 0; i < out.length; i++) {
      const v = scratch[i]!;
      if (v === 0) continue;
      const old = out[i]!;
      const red = Math.min(255, (old & 255) + ((v * r) >> 8));
      const green = Math.min(255, ((old >> 8) & 255) + ((v * g) >> 8));
      const blue = Math.min(255, ((old >> 16) & 255) + ((v * b) >> 8));
      out[i] = 0xff000000 | (blue << 16) | (green << 8) | red;
    }
  }
}

/** A part of a plane, pixels; start-inclusive, end-exclusive. */
export interface Rect {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** Values of a rectangle sampled evenly, at most about `most`. */
export function sampleValues(
  plane: { data: PixelArray; width: number; height: number },
  rect: Rect,
  most: number,
): Float64Array {
  const x0 = Math.max(0, Math.floor(rect.x0));
  const y0 = Math.max(0, Math.floor(rect.y0));
  const [x1, y1] = [Math.min(plane.width, Math.ceil(rect.x1)), Math.min(plane.height, Math.ceil(rect.y1))];
  const step = Math.max(1, Math.floor(Math.sqrt((Math.max(0, x1 - x0) * Math.max(0, y1 - y0)) / most)));
  const values = new Float64Array(
    Math.ceil(Math.max(0, x1 - x0) / step) * Math.ceil(Math.max(0, y1 - y0) / step),
  );
  let n = 0;
  for (let y = y0; y < y1; y += step) {
    for (let x = x0; x < x1; x += step) {
      const v = plane.data[y * plane.width + x]!;
      if (Number.isFinite(v)) values[n++] = v;
    }
  }
  return values.subarray(0, n).sort();
}

/** Black and white from sorted values: two percentiles, never equal. */
export function percentileWindow(
  sorted: Float64Array,
  lowPercent: number,
  highPercent: number,
): { low: number; high: number } {
  if (sorted.length === 0) return { low: 0, high: 1 };
  const at = (percent: number): number => sorted[Math.round(((sorted.length - 1) * percent) / 100)]!;
  const [low, high] = [at(lowPercent), at(highPercent)];
  return { low, high: high > low ? high : low + 1 };
}
