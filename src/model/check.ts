import type { InferenceSession } from 'onnxruntime-node';
import { testPicture } from './detect.ts';
import { loadModel } from './load.ts';
import { openRuntime } from './runtime.ts';
import { createSession } from './session.ts';
import type { Manifest } from './types.ts';

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
  probeSize: [number, number];
  /** Milliseconds of the second run, one thread, CPU. */
  ms: number;
  warnings: string[];
}

const PROBE = 256;

/** Loads a model, runs it on a 256 x 256 test picture, and says what was found. Errors as `loadModel`. */
export async function checkModel(nameOrPath: string): Promise<ModelReport> {
  const model = await loadModel(nameOrPath);
  const { manifest } = model;
  const { session: raw } = await openRuntime(model.bytes, model.path, { device: 'cpu' });
  const inputs = raw.inputMetadata.map(port);
  const outputs = raw.outputMetadata.map(port);
  await raw.release();
  const [dy, dx] = manifest.divisibleBy;
  const height = manifest.fixedSize?.[0] ?? Math.ceil(PROBE / dy) * dy;
  const width = manifest.fixedSize?.[1] ?? Math.ceil(PROBE / dx) * dx;
  const session = await createSession(model);
  try {
    const picture = testPicture(height, width);
    await session.run(picture, height, width);
    const output = await session.run(picture, height, width);
    return {
      path: model.path,
      sha256: model.sha256,
      bytes: model.bytes.length,
      manifest,
      inputs,
      outputs,
      probeSize: [height, width],
      ms: output.ms,
      warnings: [...model.warnings, ...suspicions(output.prob, output.dist)],
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
function suspicions(prob: Float32Array, dist: Float32Array): string[] {
  const lines: string[] = [];
  if (!prob.every(Number.isFinite) || !dist.every(Number.isFinite))
    lines.push('outputs hold NaN or infinity');
  if (prob.some((p) => p < 0 || p > 1)) lines.push('prob leaves [0, 1]: state "probActivation": "sigmoid"');
  if (dist.every((d) => d <= 0)) lines.push('every dist is 0 or less');
  return lines;
}
