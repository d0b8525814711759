import { performance } from 'node:perf_hooks';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { isMorulaError, MorulaError } from '../errors/index.ts';
import { type RawOutput, sigmoid, sizesOf, toPlanes } from './outputs.ts';
import { firstLine, openRuntime } from './runtime.ts';
import type { Device, GridOutput, Manifest, Model, ModelSession } from './types.ts';

/**
 * Makes a model ready to run. One session belongs to one thread; creation costs some 50 ms.
 *
 * @param options.threads threads inside one run, default 1
 * @param options.device default `auto`, which is the CPU today
 * @throws `invalid-data` when the file does not load or lacks what its manifest names; `unsupported` device
 */
export async function createSession(
  model: Model,
  options: { threads?: number; device?: Device } = {},
): Promise<ModelSession> {
  const { manifest, path } = model;
  const { session, device, note } = await openRuntime(model.bytes, path, options);
  try {
    checkNames(session, manifest, path);
  } catch (error) {
    await session.release();
    throw error;
  }
  const memory: OutputMemory = { height: 0, width: 0, outputs: null };
  return {
    manifest,
    device,
    note,
    run: (input, height, width) => run(session, memory, manifest, path, input, height, width),
    close: () => session.release(),
  };
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
  height: number;
  width: number;
  outputs: Record<string, Tensor> | null;
}

async function run(
  session: InferenceSession,
  memory: OutputMemory,
  manifest: Manifest,
  path: string,
  input: Float32Array,
  height: number,
  width: number,
): Promise<GridOutput> {
  const dims = manifest.layout === 'NCHW' ? [1, 1, height, width] : [1, height, width, 1];
  const { prob: probName, dist: distName } = manifest.outputs;
  const started = performance.now();
  try {
    const feeds = { [session.inputNames[0]!]: new Tensor('float32', input, dims) };
    const reuse = memory.height === height && memory.width === width ? memory.outputs : null;
    const outputs = await session.run(feeds, reuse ?? [...new Set([probName, distName])]);
    const ms = performance.now() - started;
    const raw = (name: string): RawOutput => rawOf(outputs[name]!, name, path);
    Object.assign(memory, { height, width, outputs });
    return { ...toGrid(raw(probName), raw(distName), manifest, path, height, width), ms };
  } catch (error) {
    if (isMorulaError(error)) throw error;
    throw new MorulaError(
      'invalid-data',
      `model: ${path} must run on ${height} x ${width} pixels, but ${firstLine(error)}`,
      { cause: error },
    );
  }
}

/** A runtime value as plain numbers; rank and type are checked. */
export function rawOf(
  value: InferenceSession.OnnxValueMapType[string],
  name: string,
  path: string,
): RawOutput {
  if (!(value.data instanceof Float32Array) || value.dims.length !== 4)
    throw new MorulaError(
      'shape-mismatch',
      `model: ${path}: output "${name}" must be float32 of rank 4, got ${value.type} of rank ${value.dims.length}`,
    );
  return { data: value.data, dims: value.dims };
}

/** Puts a network's outputs into planes at grid resolution, whatever the file's layout. */
function toGrid(
  prob: RawOutput,
  dist: RawOutput,
  manifest: Manifest,
  path: string,
  height: number,
  width: number,
): Omit<GridOutput, 'ms'> {
  const { layout, grid, nRays, concatenated, sparseLattice } = manifest;
  const h = height / grid[0];
  const w = width / grid[1];
  const stride = sparseLattice ? grid : ([1, 1] as const);
  const channels = concatenated ? 1 + nRays : nRays;
  checkSizes(dist, layout, channels, h * stride[0], w * stride[1], path);
  checkSizes(prob, layout, concatenated ? channels : 1, h * stride[0], w * stride[1], path);
  const probPlane = toPlanes(prob, layout, 0, 1, stride);
  return {
    height: h,
    width: w,
    prob: manifest.probActivation === 'sigmoid' ? sigmoid(probPlane) : probPlane,
    dist: toPlanes(dist, layout, concatenated ? 1 : 0, nRays, stride),
  };
}

function checkSizes(
  raw: RawOutput,
  layout: Manifest['layout'],
  channels: number,
  h: number,
  w: number,
  path: string,
): void {
  const got = sizesOf(raw.dims, layout);
  if (got.channels === channels && got.h === h && got.w === w) return;
  throw new MorulaError(
    'shape-mismatch',
    `model: ${path} must give ${channels} x ${h} x ${w} (channels, rows, columns), got ` +
      `${got.channels} x ${got.h} x ${got.w}; correct or remove its model.json`,
  );
}
