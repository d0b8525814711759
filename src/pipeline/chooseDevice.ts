import { isMorulaError, MorulaError } from '../errors/index.ts';
import { type Device, type DeviceOffer, MAX_DIFFERENCE, offeredDevices } from '../model/index.ts';
import { runModelTask } from './models.ts';
import type { Hooks } from './progress.ts';

/** Seconds that `auto` waits for one run on a device. */
const PATIENCE = 60;

/**
 * Finds the device for a model. `auto` tries what this machine may have, in order, and leaves a device for the next
 * one, with a line that says why: when it cannot be opened, ends its process, does not answer, gives other numbers
 * than the CPU, or is slower than one core. Where there is only the CPU nothing is tried. A device that was named must
 * be had: half a night on a CPU instead of minutes on the GPU asked for helps nobody.
 *
 * @param model built-in name or path
 * @throws `unsupported` (exit 65) when the named device cannot be had
 */
export async function chooseDevice(
  model: string,
  wanted: Device,
  hooks: Hooks,
  offers: readonly DeviceOffer[] = offeredDevices(),
): Promise<Device> {
  if (wanted === 'cpu') return wanted;
  if (wanted !== 'auto') {
    const reason = await refusal(model, wanted, false, hooks);
    if (reason === null) return wanted;
    const lacks = offers.find(({ device }) => device === wanted)?.lacks ?? reason;
    throw new MorulaError(
      'unsupported',
      `--device: ${wanted} must work on this machine, but ${lacks}; --device auto takes the best that works`,
    );
  }
  const candidates = offers.filter(({ lacks }) => lacks === null).map(({ device }) => device);
  for (const [i, device] of candidates.entries()) {
    if (device === 'cpu') break;
    const reason = await refusal(model, device, true, hooks);
    if (reason === null) return device;
    hooks.onNote?.(`note: device ${device} is left for ${candidates[i + 1] ?? 'cpu'}: ${reason}`);
  }
  return 'cpu';
}

/** Why a device is not to be used, or null. */
async function refusal(
  model: string,
  device: Device,
  mustBeFast: boolean,
  hooks: Hooks,
): Promise<string | null> {
  try {
    const limits = mustBeFast ? { frameTimeout: PATIENCE } : {};
    const { difference, ms, cpuMs } = await runModelTask({ kind: 'try', path: model, device }, limits, hooks);
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
