import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NdArray } from '../../src/array/index.ts';
import { starNetwork } from './onnx.ts';
import { writeTiffMovie } from './tiffMovie.ts';

const SIZE = 64;
const RADIUS = 4;

/** Three cells of which one divides half way: a frame `[y, x]` of float32. */
function frameOf(t: number, nFrames: number): NdArray {
  const step = 24 / nFrames;
  const apart = Math.max(0, t - nFrames / 2) * step;
  const cells = [
    [14 + t * step, 14],
    [50, 10 + t * step],
    [30 - apart, 46],
    [30 + apart, 46],
  ];
  const data = Float32Array.from({ length: SIZE * SIZE }, (_, i) => {
    const [y, x] = [Math.floor(i / SIZE), i % SIZE];
    const nearest = Math.min(...cells.map(([cy, cx]) => Math.hypot(y - cy!, x - cx!)));
    return 100 + ((i * 7919 + t * 31) % 13) + 900 / (1 + Math.exp(2 * (nearest - RADIUS)));
  });
  return { data, shape: [SIZE, SIZE] };
}

/** A movie of `nFrames` frames of 64 x 64 pixels and a network that finds its cells, to be tracked in a second. */
export interface TinyJob {
  nFrames: number;
  /** Path of the movie, rows and columns of a frame, and all pixels. */
  movie: string;
  shape: readonly [number, number];
  pixels: number[];
  /** Arguments of `morula` that track it, or do another command of the same options, into `result`. */
  track(result: string, command?: 'track' | 'segment'): string[];
}

export function makeTinyJob(folder: string, nFrames = 6): TinyJob {
  const movie = join(folder, 'movie');
  const frames = Array.from({ length: nFrames }, (_, t) => frameOf(t, nFrames));
  writeTiffMovie(movie, frames);
  const model = join(folder, 'model');
  mkdirSync(model, { recursive: true });
  writeFileSync(join(model, 'model.onnx'), starNetwork({ rays: 8 }));
  const stated = { layout: 'NCHW', grid: 1, nRays: 8, divisibleBy: 8, halo: 16 };
  writeFileSync(join(model, 'model.json'), JSON.stringify(stated));
  const scale = ['--pixel-size', '1,1', '--time-step', '60'];
  const options = ['--model', join(model, 'model.onnx'), ...scale, '--workers', '1', '--json', '--quiet'];
  return {
    nFrames,
    movie,
    shape: [SIZE, SIZE],
    pixels: frames.flatMap(({ data }) => Array.from(data)),
    track: (result, command = 'track') => [command, movie, '-o', result, ...options],
  };
}
