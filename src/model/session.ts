import { performance } from 'node:perf_hooks';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { isMorulaError, MorulaError } from '../errors/index.ts';
import { fromPlanes, inputDims, type RawOutput, rawOf, sigmoid, sizesOf, toPlanes } from './outputs.ts';
import { firstLine, openRuntime } from './runtime.ts';
import { semanticSession } from './semantic/session.ts';
import type {
  Device,
  Manifest,
  Model,
  ModelSession,
  PlaneSession,
  StarManifest,
  VolumeSession,
} from './types.ts';

/**
 * Makes a model ready to run. One session belongs to one thread; creation costs some 50 ms.
 *
 * @param options.threads threads inside one run, default 1
 * @param options.device default `cpu`, and so is `auto` here
 * @throws `invalid-data` when the file does not load or lacks what its manifest names; `unsupported` device
 */
export async function createSession(
  model: Model,
  options: { threads?: number; device?: Device } = {},
): Promise<ModelSession> {
  const { manifest, path } = model;
  const { session, device } = await openRuntime(model.bytes, path, options);
  try {
    checkNames(session, manifest, path);
  } catch (error) {
    await session.release();
    throw error;
  }
  if (manifest.kind === 'semantic') return semanticSession(session, manifest, path, device);
  const memory: OutputMemory = { size: '', outputs: null };
  const common = { device, close: () => session.release() };
  if (manifest.ndim === 3) {
    const volumes: VolumeSession = {
      ...common,
      manifest,
      async run(input, depth, height, width) {
        const found = await run(session, memory, manifest, path, input, [depth, height, width]);
        const [d, h, w] = found.size;
        return { depth: d!, height: h!, width: w!, prob: found.prob, dist: found.dist, ms: found.ms };
      },
    };
    return volumes;
  }
  const planes: PlaneSession = {
    ...common,
    manifest,
    async run(input, height, width) {
      const found = await run(session, memory, manifest, path, input, [height, width]);
      const [h, w] = found.size;
      return { height: h!, width: w!, prob: found.prob, dist: found.dist, ms: found.ms };
    },
  };
  return planes;
}

function checkNames(session: InferenceSession, manifest: Manifest, path: string): void {
  if (session.inputNames.length !== 1)
    throw new MorulaError(
      'invalid-data',
      `model: ${path} must have one input, found ${session.inputNames.length} (${session.inputNames.join(', ')})`,
    );
  for (const name of Object.values(manifest.outputs)) {
    if (!session.outputNames.includes(name))
      throw new MorulaError(
        'invalid-data',
        `model: ${path} must have the output "${name}" that its model.json names, found ` +
          `${session.outputNames.join(', ')}; correct or remove "outputs"`,
      );
  }
}

/** The outputs of the last run, which the next one of the same size writes to: no new memory from frame to frame. */
interface OutputMemory {
  /** The input's size as text. */
  size: string;
  outputs: Record<string, Tensor> | null;
}

/** Outputs at grid resolution: `prob` has the shape `size`, `dist` has `[nRays, ...size]`. */
interface Grid {
  size: number[];
  prob: Float32Array;
  dist: Float32Array;
}

async function run(
  session: InferenceSession,
  memory: OutputMemory,
  manifest: StarManifest,
  path: string,
  input: Float32Array,
  size: readonly number[],
): Promise<Grid & { ms: number }> {
  const { prob: probName, dist: distName } = manifest.outputs;
  const title = size.join(' x ');
  const started = performance.now();
  try {
    const { channels, layout } = manifest;
    const dims = inputDims(size, layout, channels);
    const image = new Tensor('float32', fromPlanes(input, layout, channels), dims);
    const reuse = memory.size === title ? memory.outputs : null;
    const outputs = await session.run(
      { [session.inputNames[0]!]: image },
      reuse ?? [...new Set([probName, distName])],
    );
    const ms = performance.now() - started;
    const raw = (name: string): RawOutput => rawOf(outputs[name]!, name, path, size.length + 2);
    Object.assign(memory, { size: title, outputs });
    return { ...toGrid(raw(probName), raw(distName), manifest, path, size), ms };
  } catch (error) {
    if (isMorulaError(error)) throw error;
    throw new MorulaError(
      'invalid-data',
      `model: ${path} must run on ${title} pixels, but ${firstLine(error)}`,
      {
        cause: error,
      },
    );
  }
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
  const grid: readonly number[] = manifest.grid;
  const size = inputSize.map((n, axis) => n / grid[axis]!);
  const stride = sparseLattice ? grid : grid.map(() => 1);
  const given = size.map((n, axis) => n * stride[axis]!);
  const channels = concatenated ? 1 + nRays : nRays;
  checkSizes(dist, layout, channels, given, path);
  checkSizes(prob, layout, concatenated ? channels : 1, given, path);
  const probPlane = toPlanes(prob, layout, 0, 1, stride);
  return {
    size,
    prob: manifest.probActivation === 'sigmoid' ? sigmoid(probPlane) : probPlane,
    dist: toPlanes(dist, layout, concatenated ? 1 : 0, nRays, stride),
  };
}

function checkSizes(
  raw: RawOutput,
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
