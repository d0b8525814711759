import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scorePaths } from '../../src/pipeline/index.ts';
import { type ScoreInput, scoreTracks } from '../../src/score/index.ts';
import { type Box, toInput } from './canvas.ts';

/** A 2 x 2 object of one label in one frame. */
const box = (t: number, label: number, row: number, column: number): Box => ({
  t,
  label,
  row,
  column,
  height: 2,
  width: 2,
});

/** A 20 x 20 movie of three frames. */
const movie = (boxes: Box[], tracks: [number, number, number, number][]): ScoreInput =>
  toInput({ size: 20, nFrames: 3, boxes, tracks });

/** One cell that stays in the middle. */
const middle = [0, 1, 2].map((t) => box(t, 1, 9, 9));
const stays: [number, number, number, number] = [1, 0, 2, 0];
const truth = movie(middle, [stays]);

describe('scoreTracks in a field of interest', () => {
  it('sets aside what lies wholly within the margin, and keeps what reaches out of it by a pixel', async () => {
    // Rows 2 and 3 lie within a margin of 4, rows 3 and 4 do not.
    const extra = (row: number): ScoreInput =>
      movie([...middle, ...[0, 1, 2].map((t) => box(t, 2, row, 9))], [stays, [2, 0, 2, 0]]);
    const aside = await scoreTracks(truth, extra(2), { fieldOfInterest: 4 });
    expect(aside).toMatchObject({ DET: 1, LNK: 1, SEG: 1, counts: { FP: 0 }, n_result_nodes: 3 });
    expect(aside.field_of_interest).toEqual({ margin: 4, truth_set_aside: 0, result_set_aside: 3 });
    const reaching = await scoreTracks(truth, extra(3), { fieldOfInterest: 4 });
    expect(reaching).toMatchObject({ counts: { FP: 3 }, n_result_nodes: 6 });
    expect((await scoreTracks(truth, extra(2))).counts.FP).toBe(3);
  });

  it('asks all four edges', async () => {
    for (const [row, column] of [
      [0, 9],
      [18, 9],
      [9, 0],
      [9, 18],
    ]) {
      const result = movie([...middle, box(1, 7, row, column)], [stays, [7, 1, 1, 0]]);
      expect((await scoreTracks(truth, result, { fieldOfInterest: 2 })).counts.FP).toBe(0);
      expect((await scoreTracks(truth, result, { fieldOfInterest: 1 })).counts.FP).toBe(1);
    }
  });

  it('drops the links of what is set aside and cuts the track there', async () => {
    // The cell leaves the field for the middle frame; a truth that ends there and begins anew says the same.
    const out = movie([box(0, 1, 9, 9), box(1, 1, 0, 9), box(2, 1, 9, 9)], [stays]);
    const cut = movie(
      [box(0, 1, 9, 9), box(2, 2, 9, 9)],
      [
        [1, 0, 0, 0],
        [2, 2, 2, 0],
      ],
    );
    const scores = await scoreTracks(cut, out, { fieldOfInterest: 3 });
    expect(scores).toMatchObject({ DET: 1, counts: { ED: 0, EA: 0, EC: 0, FP: 0, FN: 0 }, CT: 1 });
    expect((await scoreTracks(cut, out)).counts).toMatchObject({ FP: 1, ED: 0 });
  });

  it('keeps a division whose cells are all in the field, and orphans the daughters of one outside', async () => {
    const family = (row: number): ScoreInput =>
      movie(
        [box(0, 1, row, 9), box(1, 2, 9, 7), box(1, 3, 9, 11)],
        [
          [1, 0, 0, 0],
          [2, 1, 1, 1],
          [3, 1, 1, 1],
        ],
      );
    const inside = await scoreTracks(family(9), family(9), { fieldOfInterest: 3 });
    expect(inside.divisions.f1[0]).toBe(1);
    const orphans = await scoreTracks(family(9), family(0), { fieldOfInterest: 3 });
    expect(orphans.counts).toMatchObject({ FN: 1, FP: 0, EA: 2, ED: 0 });
  });

  it('changes nothing where nothing lies in the margin', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 4, max: 14 }),
        fc.integer({ min: 4, max: 14 }),
        fc.integer({ min: 1, max: 4 }),
        async (row, column, margin) => {
          const result = movie([...middle.slice(0, 2), box(2, 1, row, column)], [stays]);
          const { field_of_interest, ...scores } = await scoreTracks(truth, result, {
            fieldOfInterest: margin,
          });
          expect(scores).toEqual(await scoreTracks(truth, result));
          expect(field_of_interest).toEqual({ margin, truth_set_aside: 0, result_set_aside: 0 });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('refuses points and margins that are no whole number of pixels', async () => {
    const { masks: _, seg: __, ...points } = truth;
    await expect(scoreTracks(truth, points, { fieldOfInterest: 5 })).rejects.toMatchObject({
      tag: 'invalid-option',
      message: expect.stringMatching(/the result has none/),
    });
    await expect(scoreTracks(truth, truth, { fieldOfInterest: 2.5 })).rejects.toMatchObject({
      tag: 'invalid-option',
    });
  });
});

const SILVER = join(
  process.env.MORULA_DATA ?? join(import.meta.dirname, '../../../shared/data'),
  'hela-01-silver',
);
const reason = existsSync(SILVER) ? '' : ' (skipped: the shared data are not here)';

describe.skipIf(reason !== '')(`the field of interest of Fluo-N2DL-HeLa${reason}`, () => {
  it.each([
    [25, 0],
    [26, 1],
    [27, 7],
  ])('with a border of %i pixels, %i objects of its annotation lie outside', async (margin, aside) => {
    const { field_of_interest } = await scorePaths(SILVER, SILVER, { fieldOfInterest: margin });
    expect(field_of_interest?.truth_set_aside).toBe(aside);
  });
});
