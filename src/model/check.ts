import type { InferenceSession } from 'onnxruntime-node';
import { loadModel } from './load.ts';
import { openRuntime } from './runtime.ts';
import { createSession } from './session.ts';
import { testPicture } from './testPicture.ts';
import { type GridOutput, isVolumeSession, type Manifest, type ModelSession } from './types.ts';

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
  /** Milliseconds of the second run, one thread, CPU. */
  ms: number;
  warnings: string[];
}

/** Sides of the test picture, rounded up to what the network takes. */
const PROBE = [256, 256];
const PROBE_3D = [16, 64, 64];

/** Loads a model, runs it on a test picture of 256 x 256 (16 x 64 x 64 in 3D), and says what was found. Errors as `loadModel`. */
export async function checkModel(nameOrPath: string): Promise<ModelReport> {
  const model = await loadModel(nameOrPath);
  const { manifest } = model;
  const { session: raw } = await openRuntime(model.bytes, model.path, { device: 'cpu' });
  const inputs = raw.inputMetadata.map(port);
  const outputs = raw.outputMetadata.map(port);
  await raw.release();
  const divisors: readonly number[] = manifest.divisibleBy;
  const probe = manifest.ndim === 3 ? PROBE_3D : PROBE;
  const size = [
    ...(manifest.fixedSize ?? probe.map((n, axis) => Math.ceil(n / divisors[axis]!) * divisors[axis]!)),
  ];
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
      ms: output.ms,
      warnings: [...model.warnings, ...suspicions(output.prob, output.dist)],
    };
  } finally {
    await session.close();
  }
}

function runOn(session: ModelSession, picture: Float32Array, size: readonly number[]): Promise<GridOutput> {
  const [a, b, c] = size as [number, number, number];
  return isVolumeSession(session) ? session.run(picture, a, b, c) : session.run(picture, a, b);
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
