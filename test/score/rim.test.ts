import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoreText } from '../../src/cli/scoreText.ts';
import { scorePaths } from '../../src/pipeline/index.ts';
import { type ScoreInput, scoreTracks } from '../../src/score/index.ts';
import { depths } from '../../src/score/rim.ts';
import { type Box, toInput } from './canvas.ts';

const SIZE = 120;

/** Objects of 4 x 4 pixels in one frame. */
function movie(corners: readonly (readonly [row: number, column: number])[]): ScoreInput {
  const boxes = corners.map(
    ([row, column], i): Box => ({
      t: 0,
      label: i + 1,
      row,
      column,
      height: 4,
      width: 4,
    }),
  );
  const tracks = boxes.map(({ label }): [number, number, number, number] => [label, 0, 0, 0]);
  return toInput({ size: SIZE, nFrames: 1, boxes, tracks });
}

/** 256 objects that leave so many pixels free at each edge, five from one to the next. */
const lattice = (free: number): [number, number][] =>
  Array.from({ length: 256 }, (_, i) => [free + 5 * Math.floor(i / 16), free + 5 * (i % 16)]);

/** Five objects against the upper edge. */
const atEdge = [0, 1, 2, 3, 4].map((i) => [0, 20 * i] as const);
// The first rows of a lattice at 9 are 9 to 12: 12 pixels are the most within which none lies wholly.
const truth = movie(lattice(9));

describe('depths', () => {
  it('gives the distance of the deepest pixel of each object from the nearest edge, over all planes', () => {
    const rows = [
      [1, 1, 0, 0, 2, 2],
      [0, 0, 3, 3, 3, 0],
      [0, 0, 0, 3, 0, 5],
      [4, 4, 4, 4, 4, 4],
    ];
    const plane = Uint16Array.from(rows.flat());
    expect([...depths({ data: plane, shape: [4, 6] })]).toEqual([
      [1, 0],
      [2, 0],
      [3, 1],
      [5, 0],
      [4, 0],
    ]);
    const volume = Uint16Array.from([...Array<number>(24).fill(0), ...plane]);
    volume[8] = 2;
    expect(depths({ data: volume, shape: [2, 4, 6] }).get(2)).toBe(1);
  });
});

describe('scoreTracks with a truth that leaves out a rim', () => {
  it('says how wide it is and how many of the result lie in it, and changes no measure', async () => {
    const scores = await scoreTracks(truth, movie([...lattice(9), ...atEdge]));
    expect(scores.bare_rim).toEqual({ margin: 12, result_nodes: 5 });
    expect(scores.counts.FP).toBe(5);
    const aside = await scoreTracks(truth, movie([...lattice(9), ...atEdge]), { fieldOfInterest: 12 });
    expect(aside.field_of_interest).toEqual({ margin: 12, truth_set_aside: 0, result_set_aside: 5 });
    expect(aside).not.toHaveProperty('bare_rim');
    expect(aside).not.toHaveProperty('in_field');
  });

  it('leaves it at saying so where a field was asked for', async () => {
    const scores = await scoreTracks(truth, movie([...lattice(9), ...atEdge]), { fieldOfInterest: 3 });
    expect(scores).not.toHaveProperty('in_field');
    expect(scoreText(scores)).toContain(
      '\nnote        no object of the truth lies wholly within 12 px of the image edge, 5 of the result do: ' +
        '--field-of-interest 12 sets them aside\nDET         ',
    );
  });

  it('says nothing where hardly any of the result lies there, or the truth is small, or all of it is far inside', async () => {
    const two = await scoreTracks(truth, movie([...lattice(9), ...atEdge.slice(0, 2)]));
    const few = movie(lattice(9).slice(0, 199));
    const small = await scoreTracks(few, movie([...lattice(9).slice(0, 199), ...atEdge]));
    const inside = await scoreTracks(movie(lattice(13)), movie([...lattice(13), ...atEdge]));
    for (const scores of [two, small, inside]) {
      expect(scores).not.toHaveProperty('bare_rim');
      expect(scores).not.toHaveProperty('in_field');
      expect(scoreText(scores)).not.toMatch(/note|field/);
    }
  });

  it('says nothing by points', async () => {
    const scores = await scoreTracks(truth, movie([...lattice(9), ...atEdge]), { match: 'points' });
    expect(scores).not.toHaveProperty('bare_rim');
  });

  it('says nothing, whatever the result, where an object of the truth lies at the edge', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: SIZE - 4 }),
        fc.constantFrom<(at: number) => [number, number]>(
          (at) => [0, at],
          (at) => [at, 0],
          (at) => [SIZE - 4, at],
          (at) => [at, SIZE - 4],
        ),
        fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 28 })), {
          maxLength: 9,
          selector: ([, column]) => column,
        }),
        async (at, place, extra) => {
          const corners = extra.map(([row, column]) => [row, 4 * column] as const);
          const scores = await scoreTracks(
            movie([...lattice(9), place(at)]),
            movie([...lattice(9), ...corners]),
          );
          expect(scores).not.toHaveProperty('bare_rim');
        },
      ),
      { numRuns: 30 },
    );
  });
});

const DATA = process.env.MORULA_DATA ?? join(import.meta.dirname, '../../../shared/data');
const SILVER = join(DATA, 'hela-01-silver');
const reason = existsSync(SILVER) ? '' : ' (skipped: the shared data are not here)';

describe.skipIf(reason !== '')(`the rim of Fluo-N2DL-HeLa${reason}`, () => {
  it('is no fault of a result that leaves it out, too', async () => {
    expect(await scorePaths(SILVER, SILVER)).not.toHaveProperty('bare_rim');
  });
});
