import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forEachBounded } from '../../src/pool/index.ts';

const tick = (): Promise<void> => new Promise((done) => setImmediate(done));
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('forEachBounded', () => {
  it('works on every item once, in order of starting, and never on more than the width', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 5 }),
        async (ticks, width) => {
          const started: number[] = [];
          let running = 0;
          let most = 0;
          await forEachBounded(ticks.keys(), width, async (i) => {
            started.push(i);
            most = Math.max(most, ++running);
            for (let k = 0; k < ticks[i]!; k++) await tick();
            running--;
          });
          expect(started).toEqual(range(ticks.length));
          expect(most).toBe(Math.min(width, ticks.length));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('starts nothing after the first failure, waits for what runs, and throws the first one', async () => {
    const started: number[] = [];
    let ended = 0;
    const run = forEachBounded(range(10), 3, async (i) => {
      started.push(i);
      for (let k = 0; k <= i; k++) await tick();
      ended++;
      if (i === 1) throw new Error('first');
      if (i === 2) throw new Error('second');
    });
    await expect(run).rejects.toThrow('first');
    expect(started).toEqual([0, 1, 2, 3]);
    expect(ended).toBe(4);
  });

  it('throws the reason of an abort, after what runs has ended', async () => {
    const controller = new AbortController();
    let ended = 0;
    const run = forEachBounded(
      range(10),
      2,
      async (i) => {
        if (i === 1) controller.abort(new Error('enough'));
        await tick();
        ended++;
      },
      controller.signal,
    );
    await expect(run).rejects.toThrow('enough');
    expect(ended).toBe(2);
  });

  it('starts nothing when it was aborted before', async () => {
    const run = forEachBounded(range(3), 2, () => Promise.reject(new Error('ran')), AbortSignal.abort());
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('throws a failure that is undefined too', async () => {
    await expect(forEachBounded([1], 1, () => Promise.reject(undefined))).rejects.toBeUndefined();
  });
});
