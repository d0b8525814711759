import type { NdArray } from '../../src/array/index.ts';
import { expose } from './microscope.ts';
import { paintScene } from './paint.ts';
import type { Life, SimulationOptions } from './types.ts';

/** One frame: what the camera saw and what is true. Shapes are `[y, x]` in 2D and `[z, y, x]` in 3D. */
export interface RenderedFrame {
  image: NdArray<Uint16Array>;
  /** Numbers of cells, 0 = background. */
  labels: NdArray<Uint16Array>;
}

/** Renders frame `t` alone: the result does not depend on which frames were rendered before, or where. */
export function renderFrame(life: Life, t: number, options: SimulationOptions): RenderedFrame {
  const { light, labels } = paintScene(life, t, options);
  const shape = life.ndim === 2 ? options.shape.slice(1) : [...options.shape];
  return {
    image: { data: expose(light, t, options), shape },
    labels: { data: labels, shape: [...shape] },
  };
}

/** The true label image of frame `t` alone, as `renderFrame` gives it. */
export function renderLabels(life: Life, t: number, options: SimulationOptions): NdArray<Uint16Array> {
  const shape = life.ndim === 2 ? options.shape.slice(1) : [...options.shape];
  return { data: paintScene(life, t, options).labels, shape };
}
