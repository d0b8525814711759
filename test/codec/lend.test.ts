import { describe, expect, it } from 'vitest';
import { copyIn, copyOut, lend } from '../../src/codec/zarr/compiled.ts';

const MB = 1024 ** 2;

describe('lend', () => {
  it('keeps one memory for what is usual, and gives one of its own to what is not', () => {
    const usual = lend(MB, MB);
    expect(lend(2 * MB).kernels).toBe(usual.kernels);
    expect(lend(40 * MB, 40 * MB).kernels).not.toBe(usual.kernels);
    expect(usual.kernels.memory.buffer.byteLength).toBeLessThan(64 * MB);
  });

  it('gives arrays room of their own, and some bytes behind each', () => {
    const { kernels, places } = lend(10, 20, 30);
    const sizes = [10, 20, 30];
    places.forEach((place, i) => {
      copyIn(kernels, new Uint8Array(sizes[i]! + 32).fill(i + 1), place);
    });
    places.forEach((place, i) => {
      const found = new Uint8Array(sizes[i]!);
      copyOut(kernels, place, found);
      expect([...found]).toEqual(new Array(sizes[i]).fill(i + 1));
    });
  });

  it('says that there is no room for 4 GiB', () => {
    expect(() => lend(2 ** 31, 2 ** 31)).toThrow('there must be room for');
  });
});
