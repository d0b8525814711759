import { loadModel } from './load.ts';
import { createSession } from './session.ts';
import { testPicture } from './testPicture.ts';
import { runOn, trialSize } from './trialRun.ts';
import type { Device, Model } from './types.ts';

/** What a model gave on a device, against the CPU, on one small picture. Plain data. */
export interface DeviceTrial {
  device: Device;
  /** Largest difference of an output, absolute, or relative to the CPU's value where that is over 1. */
  difference: number;
  /** Milliseconds of one run, the first one not counted. */
  ms: number;
  cpuMs: number;
}

/**
 * Largest difference that passes: what half precision and TF32 do to a U-Net (about 0.01) passes, a kernel that
 * computes something else does not.
 */
export const MAX_DIFFERENCE = 0.03;

/**
 * Runs a model on a device and on the CPU.
 *
 * @throws as `loadModel` and `createSession`
 */
export async function tryDevice(path: string, device: Device): Promise<DeviceTrial> {
  const model = await loadModel(path);
  const size = trialSize(model.manifest);
  const found = await runTwice(model, device, size);
  const cpu = await runTwice(model, 'cpu', size);
  const pairs = cpu.outputs.map((want, k) => farthest(found.outputs[k]!, want));
  return { device, difference: Math.max(...pairs), ms: found.ms, cpuMs: cpu.ms };
}

async function runTwice(
  model: Model,
  device: Device,
  size: readonly number[],
): Promise<{ outputs: Float32Array[]; ms: number }> {
  const session = await createSession(model, { device });
  try {
    const picture = testPicture(size, model.manifest.channels);
    await runOn(session, picture, size);
    const output = await runOn(session, picture, size);
    return { outputs: output.arrays.map((values) => values.slice()), ms: output.ms };
  } finally {
    await session.close();
  }
}

/** NaN counts as infinitely far. */
function farthest(found: Float32Array, want: Float32Array): number {
  let worst = found.length === want.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < want.length; i++) {
    const apart = Math.abs(found[i]! - want[i]!) / Math.max(1, Math.abs(want[i]!));
    if (!(apart <= worst)) worst = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart;
  }
  return worst;
}
