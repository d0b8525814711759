import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ScoreInput, type Scores, scoreTracks } from '../../src/score/index.ts';
import { type Box, type Painting, toInput } from './canvas.ts';

const SIZE = 120;
const FRAMES = 4;
/** Rows 9 to 12 of the objects nearest to the edge: no object lies wholly within 12 pixels of it. */
const MARGIN = 12;

type Track = Painting['tracks'][number];

const box = (t: number, label: number, row: number, column: number, size: number): Box => ({
  t,
  label,
  row,
  column,
  height: size,
  width: size,
});

const painted = (boxes: Box[], tracks: Track[]): ScoreInput =>
  toInput({ size: SIZE, nFrames: FRAMES, boxes, tracks });

/** 64 cells of 4 x 4 pixels, 12 from one to the next, in each frame off their place by `shift(t, cell)`, [y, x]. */
function cells(shift: (t: number, cell: number) => readonly [number, number]): Box[] {
  return Array.from({ length: FRAMES * 64 }, (_, i) => {
    const [t, cell] = [Math.floor(i / 64), i % 64];
    const [dy, dx] = shift(t, cell);
    return box(t, cell + 1, 9 + 12 * Math.floor(cell / 8) + dy, 9 + 12 * (cell % 8) + dx, 4);
  });
}

const still = cells(() => [0, 0]);
const stays = Array.from({ length: 64 }, (_, cell): Track => [cell + 1, 0, FRAMES - 1, 0]);
/** A cell that lies in the upper edge all the time, which the truth does not have. */
const edge = [0, 1, 2, 3].map((t) => box(t, 100, 0, 110, 2));
const edgeTrack: Track = [100, 0, FRAMES - 1, 0];

/** The truth, whose outlines are its masks, or gold ones of the second and the last frame that have an edge object. */
function truthOf(seg: 'masks' | 'gold'): ScoreInput {
  const whole = painted(still, stays);
  if (seg === 'masks') return { ...whole, seg };
  const gold = painted([...still, ...edge], stays).seg as Exclude<ScoreInput['seg'], 'masks' | undefined>;
  return {
    ...whole,
    seg: async function* () {
      for await (const image of gold()) if (image.t % 2 === 1) yield image;
    },
  };
}

/** The input, and the frames that its masks were asked for. */
function watched(input: ScoreInput): { input: ScoreInput; asked: number[] } {
  const asked: number[] = [];
  const masks = async (t: number) => {
    asked.push(t);
    return (input.masks as NonNullable<ScoreInput['masks']>)(t);
  };
  return { input: { ...input, masks }, asked };
}

/** Checks that one run says what two say, one of them in the field. */
async function expectBoth(truth: ScoreInput, result: ScoreInput): Promise<Scores> {
  const { in_field, ...plain } = await scoreTracks(truth, result);
  expect(plain).toEqual(await scoreTracks(truth, result, { fieldOfInterest: 0 }));
  const { field_of_interest, ...inside } = await scoreTracks(truth, result, { fieldOfInterest: MARGIN });
  expect(in_field).toEqual({ ...field_of_interest, ...inside });
  return { ...plain, in_field } as Scores;
}

/** Where an added object of 2 x 2 pixels may lie: in the strip, across its border, or between the cells. */
const row = fc.constantFrom(0, 5, 11, 15);
/** Rows of one object frame by frame. */
const path = fc.array(row, { minLength: FRAMES, maxLength: FRAMES });

describe('in_field', () => {
  it('equals the measures of a second run in that field, the others those of a run without one', async () => {
    const arbitrary = fc.record({
      seg: fc.constantFrom('masks' as const, 'gold' as const),
      shifts: fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 })), {
        minLength: 7,
        maxLength: 31,
      }),
      paths: fc.array(path, { maxLength: 5 }),
      daughters: fc.tuple(path, path),
    });
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ seg, shifts, paths, daughters }) => {
        const boxes = cells((t, cell) => shifts[(64 * t + cell) % shifts.length]);
        const added = paths.flatMap((rows, k) => rows.map((y, t) => box(t, 101 + k, y, 8 + 12 * k, 2)));
        const paths2 = paths.map((_, k): Track => [101 + k, 0, FRAMES - 1, 0]);
        // The last cell of the first row divides after the second frame, wherever its daughters come to lie.
        const divided = boxes.filter(({ t, label }) => label !== 8 || t < 2);
        const born = daughters.flatMap((rows, k) =>
          [2, 3].map((t) => box(t, 200 + k, rows[t], 90 + 5 * k, 2)),
        );
        const tracks = stays.map((track): Track => (track[0] === 8 ? [8, 0, 1, 0] : track));
        const young: Track[] = [
          [200, 2, 3, 8],
          [201, 2, 3, 8],
        ];
        await expectBoth(
          truthOf(seg),
          painted([...divided, ...edge, ...added, ...born], [...tracks, edgeTrack, ...paths2, ...young]),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('loses the match of an object that reaches into the field by a cell that does not', async () => {
    // The first cell lies a row higher: it covers three of four rows, and is wholly within the strip.
    const result = painted(
      [...cells((t, cell) => (t === 0 && cell === 0 ? [-1, 0] : [0, 0])), ...edge],
      [...stays, edgeTrack],
    );
    const scores = await expectBoth(truthOf('masks'), result);
    expect(scores.counts).toMatchObject({ FN: 0, FP: 4 });
    expect(scores.in_field).toMatchObject({ counts: { FN: 1, FP: 0, EA: 1 }, SEG: 255 / 256 });
    expect(scores.SEG).toBeCloseTo((255 + 12 / 20) / 256, 12);
  });

  it('reads no mask twice, but those of the result that gold segmentation needs in the field', async () => {
    const all = [0, 1, 2, 3];
    const result = painted([...still, ...edge], [...stays, edgeTrack]);
    for (const [seg, ours, again] of [
      ['masks', result, []],
      ['gold', result, [1, 3]],
      ['gold', painted(still, stays), []],
    ] as const) {
      const [a, b] = [watched(truthOf(seg)), watched(ours)];
      await scoreTracks(a.input, b.input);
      expect([a.asked, b.asked]).toEqual([all, [...all, ...again]]);
    }
  });
});
