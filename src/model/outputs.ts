import type { InferenceSession } from 'onnxruntime-node';
import { MorulaError } from '../errors/index.ts';
import { requireNumbers } from './finite.ts';
import type { Layout } from './types.ts';

/** One output of a network as the runtime gives it, `[1, C, ...]` (NCHW, NCDHW) or `[1, ..., C]` (NHWC, NDHWC). */
export interface RawOutput {
  data: Float32Array;
  dims: readonly number[];
}

/** A runtime value as plain numbers: rank and type are checked, and that most of it are numbers. */
export function rawOf(
  value: InferenceSession.OnnxValueMapType[string],
  name: string,
  path: string,
  rank: number,
): RawOutput {
  if (!(value.data instanceof Float32Array) || value.dims.length !== rank)
    throw new MorulaError(
      'shape-mismatch',
      `model: ${path}: output "${name}" must be float32 of rank ${rank}, got ${value.type} of rank ${value.dims.length}`,
    );
  requireNumbers(value.data, name, path);
  return { data: value.data, dims: value.dims };
}

/** True for layouts in which channels are planes. */
export function channelsFirst(layout: Layout): boolean {
  return layout === 'NCHW' || layout === 'NCDHW';
}

/** Channels and spatial sizes of an output, by layout. */
export function sizesOf(dims: readonly number[], layout: Layout): { channels: number; size: number[] } {
  return channelsFirst(layout)
    ? { channels: dims[1]!, size: dims.slice(2) }
    : { channels: dims.at(-1)!, size: dims.slice(1, -1) };
}

/** Dimensions of an input of `size`, `[y, x]` or `[z, y, x]`. */
export function inputDims(size: readonly number[], layout: Layout, channels = 1): number[] {
  return channelsFirst(layout) ? [1, channels, ...size] : [1, ...size, channels];
}

/** An input of channel planes `[channels, ...size]` as the layout wants it; the same memory where nothing has to move. */
export function fromPlanes(planes: Float32Array, layout: Layout, channels: number): Float32Array {
  if (channels === 1 || channelsFirst(layout)) return planes;
  const pixels = planes.length / channels;
  const out = new Float32Array(planes.length);
  for (let c = 0; c < channels; c++)
    for (let i = 0, from = c * pixels; i < pixels; i++) out[i * channels + c] = planes[from + i]!;
  return out;
}

/** A number for each of three axes: 2D values get `first` for z. */
function threeAxes(values: readonly number[], first: number): [number, number, number] {
  return values.length === 3
    ? [values[0]!, values[1]!, values[2]!]
    : [first, values[0] ?? first, values[1] ?? first];
}

/**
 * Copies channels `[first, first + count)` of an output into channel planes (volumes), taking every `stride`-th
 * position of each axis from 0 on. Returns the output's own memory when nothing has to move.
 *
 * @param stride one for each spatial axis; more than 1 for outputs that were upsampled from a grid
 * @returns `[count, ...floor(size / stride)]`
 */
export function toPlanes(
  raw: RawOutput,
  layout: Layout,
  first: number,
  count: number,
  stride: readonly number[],
): Float32Array {
  const { channels, size } = sizesOf(raw.dims, layout);
  const [d, h, w] = threeAxes(size, 1);
  const [sz, sy, sx] = threeAxes(stride, 1);
  const voxels = d * h * w;
  const planar = channelsFirst(layout);
  if (sz === 1 && sy === 1 && sx === 1 && (planar || channels === 1))
    return raw.data.subarray(first * voxels, (first + count) * voxels);
  const [nz, ny, nx] = [Math.floor(d / sz), Math.floor(h / sy), Math.floor(w / sx)];
  const plane = planar ? voxels : 1;
  const pixel = planar ? 1 : channels;
  const area = nz * ny * nx;
  const out = new Float32Array(count * area);
  for (let i = 0, z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, i++) {
        let source = ((z * sz * h + y * sy) * w + x * sx) * pixel + first * plane;
        for (let c = 0; c < count; c++) {
          out[c * area + i] = raw.data[source]!;
          source += plane;
        }
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
