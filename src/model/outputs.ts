import type { Layout } from './types.ts';

/** One output of a network as the runtime gives it, `[1, C, h, w]` (NCHW) or `[1, h, w, C]` (NHWC). */
export interface RawOutput {
  data: Float32Array;
  dims: readonly number[];
}

/** Sizes of a rank-4 output, by layout. */
export function sizesOf(dims: readonly number[], layout: Layout): { channels: number; h: number; w: number } {
  return layout === 'NCHW'
    ? { channels: dims[1]!, h: dims[2]!, w: dims[3]! }
    : { channels: dims[3]!, h: dims[1]!, w: dims[2]! };
}

/**
 * Copies channels `[first, first + count)` of an output into channel planes, taking every `stride`-th row and
 * column from 0 on. Returns the output's own memory when nothing has to move.
 *
 * @param stride `[y, x]`; more than 1 for outputs that were upsampled from a grid
 * @returns `[count, floor(h / stride y), floor(w / stride x)]`
 */
export function toPlanes(
  raw: RawOutput,
  layout: Layout,
  first: number,
  count: number,
  stride: readonly [number, number],
): Float32Array {
  const { channels, h, w } = sizesOf(raw.dims, layout);
  const [sy, sx] = stride;
  if (sy === 1 && sx === 1 && (layout === 'NCHW' || channels === 1))
    return raw.data.subarray(first * h * w, (first + count) * h * w);
  const rows = Math.floor(h / sy);
  const columns = Math.floor(w / sx);
  const plane = layout === 'NCHW' ? h * w : 1;
  const pixel = layout === 'NCHW' ? 1 : channels;
  const out = new Float32Array(count * rows * columns);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let source = (y * sy * w + x * sx) * pixel + first * plane;
      let target = y * columns + x;
      for (let c = 0; c < count; c++) {
        out[target] = raw.data[source]!;
        source += plane;
        target += rows * columns;
      }
    }
  }
  return out;
}

/** Replaces logits by probabilities, in place. */
export function sigmoid(values: Float32Array): Float32Array {
  for (let i = 0; i < values.length; i++) values[i] = 1 / (1 + Math.exp(-values[i]!));
  return values;
}
