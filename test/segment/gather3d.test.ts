import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import type { Triple, VolumeOutput } from '../../src/model/index.ts';
import { quantiseProb } from '../../src/segment/candidates.ts';
import {
  type Candidates3d,
  createCandidates3d,
  firstRay,
  quantiseDist,
  raysOf,
} from '../../src/segment/candidates3d.ts';
import { gatherTile, type Ranges, type Tiles } from '../../src/segment/gather3d.ts';
import { planTiles } from '../../src/segment/tiles.ts';
import { weakFloor } from '../../src/segment/weak.ts';

/** Numbers as networks give them: some equal, some none, ray lengths of any size. */
function noise(shape: Triple, nRays: number, seed: number): VolumeOutput {
  const random = createRandom(seed);
  const [depth, height, width] = shape;
  const odd = [Number.NaN, -1, 0, 1e-9, 1e9, Number.POSITIVE_INFINITY, 126.9999, 127.001];
  const prob = Float32Array.from({ length: depth * height * width }, () =>
    random.uniform() < 0.02 ? Number.NaN : random.uniform() < 0.3 ? random.int(9) / 8 : random.uniform(),
  );
  const dist = Float32Array.from({ length: nRays * prob.length }, () =>
    random.uniform() < 0.05 ? odd[random.int(odd.length)]! : 130 * random.uniform() ** 3,
  );
  return { depth, height, width, prob, dist, ms: 0 };
}

/** The same output with rows of some positions only. */
function sparseOf(output: VolumeOutput, nRays: number, floor: number): VolumeOutput {
  const { prob, dist } = output;
  const at = Int32Array.from([...prob.keys()].filter((i) => prob[i]! > floor));
  const rows = Float32Array.from(
    { length: at.length * nRays },
    (_, j) => dist[(j % nRays) * prob.length + at[Math.floor(j / nRays)]!]!,
  );
  return { ...output, dist: rows, at };
}

/** The part of an output that a tile shows. */
function cut(
  { prob, dist, ...rest }: VolumeOutput,
  shape: Triple,
  nRays: number,
  tiles: Tiles,
): VolumeOutput {
  const [depth, height, width] = tiles.map(({ length }) => length) as unknown as Triple;
  const places: number[] = [];
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        places.push(((tiles[0].start + z) * shape[1] + tiles[1].start + y) * shape[2] + tiles[2].start + x);
  const planes = Array.from({ length: nRays }, (_, k) => places.map((i) => dist[k * prob.length + i]!));
  return {
    ...{ ...rest, depth, height, width },
    prob: Float32Array.from(places, (i) => prob[i]!),
    dist: Float32Array.from(planes.flat()),
  };
}

/** `[index, prob, peak, ...rays]` of every candidate, by place. */
function rowsOf(table: Candidates3d): number[][] {
  return Array.from({ length: table.count }, (_, row) => {
    const first = firstRay(table, row);
    const rays = raysOf(table, row).subarray(first, first + table.nRays);
    return [table.index[row]!, table.prob[row]!, table.peak[row]!, ...rays];
  }).sort((a, b) => a[0]! - b[0]!);
}

/** The definition, of a whole volume. */
function plainRows(
  { prob, dist }: VolumeOutput,
  [depth, height, width]: Triple,
  nRays: number,
  from: number,
  to: number,
): number[][] {
  const value = (z: number, y: number, x: number): number =>
    z < 0 || y < 0 || x < 0 || z >= depth || y >= height || x >= width
      ? Number.NaN
      : quantiseProb(prob[(z * height + y) * width + x]!);
  const rows: number[][] = [];
  for (let i = 0; i < prob.length; i++) {
    const rounded = quantiseProb(prob[i]!);
    if (!(rounded > from && rounded <= to)) continue;
    const [z, y, x] = [Math.floor(i / height / width), Math.floor(i / width) % height, i % width];
    let peak = 1;
    for (let a = -1; a <= 1; a++)
      for (let b = -1; b <= 1; b++)
        for (let c = -1; c <= 1; c++) {
          const other = value(z + a, y + b, x + c);
          const later = (a * height + b) * width + c > 0;
          if (other > rounded || (other === rounded && later)) peak = 0;
        }
    const rays = Array.from({ length: nRays }, (_, k) => quantiseDist(dist[k * prob.length + i]!));
    rows.push([i, rounded, peak, ...rays]);
  }
  return rows;
}

