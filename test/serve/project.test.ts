import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MovieInfo } from '../../src/read/index.ts';
import { projectFirst, projectMax } from '../../src/serve/project.ts';

/** A volume `[z, y, x]` of small numbers, and how many bytes a slab may have. */
const volumes = fc
  .record({
    nz: fc.integer({ min: 1, max: 7 }),
    ny: fc.integer({ min: 1, max: 4 }),
    nx: fc.integer({ min: 1, max: 4 }),
    slabBytes: fc.integer({ min: 1, max: 300 }),
  })
  .chain((size) =>
    fc
      .array(fc.integer({ min: -3, max: 3 }), {
        minLength: size.nz * size.ny * size.nx,
        maxLength: size.nz * size.ny * size.nx,
      })
      .map((values) => ({ ...size, values })),
  );

describe('projectMax', () => {
  it('is the largest value along z whatever the slabs, and never holds more than a slab', async () => {
    const property = fc.asyncProperty(volumes, async ({ nz, ny, nx, slabBytes, values }) => {
      const area = ny * nx;
      let largest = 0;
      const movie = {
        info: { shape: [nz, ny, nx], dtype: 'int16' } as unknown as MovieInfo,
        async readSlab(_t: number, _channel: number, from: number, to: number) {
          const data = Int16Array.from(values.slice(from * area, to * area));
          largest = Math.max(largest, data.byteLength);
          return { data, shape: [to - from, ny, nx] };
        },
      };
      const { data, shape } = await projectMax(movie, 0, 0, slabBytes);
      expect(shape).toEqual([ny, nx]);
      const column = (i: number): number[] => values.filter((_, j) => j % area === i);
      expect([...data]).toEqual(Array.from({ length: area }, (_, i) => Math.max(...column(i))));
      expect(largest).toBeLessThanOrEqual(Math.max(slabBytes, area * 2));
    });
    await fc.assert(property);
  });
});

describe('projectFirst', () => {
  it('is the first label along z, from the volume or from its planes', async () => {
    const property = fc.asyncProperty(volumes, async ({ nz, ny, nx, slabBytes, values }) => {
      const area = ny * nx;
      const labels = Uint32Array.from(values, (v) => Math.max(0, v));
      const read = async (z?: number) =>
        z === undefined
          ? { data: labels, shape: [nz, ny, nx] }
          : { data: labels.slice(z * area, (z + 1) * area), shape: [ny, nx] };
      const { data } = await projectFirst([nz, ny, nx], read, slabBytes);
      const column = (i: number): number[] => [...labels].filter((_, j) => j % area === i);
      expect([...data]).toEqual(Array.from({ length: area }, (_, i) => column(i).find((v) => v > 0) ?? 0));
    });
    await fc.assert(property);
  });
});
