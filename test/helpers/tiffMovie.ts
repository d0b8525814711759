import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NdArray } from '../../src/array/index.ts';
import { encodeTiff } from '../../src/codec/tiff/index.ts';

/** Writes a folder of TIFFs, one a frame: `[y, x]`, or `[z, y, x]` as pages. */
export function writeTiffMovie(folder: string, frames: readonly NdArray[]): string {
  mkdirSync(folder, { recursive: true });
  for (const [t, { data, shape }] of frames.entries()) {
    const [height, width] = shape.slice(-2) as [number, number];
    const pages: NdArray[] = [];
    for (let at = 0; at < data.length; at += height * width)
      pages.push({ data: data.slice(at, at + height * width), shape: [height, width] });
    writeFileSync(join(folder, `t${String(t).padStart(3, '0')}.tif`), encodeTiff(pages));
  }
  return folder;
}

/** Pixel (y, x) of a bright disc on a dark ground, a frame of float32. */
export function discFrame(size = 48, radius = 9): NdArray {
  const data = Float32Array.from({ length: size * size }, (_, i) => {
    const d = Math.hypot(Math.floor(i / size) - size / 2, (i % size) - size / 2);
    return 100 + 900 / (1 + Math.exp(d - radius)) + ((i * 7919) % 13);
  });
  return { data, shape: [size, size] };
}
