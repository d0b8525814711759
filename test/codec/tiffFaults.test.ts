import { truncateSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeTiff, openTiff } from '../../src/codec/tiff/index.ts';
import { isMorulaError } from '../../src/errors/index.ts';
import { createScratch, handMadeTiff, readAllPages, sampleBytes, type Tags } from './tiffFiles.ts';
import type { SAMPLES } from './tiffSamples.ts';

const scratch = createScratch();
afterAll(() => scratch.remove());

/** Tags of a 2 x 2 uint8 page whose pixels lie at byte 8. */
const PAGE: Tags = { 256: 2, 257: 2, 258: 8, 259: 1, 273: 8, 277: 1, 278: 2, 279: 4 };
const PIXELS = Uint8Array.of(1, 2, 3, 4);

/** The error of reading all pages. */
async function failure(bytes: Uint8Array): Promise<unknown> {
  const path = scratch.write('fault.tif', bytes);
  return readAllPages(path).then(
    (pages) => `read ${pages.length} pages`,
    (error: unknown) => error,
  );
}

describe('openTiff on damaged files', () => {
  it('reads the page that the cases below spoil', async () => {
    const [page] = await readAllPages(scratch.write('good.tif', handMadeTiff(PAGE, PIXELS)));
    expect([...page.data]).toEqual([1, 2, 3, 4]);
  });

  it.each<[string, Tags, string, RegExp]>([
    ['no width', { 256: [] }, 'invalid-data', /page 0 must have a width/],
    ['width 0', { 256: 0 }, 'invalid-data', /page 0 must have a size of at least 1 x 1/],
    ['a page over 1 GiB', { 256: 40_000, 257: 40_000 }, 'unsupported', /40000 x 40000 .* limit of 1 GiB/],
    [
      'more pixels than bytes',
      { 256: 20_000, 279: 20_000 * 2 },
      'invalid-data',
      /strip or tile 0 of page 0 ends at byte 40008/,
    ],
    ['a strip shorter than its rows', { 279: 3 }, 'invalid-data', /needs 4 bytes, its 3 stored ones/],
    [
      'compressed data too few for the page',
      { 256: 30_000, 257: 30_000, 259: 8, 278: 30_000 },
      'invalid-data',
      /cannot hold them/,
    ],
    ['an offset past the end', { 273: 5000 }, 'invalid-data', /ends at byte 5004 of \d+/],
    ['an offset of 0', { 273: 0 }, 'invalid-data', /strip or tile 0 of page 0 is missing/],
    ['too few strips', { 278: 1 }, 'invalid-data', /needs 2 strips or tiles, found 1/],
    ['strips of no rows', { 278: 0 }, 'invalid-data', /at least 1 x 1 pixels/],
    ['no strips', { 273: [] }, 'invalid-data', /needs 1 strips or tiles, found 0/],
    ['JPEG', { 259: 7 }, 'unsupported', /compression 7 \(JPEG\)/],
    ['an unknown compression', { 259: 999 }, 'unsupported', /compression 999 \(unknown\)/],
    ['an unknown predictor', { 317: 9 }, 'unsupported', /predictor 9 on uint8/],
    ['a float predictor on integers', { 317: 3 }, 'unsupported', /predictor 3 on uint8/],
    ['1-bit samples', { 258: 1 }, 'unsupported', /1-bit unsigned samples/],
    ['64-bit integers', { 258: 64 }, 'unsupported', /64-bit unsigned samples/],
    ['16-bit floats', { 258: 16, 339: 3 }, 'unsupported', /16-bit float samples/],
    ['samples of unequal bits', { 258: [8, 16], 277: 2 }, 'unsupported', /unequal BitsPerSample/],
    ['reversed bits', { 266: 2 }, 'unsupported', /FillOrder 2/],
    ['a description that is no text', { 270: 7 }, 'invalid-data', /ImageDescription of page 0 must be text/],
    [
      'a tile over 1 GiB',
      { 322: 65_536, 323: 65_536, 324: 8, 325: 4 },
      'unsupported',
      /tiles of 65536 x 65536/,
    ],
  ])('refuses %s, naming the file', async (_, tags, tag, message) => {
    const error = await failure(handMadeTiff({ ...PAGE, ...tags }, PIXELS));
    expect(error).toMatchObject({ tag, message: expect.stringMatching(message) });
    expect((error as Error).message).toContain('fault.tif');
  });

  it('refuses data that do not decode, naming page and strip', async () => {
    const tags = (compression: number, length: number): Tags => ({ ...PAGE, 259: compression, 279: length });
    const short = deflateSync(Uint8Array.of(1, 2, 3));
    const bomb = deflateSync(new Uint8Array(100_000));
    const cases: [number, Uint8Array, RegExp][] = [
      [8, Uint8Array.of(1, 2, 3, 4), /strip or tile 0 of page 0 does not decode: /],
      [8, short, /does not decode: the data end after 3 of 4 bytes/],
      [8, bomb, /does not decode: /],
      [5, PIXELS, /does not decode: the LZW data end/],
      [32773, Uint8Array.of(1, 1, 2), /does not decode: the PackBits data end after 2 of 4/],
      [50000, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), /does not decode: zstd: not a zstd frame/],
      [
        50000,
        Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0),
        /gives 1099511627776 bytes, at most 4/,
      ],
    ];
    for (const [compression, data, message] of cases) {
      const error = await failure(handMadeTiff(tags(compression, data.length), data));
      expect(error).toMatchObject({ tag: 'invalid-data', message: expect.stringMatching(message) });
    }
  });

  it('refuses pages that point back', async () => {
    const bytes = handMadeTiff(PAGE, PIXELS, 12);
    expect(new DataView(bytes.buffer).getUint32(4, true)).toBe(12);
    expect(await failure(bytes)).toMatchObject({
      tag: 'invalid-data',
      message: expect.stringContaining('a cycle'),
    });
  });

  it('refuses what is no TIFF, a folder and a missing file', async () => {
    for (const bytes of [
      new Uint8Array(0),
      Buffer.from('II'),
      Buffer.from('not a TIFF file at all'),
      Buffer.from('II*\0\0\0\0\0'),
    ]) {
      expect(await failure(bytes)).toMatchObject({ tag: 'invalid-data' });
    }
    await expect(openTiff(scratch.path('.'))).rejects.toMatchObject({ tag: 'invalid-data' });
    await expect(openTiff(scratch.path('absent.tif'))).rejects.toMatchObject({ tag: 'not-found' });
  });

  it('refuses pages that are not there', async () => {
    const file = await openTiff(scratch.write('good.tif', handMadeTiff(PAGE, PIXELS)));
    expect(() => file.page(1)).toThrow(expect.objectContaining({ tag: 'invalid-option' }));
    await expect(file.readPage(-1)).rejects.toMatchObject({ tag: 'invalid-option' });
    await file.close();
  });
});

