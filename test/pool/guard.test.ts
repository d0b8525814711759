import { describe, expect, it } from 'vitest';
import { MorulaError } from '../../src/errors/index.ts';
import { guard, unwrap } from '../../src/pool/guard.ts';

const call = (input: number) => ({ input, beats: new Int32Array(1) });

describe('guard', () => {
  it('keeps the kind of an error of ours over the way through a message', async () => {
    const run = guard(async (n: number) => {
      if (n < 0) throw new MorulaError('storage', 'write: x');
      return n + 1;
    });
    expect(unwrap(structuredClone(await run(call(1))))).toBe(2);
    const failed = structuredClone(await run(call(-1)));
    expect(() => unwrap(failed)).toThrow(
      expect.objectContaining({ tag: 'storage', exit: 74, message: 'write: x' }),
    );
  });

  it('shows that the task is at work, and lets it show more', async () => {
    const seen: number[] = [];
    const task = call(1);
    await guard(async (_, beats) => seen.push(beats[0]!))(task);
    expect([seen, task.beats[0]]).toEqual([[2], 2]);
  });

  it('throws a defect as it is', async () => {
    const defect = new TypeError('x is not a function');
    await expect(guard(() => Promise.reject(defect))(call(0))).rejects.toBe(defect);
  });
});
