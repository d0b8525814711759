import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inLanes } from '../../src/codec/inLanes.ts';

describe('inLanes', () => {
  it('makes all things, by index, at most four at a time', async () => {
    let running = 0;
    let most = 0;
    const made = await inLanes(23, async (index) => {
      most = Math.max(most, ++running);
      await sleep((index * 7) % 5);
      running--;
      return index * index;
    });
    expect(made).toEqual(Array.from({ length: 23 }, (_, index) => index * index));
    expect(most).toBe(4);
  });

  it('throws the failure of the lowest index, after what was under way, and begins nothing more', async () => {
    const begun: number[] = [];
    let ended = 0;
    const outcome = inLanes(20, async (index) => {
      begun.push(index);
      await sleep(index === 2 ? 20 : 1);
      ended++;
      if (index === 2 || index === 3) throw new Error(`failure ${index}`);
    });
    await expect(outcome).rejects.toThrow('failure 2');
    expect(ended).toBe(begun.length);
    expect(begun.length).toBeLessThan(10);
  });

  it('makes nothing of nothing', async () => {
    expect(await inLanes(0, async () => 1)).toEqual([]);
  });
});
