import { isMorulaError, MorulaError } from '../errors/index.ts';
import {
  type Device,
  type DeviceOffer,
  type DeviceTrial,
  MAX_DIFFERENCE,
  offeredDevices,
} from '../model/index.ts';
import { type ModelLimits, runModelTask } from './models.ts';
import type { Hooks } from './progress.ts';

/** Seconds that `auto` waits for one run on a device. */
const PATIENCE = 60;

/** What this computer has. */
export interface Machine {
  /** In the order of `auto`. */
  offers: readonly DeviceOffer[];
  /** Runs the model there and on the CPU, see `tryDevice`. */
  attempt(device: Device, limits: ModelLimits): Promise<DeviceTrial>;
}

/**
 * Finds the device for a model. `auto` tries what this machine may have, in order, and leaves a device for the next
 * one, with a line that says why: when it cannot be opened, ends its process, does not answer, gives other numbers
 * than the CPU, or is slower than one core. Where there is only the CPU nothing is tried. A device that was named must
 * be had: a night on the CPU instead of minutes on the GPU that was asked for helps nobody.
 *
 * @param model built-in name or path
 * @throws `unsupported` (exit 65) when the named device cannot be had
 */
export async function chooseDevice(
  model: string,
  wanted: Device,
  hooks: Hooks,
  machine: Machine = thisMachine(model, hooks),
): Promise<Device> {
  if (wanted === 'cpu') return wanted;
  if (wanted !== 'auto') {
    const reason = await refusal(machine, wanted, false, hooks);
    if (reason === null) return wanted;
    const lacks = machine.offers.find(({ device }) => device === wanted)?.lacks ?? reason;
    throw new MorulaError(
      'unsupported',
      `--device: ${wanted} must work on this machine, but ${lacks}; --device auto takes the best that works`,
    );
  }
  const candidates = machine.offers.filter(({ lacks }) => lacks === null).map(({ device }) => device);
  for (const [i, device] of candidates.entries()) {
    if (device === 'cpu') break;
    const reason = await refusal(machine, device, true, hooks);
    if (reason === null) return device;
    hooks.onNote?.(`note: device ${device} is left for ${candidates[i + 1] ?? 'cpu'}: ${reason}`);
  }
  return 'cpu';
}

/** The device that `chooseDevice` will most likely give; `cpu` is sure. */
export function likelyDevice(wanted: Device): Device {
  if (wanted !== 'auto') return wanted;
  return offeredDevices().find(({ lacks }) => lacks === null)?.device ?? 'cpu';
}

function thisMachine(model: string, hooks: Hooks): Machine {
  return {
    offers: offeredDevices(),
    attempt: (device, limits) => runModelTask({ kind: 'try', path: model, device }, limits, hooks),
  };
}

/** Why a device is not to be used, or null. */
async function refusal(
  machine: Machine,
  device: Device,
  mustBeFast: boolean,
  hooks: Hooks,
): Promise<string | null> {
  try {
    const limits = mustBeFast ? { frameTimeout: PATIENCE } : {};
    const { difference, ms, cpuMs } = await machine.attempt(device, limits);
    if (!(difference <= MAX_DIFFERENCE))
      return `its numbers are off by ${difference.toPrecision(2)} from the cpu's`;
    if (mustBeFast && ms > cpuMs)
      return `it is slower than one core (${ms.toFixed(0)} against ${cpuMs.toFixed(0)} ms on a small picture)`;
    return null;
  } catch (error) {
    hooks.signal?.throwIfAborted();
    if (!isMorulaError(error)) throw error;
    const [, why = error.message] = /, but (.*)$/.exec(error.message) ?? [];
    return why.split('; ')[0]!;
  }
}
