import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Dtype, dtypeOf, type NdArray, sizeOf } from '../../src/array/index.ts';
import { encodeTiff } from '../../src/codec/tiff/index.ts';
import { createScratch, pageOf, readAllPages, withTiff } from './tiffFiles.ts';

const scratch = createScratch();
afterAll(() => scratch.remove());

const dtypes: Dtype[] = ['uint8', 'uint16', 'uint32', 'float32', 'int16', 'float64'];
const compressions = ['none', 'lzw', 'deflate'] as const;
const BYTES = { uint8: 1, int8: 1, uint16: 2, int16: 2, uint32: 4, int32: 4, float32: 4, float64: 8 };

const anyPages: fc.Arbitrary<NdArray[]> = fc
  .tuple(fc.constantFrom(...dtypes), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .chain(([dtype, height, width]) => {
    const bytes = height * width * BYTES[dtype];
    const page = fc
      .uint8Array({ minLength: bytes, maxLength: bytes })
      .map((b) => pageOf(dtype, height, width, b));
    return fc.array(page, { minLength: 1, maxLength: 3 });
  });

const bitsOf = ({ data }: NdArray): string =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');

describe('encodeTiff', () => {
  it('is read back to the bit, whatever dtype, size, number of pages and compression', async () => {
    await fc.assert(
      fc.asyncProperty(anyPages, fc.constantFrom(...compressions), async (pages, compression) => {
        const path = scratch.write('round.tif', encodeTiff(pages, { compression, description: 'any' }));
        const read = await readAllPages(path);
        expect(read.map(bitsOf)).toEqual(pages.map(bitsOf));
        expect(read.map(({ shape }) => shape)).toEqual(pages.map(({ shape }) => shape));
        expect(read.map(({ data }) => dtypeOf(data))).toEqual(pages.map(({ data }) => dtypeOf(data)));
      }),
      { numRuns: 60 },
    );
  });

  it.each(compressions)('cuts large pages into strips that read back, %s', async (compression) => {
    const shape = [700, 401];
    const data = Uint16Array.from({ length: sizeOf(shape) }, (_, i) => ((i * i) >>> 7) % 500);
    const path = scratch.write('large.tif', encodeTiff([{ data, shape }], { compression }));
    const [page] = await readAllPages(path);
    expect(Buffer.compare(new Uint8Array(page.data.buffer), new Uint8Array(data.buffer))).toBe(0);
  });

  it('writes a view without the rest of its buffer', async () => {
    const data = Uint16Array.of(9, 9, 1, 2, 3, 4, 9).subarray(2, 6);
    const [page] = await readAllPages(scratch.write('view.tif', encodeTiff([{ data, shape: [2, 2] }])));
    expect([...page.data]).toEqual([1, 2, 3, 4]);
  });

  it('writes description and resolution', async () => {
    const page = { data: Uint8Array.of(1), shape: [1, 1] };
    const bytes = encodeTiff([page, page], { description: 'cells of µm', resolution: [0.645, 0.3] });
    await withTiff(scratch.write('meta.tif', bytes), (file) => {
      expect(file.nPages).toBe(2);
      expect(file.description).toBe('cells of µm');
      expect(file.resolution?.[0]).toBeCloseTo(0.645, 8);
      expect(file.resolution?.[1]).toBeCloseTo(0.3, 8);
    });
  });

  it('lays uncompressed pages out without gaps, as ImageJ reads its stacks', () => {
    const page = (value: number) => ({ data: Uint8Array.of(value, value, value), shape: [1, 3] });
    const bytes = encodeTiff([page(1), page(2), page(3)], {
      description: 'ImageJ=1.53t\nimages=3\nframes=3\n',
    });
    expect([...bytes.subarray(-9)]).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3]);
  });

  it('refuses no page, and pages that are not [y, x] with a pixel', () => {
    const mismatch = expect.objectContaining({ tag: 'shape-mismatch' });
    expect(() => encodeTiff([])).toThrow(mismatch);
    expect(() => encodeTiff([{ data: new Uint8Array(8), shape: [2, 2, 2] }])).toThrow(mismatch);
    expect(() => encodeTiff([{ data: new Uint8Array(0), shape: [0, 3] }])).toThrow(mismatch);
    expect(() => encodeTiff([{ data: new Uint8Array(5), shape: [2, 3] }])).toThrow(mismatch);
  });
});
