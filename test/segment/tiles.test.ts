import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AxisTile, planFrame, planTiles, tilesOfLength } from '../../src/segment/tiles.ts';

/** `[[source range], [target range]]` of every tile, as CSBDeep's iterator gives them. */
function ranges(tiles: AxisTile[]): [number[], number[]][] {
  return tiles.map(({ start, from, to }) => [
    [from - start, to - start],
    [from, to],
  ]);
}

// Golden values: CSBDeep's tile iterator, run by the project's reference notes.
describe('planTiles', () => {
  it.each([
    [
      [1008, 4, 16, 3],
      336,
      [
        [
          [0, 288],
          [0, 288],
        ],
        [
          [48, 288],
          [288, 528],
        ],
        [
          [48, 288],
          [528, 768],
        ],
        [
          [96, 336],
          [768, 1008],
        ],
      ],
    ],
    [
      [256, 3, 8, 2],
      112,
      [
        [
          [0, 96],
          [0, 96],
        ],
        [
          [16, 96],
          [96, 176],
        ],
        [
          [32, 112],
          [176, 256],
        ],
      ],
    ],
    [
      [112, 8, 16, 1],
      48,
      [
        [
          [0, 32],
          [0, 32],
        ],
        [
          [16, 32],
          [32, 48],
        ],
        [
          [16, 32],
          [48, 64],
        ],
        [
          [16, 32],
          [64, 80],
        ],
        [
          [16, 48],
          [80, 112],
        ],
      ],
    ],
  ])('cuts (size, tiles, block, overlap) = %j', (args, length, expected) => {
    const tiles = planTiles(...(args as [number, number, number, number]));
    expect(tiles[0]!.length).toBe(length);
    expect(ranges(tiles)).toEqual(expected);
  });

  it('covers every pixel once, with full context at inner ends', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(1, 8, 16),
        fc.integer({ min: 0, max: 6 }),
        (blocks, count, block, overlap) => {
          const size = blocks * block;
          let written = 0;
          for (const { start, length, from, to } of planTiles(size, count, block, overlap)) {
            expect(from).toBe(written);
            expect(to).toBeGreaterThan(from);
            expect(start).toBeGreaterThanOrEqual(0);
            expect(start + length).toBeLessThanOrEqual(size);
            if (start > 0) expect(from - start).toBeGreaterThanOrEqual(overlap * block);
            if (start + length < size) expect(start + length - to).toBeGreaterThanOrEqual(overlap * block);
            written = to;
          }
          expect(written).toBe(size);
        },
      ),
    );
  });
});

describe('tilesOfLength', () => {
  it('moves the last tile back to the end', () => {
    expect(tilesOfLength(100, 64, 16)).toEqual([
      { start: 0, length: 64, from: 0, to: 48 },
      { start: 32, length: 64, from: 48, to: 80 },
      { start: 36, length: 64, from: 80, to: 100 },
    ]);
  });
});

describe('planFrame', () => {
  it('leaves a frame whole that fits', () => {
    expect(planFrame([704, 1104], [16, 16], [96, 96], 2 ** 20).map((tiles) => tiles.length)).toEqual([1, 1]);
  });

  it('keeps every tile within the bound', () => {
    const [rows, columns] = planFrame([4096, 8192], [16, 16], [96, 96], 2 ** 20);
    for (const row of rows)
      for (const column of columns) expect(row.length * column.length).toBeLessThanOrEqual(2 ** 20);
    expect(rows.length * columns.length).toBeLessThan(70);
  });
});
