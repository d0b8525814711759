import type { Board } from './rects.ts';

/** A small square picture that is put at many places: pixels as of an `ImageData`, int32, not premultiplied. */
export interface Stamp {
  side: number;
  pixels: Int32Array;
  /** Per row: its first column that is not clear, and the one after the last. */
  spans: Uint8Array;
}

/** A stamp of `side x side` pixels. */
export function createStamp(side: number, pixels: Int32Array): Stamp {
  const spans = new Uint8Array(2 * side);
  for (let row = 0; row < side; row++) {
    const own = pixels.subarray(row * side, (row + 1) * side);
    const first = own.findIndex((ink) => ink >>> 24 > 0);
    if (first >= 0) spans.set([first, own.findLastIndex((ink) => ink >>> 24 > 0) + 1], 2 * row);
  }
  return { side, pixels, spans };
}

/**
 * Puts a stamp over what is there, its upper left corner at a pixel that may lie outside. Thousands take a millisecond;
 * as paths or copied canvases they take ten without a GPU.
 */
export function putStamp(board: Board, { side, pixels, spans }: Stamp, x: number, y: number): void {
  const on = board.pixels;
  const top = Math.max(0, -y);
  const bottom = Math.min(side, board.height - y);
  for (let row = top; row < bottom; row++) {
    const end = row * side + Math.min(spans[2 * row + 1]!, board.width - x);
    let from = row * side + Math.max(spans[2 * row]!, -x);
    for (let to = (y + row) * board.width + x + from - row * side; from < end; from++, to++) {
      const ink = pixels[from]!;
      const alpha = ink >>> 24;
      if (alpha === 255) on[to] = ink;
      else if (alpha > 0) {
        const under = on[to]!;
        on[to] = under >>> 24 === 255 ? overOpaque(ink, under) : under >>> 24 === 0 ? ink : over(ink, under);
      }
    }
  }
}

/** One pixel over an opaque one, two channels at a time. */
function overOpaque(ink: number, under: number): number {
  const part = (ink >>> 24) + (ink >>> 31);
  const rest = 256 - part;
  const redBlue = (Math.imul(ink & 0xff00ff, part) + Math.imul(under & 0xff00ff, rest) + 0x800080) >>> 8;
  const green = (Math.imul(ink & 0xff00, part) + Math.imul(under & 0xff00, rest) + 0x8000) >>> 8;
  return 0xff000000 | (redBlue & 0xff00ff) | (green & 0xff00);
}

/** One pixel over another (Porter and Duff 1984, source over), little-endian A B G R. */
function over(ink: number, under: number): number {
  const a = (ink >>> 24) / 255;
  const rest = ((under >>> 24) / 255) * (1 - a);
  const alpha = a + rest;
  const r = Math.round(((ink & 255) * a + (under & 255) * rest) / alpha);
  const g = Math.round((((ink >>> 8) & 255) * a + ((under >>> 8) & 255) * rest) / alpha);
  const b = Math.round((((ink >>> 16) & 255) * a + ((under >>> 16) & 255) * rest) / alpha);
  return (Math.round(255 * alpha) << 24) | (b << 16) | (g << 8) | r;
}
