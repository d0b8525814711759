import { performance } from 'node:perf_hooks';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { isMorulaError, MorulaError } from '../errors/index.ts';
import {
  channelsFirst,
  fromPlanes,
  inputDims,
  type RawOutput,
  rawOf,
  sigmoid,
  sizesOf,
  toPlanes,
} from './outputs.ts';
import { firstLine } from './runtime.ts';
import { SPARSE } from './sparseGraph.ts';
import type { Manifest, StarManifest } from './types.ts';

/** Outputs at grid resolution, as in `GridOutput`; `prob` has the shape `size`. */
interface Grid {
  size: number[];
  prob: Float32Array;
  dist: Float32Array;
  at?: Int32Array;
}

/** One run of a network on an input of `size`, see `PlaneSession.run`. */
export type Run = (
  input: Float32Array,
  size: readonly number[],
  floor?: number,
) => Promise<Grid & { ms: number }>;

/** Runs a session; what it throws names the model and the size. */
async function timed(
  path: string,
  size: readonly number[],
  run: () => Promise<Outputs>,
  toGrid: (outputs: Outputs) => Grid,
): Promise<Grid & { ms: number }> {
  const started = performance.now();
  try {
    const outputs = await run();
    const ms = performance.now() - started;
    return { ...toGrid(outputs), ms };
  } catch (error) {
    if (isMorulaError(error)) throw error;
    throw new MorulaError(
      'invalid-data',
      `model: ${path} must run on ${size.join(' x ')} pixels, but ${firstLine(error)}`,
      { cause: error },
    );
  }
}

type Outputs = InferenceSession.OnnxValueMapType;

function imageOf({ layout, channels }: StarManifest, input: Float32Array, size: readonly number[]): Tensor {
  return new Tensor('float32', fromPlanes(input, layout, channels), inputDims(size, layout, channels));
}

/** Runs of the network as it is. A run of the same size as the last one writes to that one's outputs. */
export function denseRuns(session: InferenceSession, manifest: StarManifest, path: string): Run {
  let last: { size: string; outputs: Outputs } | null = null;
  const { prob, dist } = manifest.outputs;
  return (input, size) => {
    const title = size.join();
    const raw = (outputs: Outputs, name: string): RawOutput =>
      rawOf(outputs[name]!, name, path, size.length + 2);
    return timed(
      path,
      size,
      () =>
        session.run(
          { [session.inputNames[0]!]: imageOf(manifest, input, size) },
          last?.size === title ? last.outputs : [...new Set([prob, dist])],
        ),
      (outputs) => {
        const [rawProb, rawDist] = [raw(outputs, prob), raw(outputs, dist)];
        last = { size: title, outputs };
        return toGrid(rawProb, rawDist, manifest, path, size);
      },
    );
  };
}

/** Runs of a network that `sparseGraph` has rewritten. */
export function sparseRuns(session: InferenceSession, manifest: StarManifest, path: string): Run {
  const { prob, dist } = manifest.outputs;
  const toSparseGrid = (outputs: Outputs, inputSize: readonly number[]): Grid => {
    const rawProb = rawOf(outputs[prob]!, prob, path, inputSize.length + 2);
    const rays = rawOf(outputs[SPARSE.rays]!, dist, path, 3);
    const at = outputs[SPARSE.at]!.data as Int32Array;
    const dims = Array.from(outputs[SPARSE.sizes]!.data as BigInt64Array, Number);
    dims[channelsFirst(manifest.layout) ? 1 : dims.length - 1] = rays.dims[2]!;
    return {
      size: checkGrid(rawProb, { dims }, manifest, path, inputSize),
      // One channel: its memory is the plane in any layout.
      prob: rawProb.data,
      dist: rays.data.subarray(0, (at.length - 1) * manifest.nRays),
      at: at.subarray(0, -1),
    };
  };
  return (input, size, floor = Number.NEGATIVE_INFINITY) =>
    timed(
      path,
      size,
      () =>
        session.run(
          {
            [session.inputNames[0]!]: imageOf(manifest, input, size),
            [SPARSE.floor]: new Tensor('float32', Float32Array.of(floor), [1]),
          },
          [prob, SPARSE.at, SPARSE.rays, SPARSE.sizes],
        ),
      (outputs) => toSparseGrid(outputs, size),
    );
}

/** Puts a network's outputs into planes at grid resolution, whatever the file's layout. */
function toGrid(
  prob: RawOutput,
  dist: RawOutput,
  manifest: StarManifest,
  path: string,
  inputSize: readonly number[],
): Grid {
  const { layout, nRays, concatenated, sparseLattice } = manifest;
  const size = checkGrid(prob, dist, manifest, path, inputSize);
  const stride = sparseLattice ? manifest.grid : size.map(() => 1);
  const probPlane = toPlanes(prob, layout, 0, 1, stride);
  return {
    size,
    prob: manifest.probActivation === 'sigmoid' ? sigmoid(probPlane) : probPlane,
    dist: toPlanes(dist, layout, concatenated ? 1 : 0, nRays, stride),
  };
}

/** Checks that both outputs have the sizes that the manifest says, and gives that of the grid. */
function checkGrid(
  prob: Pick<RawOutput, 'dims'>,
  dist: Pick<RawOutput, 'dims'>,
  manifest: StarManifest,
  path: string,
  inputSize: readonly number[],
): number[] {
  const { layout, nRays, concatenated, sparseLattice } = manifest;
  const grid: readonly number[] = manifest.grid;
  const size = inputSize.map((n, axis) => n / grid[axis]!);
  const given = sparseLattice ? size.map((n, axis) => n * grid[axis]!) : size;
  const channels = concatenated ? 1 + nRays : nRays;
  checkSizes(dist, layout, channels, given, path);
  checkSizes(prob, layout, concatenated ? channels : 1, given, path);
  return size;
}

function checkSizes(
  raw: Pick<RawOutput, 'dims'>,
  layout: Manifest['layout'],
  channels: number,
  size: readonly number[],
  path: string,
): void {
  const got = sizesOf(raw.dims, layout);
  if (got.channels === channels && got.size.join() === size.join()) return;
  const axes = size.length === 3 ? 'channels, planes, rows, columns' : 'channels, rows, columns';
  throw new MorulaError(
    'shape-mismatch',
    `model: ${path} must give ${[channels, ...size].join(' x ')} (${axes}), got ` +
      `${[got.channels, ...got.size].join(' x ')}; correct or remove its model.json`,
  );
}
