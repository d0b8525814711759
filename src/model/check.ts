import type { InferenceSession } from 'onnxruntime-node';
import { loadModel } from './load.ts';
import { openRuntime } from './runtime.ts';
import { createSession } from './session.ts';
import { testPicture } from './testPicture.ts';
import { runOn, trialSize } from './trialRun.ts';
import { tryDevice } from './tryDevice.ts';
import type { Device, Manifest } from './types.ts';

/** One input or output of a model file, in words that a person can compare with the exporter's. */
export interface ModelPort {
  name: string;
  type: string;
  /** Names stand for sizes that are free. */
  shape: (number | string)[];
}

/** What a model is, and what one run of it gave. Plain data. */
export interface ModelReport {
  path: string;
  sha256: string;
  bytes: number;
  manifest: Manifest;
  inputs: ModelPort[];
  outputs: ModelPort[];
  /** Size of the picture that it was run on. */
  probeSize: number[];
  /** Where it ran, and how far that was from the CPU's numbers, see `DeviceTrial`; null for the CPU itself. */
  device: Device;
  difference: number | null;
  /** Milliseconds of the second run; one thread on the CPU. */
  ms: number;
  warnings: string[];
}

/** Loads a model, runs it on a test picture, and says what was found. Errors as `loadModel` and `createSession`. */
export async function checkModel(nameOrPath: string, device: Device = 'cpu'): Promise<ModelReport> {
  const model = await loadModel(nameOrPath);
  const { manifest } = model;
  const { session: raw } = await openRuntime(model.bytes, model.path, { device: 'cpu' });
  const inputs = raw.inputMetadata.map(port);
  const outputs = raw.outputMetadata.map(port);
  await raw.release();
  const size = trialSize(manifest);
  const trial = device === 'cpu' ? null : await tryDevice(nameOrPath, device);
  const session = await createSession(model);
  try {
    const picture = testPicture(size, manifest.channels);
    await runOn(session, picture, size);
    const output = await runOn(session, picture, size);
    return {
      path: model.path,
      sha256: model.sha256,
      bytes: model.bytes.length,
      manifest,
      inputs,
      outputs,
      probeSize: size,
      device,
      difference: trial?.difference ?? null,
      ms: trial?.ms ?? output.ms,
      warnings: [...model.warnings, ...suspicions(manifest.kind, output.arrays)],
    };
  } finally {
    await session.close();
  }
}

function port(meta: InferenceSession.ValueMetadata): ModelPort {
  return meta.isTensor
    ? { name: meta.name, type: meta.type, shape: [...meta.shape] }
    : { name: meta.name, type: 'not a tensor', shape: [] };
}

/** What looks wrong in the outputs of a test picture that shows discs of 12 to 22 pixels across. */
function suspicions(kind: Manifest['kind'], arrays: readonly Float32Array[]): string[] {
  const lines: string[] = [];
  if (!arrays.every((values) => values.every(Number.isFinite))) lines.push('outputs hold NaN or infinity');
  if (kind === 'semantic') {
    if (arrays.every((values) => values.every((v) => v === values[0])))
      lines.push('every output is the same everywhere: the model does not see the discs of the test picture');
    return lines;
  }
  const [prob, dist] = arrays as [Float32Array, Float32Array];
  if (prob.some((p) => p < 0 || p > 1)) lines.push('prob leaves [0, 1]: state "probActivation": "sigmoid"');
  if (dist.every((d) => d <= 0)) lines.push('every dist is 0 or less');
  return lines;
}
