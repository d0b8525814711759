import { describe, expect, it } from 'vitest';
import { MorulaError } from '../../src/errors/index.ts';
import type { Device, DeviceOffer, DeviceTrial } from '../../src/model/index.ts';
import { chooseDevice, type Machine } from '../../src/pipeline/chooseDevice.ts';

const has = (device: Device): DeviceOffer => ({ device, lacks: null });
const GOOD = { difference: 1e-5, ms: 2, cpuMs: 40 };

/** A machine with these devices, whose trials end so; an error is thrown. It remembers what was tried. */
function machine(
  offers: DeviceOffer[],
  trials: Partial<Record<Device, Omit<DeviceTrial, 'device'> | Error>> = {},
): Machine & { tried: Device[] } {
  const tried: Device[] = [];
  return {
    offers,
    tried,
    async attempt(device) {
      tried.push(device);
      const trial = trials[device] ?? GOOD;
      if (trial instanceof Error) throw trial;
      return { device, ...trial };
    },
  };
}

/** The device for `auto`, what was said, and what was tried. */
async function auto(computer: ReturnType<typeof machine>): Promise<[Device, string[], Device[]]> {
  const notes: string[] = [];
  const device = await chooseDevice('net', 'auto', { onNote: (line) => notes.push(line) }, computer);
  return [device, notes, computer.tried];
}

describe('chooseDevice', () => {
  it('tries nothing and says nothing where only the CPU is', async () => {
    const offers = [{ device: 'cuda', lacks: 'no NVIDIA processor' } as const, has('cpu')];
    expect(await auto(machine(offers))).toEqual(['cpu', [], []]);
  });

  it('takes the first device that gives the numbers of the CPU and is faster', async () => {
    const offers = [has('cuda'), has('webgpu'), has('cpu')];
    expect(await auto(machine(offers))).toEqual(['cuda', [], ['cuda']]);
  });

  it.each([
    ['gives wrong numbers', { ...GOOD, difference: 0.5 }, "its numbers are off by 0.50 from the cpu's"],
    [
      'gives no numbers',
      { ...GOOD, difference: Number.POSITIVE_INFINITY },
      "its numbers are off by Infinity from the cpu's",
    ],
    ['is slow', { ...GOOD, ms: 90 }, 'it is slower than one core (90 against 40 ms on a small picture)'],
    [
      'cannot be opened',
      new MorulaError('unsupported', 'device cuda must be usable here, but no library'),
      'no library',
    ],
    [
      'does not answer',
      new MorulaError('task-failed', 'model: net must end, but it was still at x; use another'),
      'it was still at x',
    ],
  ])('leaves a device for the next one with one line when it %s', async (_, trial, why) => {
    const offers = [has('cuda'), has('webgpu'), has('cpu')];
    expect(await auto(machine(offers, { cuda: trial }))).toEqual([
      'webgpu',
      [`note: device cuda is left for webgpu: ${why}`],
      ['cuda', 'webgpu'],
    ]);
  });

  it('ends at the CPU when nothing else is left', async () => {
    const slow = { ...GOOD, ms: 90 };
    const [device, notes] = await auto(machine([has('webgpu'), has('cpu')], { webgpu: slow }));
    expect([device, notes]).toEqual([
      'cpu',
      [expect.stringMatching(/^note: device webgpu is left for cpu: /)],
    ]);
  });

  it('takes a named device however slow, and refuses one that does not work with exit 65', async () => {
    const slow = machine([has('cpu')], { webgpu: { ...GOOD, ms: 1e6 } });
    expect(await chooseDevice('net', 'webgpu', {}, slow)).toBe('webgpu');
    const lacking = machine([{ device: 'cuda', lacks: 'no NVIDIA processor' }], {
      cuda: new MorulaError('unsupported', 'x, but y'),
    });
    const refused = chooseDevice('net', 'cuda', {}, lacking);
    await expect(refused).rejects.toMatchObject({ exit: 65 });
    await expect(refused).rejects.toThrow(
      '--device: cuda must work on this machine, but no NVIDIA processor; --device auto takes the best that works',
    );
  });

  it('passes a defect and an interruption on', async () => {
    const broken = machine([has('cuda')], { cuda: new TypeError('x') });
    await expect(chooseDevice('net', 'auto', {}, broken)).rejects.toThrow(TypeError);
    const signal = AbortSignal.abort(new Error('enough'));
    const stopped = machine([has('cuda')], { cuda: new MorulaError('interrupted', 'x') });
    await expect(chooseDevice('net', 'auto', { signal }, stopped)).rejects.toThrow('enough');
  });
});
