import { describe, expect, it } from 'vitest';
import { createCache, isAbort } from '../../viewer/src/data/cache.ts';

/** A source whose answers are given by hand. */
function bySteps(): {
  fetch: (key: string, signal: AbortSignal) => Promise<string>;
  asked: string[];
  answer(key: string): Promise<void>;
} {
  const asked: string[] = [];
  const waiting = new Map<string, (value: string) => void>();
  return {
    asked,
    fetch: (key, signal) => {
      asked.push(key);
      return new Promise((done, fail) => {
        waiting.set(key, done);
        signal.addEventListener('abort', () => fail(new DOMException('dropped', 'AbortError')));
      });
    },
    answer: async (key) => {
      waiting.get(key)!(key.repeat(4));
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    },
  };
}

describe('createCache', () => {
  it('asks once for a key that two want, and then never again', async () => {
    const source = bySteps();
    const cache = createCache(source.fetch, (v) => v.length, 100);
    const both = Promise.all([cache.load('a'), cache.load('a')]);
    await source.answer('a');
    expect(await both).toEqual(['aaaa', 'aaaa']);
    await cache.load('a');
    expect(source.asked).toEqual(['a']);
    expect(cache.bytes).toBe(4);
  });

  it('lets the longest unused value go when it is full', async () => {
    const cache = createCache(
      async (key) => key,
      () => 10,
      30,
    );
    for (const key of ['a', 'b', 'c']) await cache.load(key);
    cache.peek('a');
    await cache.load('d');
    expect(cache.keys).toEqual(['c', 'a', 'd']);
    expect(cache.bytes).toBe(30);
  });

  it('keeps the newest value even when it alone is too large', async () => {
    const cache = createCache(
      async (key) => key,
      (v) => (v === 'big' ? 99 : 10),
      30,
    );
    await cache.load('a');
    await cache.load('big');
    expect(cache.keys).toEqual(['big']);
  });

  it('drops requests that nobody wants, and asks again when somebody does', async () => {
    const source = bySteps();
    const cache = createCache(source.fetch, (v) => v.length, 100);
    const dropped = cache.load('a').catch((error: unknown) => error);
    const kept = cache.load('b');
    cache.keepOnly(new Set(['b']));
    expect(isAbort(await dropped)).toBe(true);
    expect(cache.pending).toBe(1);
    await source.answer('b');
    expect(await kept).toBe('bbbb');
    const again = cache.load('a');
    await source.answer('a');
    expect(await again).toBe('aaaa');
  });

  it('holds no failure: the next wish asks again', async () => {
    let times = 0;
    const cache = createCache(
      async () => {
        if (times++ === 0) throw new Error('chunk 3 does not decode');
        return 'x';
      },
      () => 1,
      10,
    );
    await expect(cache.load('a')).rejects.toThrow('does not decode');
    expect(await cache.load('a')).toBe('x');
  });
});