const names: (keyof typeof SAMPLES)[] = [
  'plain_u2',
  'lzwPredictor_u2',
  'deflate_u2',
  'zstd_u2',
  'bigTiff_u2',
  'bigEndian_f4',
  'imagejSingleIfd_u2',
  'tiledLzwPredictor_u2',
  'shaped_u2',
];

describe('openTiff on truncated files', () => {
  const page = { data: Uint16Array.from({ length: 35 }, (_, i) => i * 99), shape: [5, 7] };
  const ours = (['none', 'lzw', 'deflate'] as const).map(
    (compression) => [compression, encodeTiff([page, page], { compression, description: 'cells' })] as const,
  );
  it.each(ours)('refuses our own file at every length, %s', async (_, bytes) => {
    const path = scratch.write('short.tif', bytes);
    expect(await readAllPages(path)).toHaveLength(2);
    for (let length = bytes.length - 1; length >= 0; length--) {
      truncateSync(path, length);
      const error = await readAllPages(path).catch((caught: unknown) => caught);
      expect(error, `at ${length} bytes`).toSatisfy(isMorulaError);
    }
  });

  it.each(names)(
    'refuses %s at every length, or reads all of it where only unread bytes are lost',
    async (name) => {
      const bytes = sampleBytes(name);
      const path = scratch.write('short.tif', bytes);
      const whole = await readAllPages(path);
      let refused = 0;
      for (let length = bytes.length - 1; length >= 0; length--) {
        truncateSync(path, length);
        const result = await readAllPages(path).catch((caught: unknown) => caught);
        if (isMorulaError(result)) refused++;
        else expect(result, `at ${length} bytes`).toEqual(whole);
      }
      expect(refused).toBeGreaterThan(bytes.length - 32);
    },
  );

  it.each(names)('reads %s with any byte changed, or refuses it', async (name) => {
    const bytes = sampleBytes(name);
    const byte = fc.tuple(
      fc.integer({ min: 0, max: Math.min(400, bytes.length - 1) }),
      fc.integer({ min: 0, max: 255 }),
    );
    await fc.assert(
      fc.asyncProperty(byte, async ([at, value]) => {
        const changed = Uint8Array.from(bytes);
        changed[at] = value;
        const path = scratch.write('changed.tif', changed);
        const result = await readAllPages(path).catch((caught: unknown) => caught);
        expect(Array.isArray(result) || isMorulaError(result), String(result)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