const tile = (length: number) => ({ start: 0, length, from: 0, to: length });
const whole = (shape: Triple): [Tiles, Ranges] => [
  shape.map(tile) as unknown as Tiles,
  shape.map((n) => [0, n]) as unknown as Ranges,
];

describe('gatherTile', () => {
  const shapes = fc.tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 17 }),
  );

  it('finds what lies over the threshold, and the peaks below it, from planes of rays and from rows', () => {
    fc.assert(
      fc.property(
        shapes,
        fc.integer({ min: 8, max: 21 }),
        fc.nat(1e6),
        fc.boolean(),
        (size, nRays, seed, sparse) => {
          const shape: Triple = size;
          const dense = noise(shape, nRays, seed);
          const threshold = 0.75;
          const output = sparse ? sparseOf(dense, nRays, weakFloor(threshold) - 0.01) : dense;
          const tables = [1, 2].map(() => createCandidates3d(nRays, [1, 1, 1], shape)) as [
            Candidates3d,
            Candidates3d,
          ];
          const tally = { found: 0, peaks: 0, nan: 0, full: false };
          gatherTile(...tables, output, ...whole(shape), threshold, 1e9, tally);
          const over = plainRows(dense, shape, nRays, threshold, 2);
          const below = plainRows(dense, shape, nRays, weakFloor(threshold), threshold);
          expect(rowsOf(tables[0])).toEqual(over);
          expect(rowsOf(tables[1])).toEqual(below.filter(([, , peak]) => peak === 1));
          const nan = dense.prob.filter(Number.isNaN).length;
          const peaks = over.filter(([, , peak]) => peak === 1).length;
          expect(tally).toEqual({ found: over.length, peaks, nan, full: false });
          const without = createCandidates3d(nRays, [1, 1, 1], shape);
          gatherTile(without, null, output, ...whole(shape), threshold, 1e9, { ...tally });
          expect(rowsOf(without)).toEqual(over);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('finds the same in tiles that overlap', () => {
    const [shape, nRays] = [[3, 12, 24] as const, 8];
    const output = noise(shape, nRays, 7);
    const found = createCandidates3d(nRays, [1, 1, 1], shape);
    const tally = { found: 0, peaks: 0, nan: 0, full: false };
    const [, ranges] = whole(shape);
    for (const ty of planTiles(12, 2, 4, 1))
      for (const tx of planTiles(24, 3, 4, 1)) {
        const tiles: Tiles = [tile(3), ty, tx];
        gatherTile(found, null, cut(output, shape, nRays, tiles), tiles, ranges, 0.5, 1e9, tally);
      }
    expect(rowsOf(found)).toEqual(plainRows(output, shape, nRays, 0.5, 2));
  });

  it('keeps peaks alone when there are too many candidates, and the better half of too many peaks', () => {
    const [shape, nRays] = [[4, 40, 60] as const, 8];
    const output = noise(shape, nRays, 3);
    const all = plainRows(output, shape, nRays, 0.2, 2);
    const peaks = all.filter(([, , peak]) => peak === 1);
    const [some, few] = [peaks.length + 5, Math.floor(peaks.length / 2)].map((most) => {
      const table = createCandidates3d(nRays, [1, 1, 1], shape);
      const tally = { found: 0, peaks: 0, nan: 0, full: false };
      gatherTile(table, null, output, ...whole(shape), 0.2, most, tally);
      expect([tally.found, tally.peaks, tally.full]).toEqual([all.length, peaks.length, true]);
      return rowsOf(table);
    }) as [number[][], number[][]];
    expect(some).toEqual(peaks);
    const best = [...peaks]
      .sort((a, b) => b[1]! - a[1]! || b[0]! - a[0]!)
      .slice(0, Math.ceil(peaks.length / 4));
    for (const row of best) expect(few).toContainEqual(row);
    expect(few.length).toBeLessThanOrEqual(Math.floor(peaks.length / 2));
  });
});
