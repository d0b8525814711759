import { describe, expect, it } from 'vitest';
import { measureContrast } from '../../src/serve/contrast.ts';
import type { ViewSource } from '../../src/serve/source.ts';

type Source = Parameters<typeof measureContrast>[0];

/** A source whose frames are so large, with levels of half the size each; notes which level is asked for. */
function sourceOf(shape: [number, number, number], steps: readonly number[], asked: Set<number>): Source {
  const [depth, height, width] = shape;
  return {
    run: async () =>
      ({ movie: { nFrames: 3, ndim: depth > 1 ? 3 : 2, shape } }) as unknown as Awaited<
        ReturnType<ViewSource['run']>
      >,
    levels: steps.map((step) => ({ step, width: width / step, height: height / step })),
    async plane(t, _channel, z, { level = 0 } = {}) {
      asked.add(level);
      const brightest = z === 'max' ? 1000 : 500;
      return {
        data: Uint16Array.from({ length: 101 }, (_, i) => t + (i * brightest) / 100),
        shape: [1, 101],
      };
    },
  };
}

describe('measureContrast', () => {
  it('measures small frames in full, large ones on the first level that is small enough, else on the last', async () => {
    const levelFor = async (shape: [number, number, number], steps: readonly number[]): Promise<number[]> => {
      const asked = new Set<number>();
      await measureContrast(sourceOf(shape, steps, asked), 0);
      return [...asked];
    };
    expect(await levelFor([1, 1024, 1024], [1, 2, 4])).toEqual([0]);
    expect(await levelFor([1, 8192, 8192], [1, 2, 4])).toEqual([1]);
    expect(await levelFor([100, 2048, 2048], [1, 2, 4, 8])).toEqual([2]);
    expect(await levelFor([100, 8192, 8192], [1, 2])).toEqual([1]);
    expect(await levelFor([100, 8192, 8192], [1])).toEqual([0]);
  });

  it('gives single planes of a volume a window of their own', async () => {
    const { low, high, planes } = await measureContrast(sourceOf([9, 64, 64], [1], new Set()), 0);
    expect([low, high, planes!.low, planes!.high].map(Math.round)).toEqual([10, 1001, 5, 501]);
  });
});
