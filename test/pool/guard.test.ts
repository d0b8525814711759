import { describe, expect, it } from 'vitest';
import { MorulaError } from '../../src/errors/index.ts';
import { guard, unwrap } from '../../src/pool/guard.ts';

describe('guard', () => {
  it('keeps the kind of an error of ours over the way through a message', async () => {
    const run = guard(async (n: number) => {
      if (n < 0) throw new MorulaError('storage', 'write: x');
      return n + 1;
    });
    expect(unwrap(structuredClone(await run(1)))).toBe(2);
    const failed = structuredClone(await run(-1));
    expect(() => unwrap(failed)).toThrow(
      expect.objectContaining({ tag: 'storage', exit: 74, message: 'write: x' }),
    );
  });

  it('throws a defect as it is', async () => {
    const defect = new TypeError('x is not a function');
    await expect(guard(() => Promise.reject(defect))(0)).rejects.toBe(defect);
  });
});
