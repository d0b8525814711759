import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTiffName, isTiffPath, numberFiles } from '../../src/read/tiffNames.ts';

describe('numberFiles', () => {
  it('sorts by number whatever the order and the digits, from any first number', () => {
    const anyNames = fc
      .tuple(
        fc.constantFrom('t', 'man_seg', 'exp 2 of 3 - t'),
        fc.integer({ min: 0, max: 1100 }),
        fc.integer({ min: 1, max: 60 }),
      )
      .map(([prefix, first, count]) =>
        Array.from({ length: count }, (_, i) => `${prefix}${String(first + i).padStart(3, '0')}.tif`),
      );
    const mixed = anyNames.chain((names) =>
      fc.tuple(fc.constant(names), fc.shuffledSubarray(names, { minLength: names.length })),
    );
    fc.assert(
      fc.property(mixed, ([names, given]) => {
        expect(numberFiles('folder', given)).toEqual({ names, warnings: [] });
      }),
    );
  });

  it.each([
    [
      ['t000.tif', 't001.tif', 't003.tif'],
      /read: folder: .*without gaps, t002\.tif is missing \(next is t003\.tif\)/,
    ],
    [['t0998.tif', 't1000.tif'], /t0999\.tif is missing/],
    [['mask098.tif', 'mask100.tif'], /mask099\.tif is missing/],
    [['t1.tif', 't01.tif'], /t1\.tif and t01\.tif have the same number/],
    [
      ['t001_c1.tif', 't001_c2.tif', 't002_c1.tif', 't002_c2.tif'],
      /one running number, found 2 in t001_c1\.tif/,
    ],
    [['img.tif', 'mask.tif'], /one running number, found img\.tif and mask\.tif/],
    [['t0.tif', 't1.tif', 'm0.tif', 'm1.tif'], /one running number/],
  ])('refuses %j', (names, message) => {
    expect(() => numberFiles('folder', names)).toThrow(
      expect.objectContaining({ tag: 'invalid-data', message: expect.stringMatching(message) }),
    );
  });

  it('leaves a lone file out that is named otherwise, and says so', () => {
    expect(numberFiles('folder', ['background.tif', 't001.tif', 't000.tif'])).toEqual({
      names: ['t000.tif', 't001.tif'],
      warnings: ['left out, named otherwise than the frames: background.tif'],
    });
  });

  it('takes a single file with or without a number for a movie of one frame', () => {
    expect(numberFiles('folder', ['t007.tif']).names).toEqual(['t007.tif']);
    expect(numberFiles('folder', ['image.tif']).names).toEqual(['image.tif']);
  });
});

describe('isTiffPath and isTiffName', () => {
  it('accept TIFF suffixes in any case, and leave hidden files out of folders', () => {
    expect(['a.tif', 'b.TIFF', 'c.ome.tif', 'd.tf8', 'e.btf'].map(isTiffPath)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(['a.zarr', 'tif', 'a.tif.txt', 'a.png'].map(isTiffPath)).toEqual([false, false, false, false]);
    expect([isTiffName('t000.tif'), isTiffName('._t000.tif')]).toEqual([true, false]);
  });
});
