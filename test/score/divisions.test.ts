import { describe, expect, it } from 'vitest';
import { fromLinks, type ScoreInput, scoreTracks } from '../../src/score/index.ts';
import { makeDetections, makeLinks, type Row } from '../cases/index.ts';

/** Nodes at the same places in truth and result, with the links given. */
function side(rows: Row[], pairs: [number, number][]): ScoreInput {
  return fromLinks(makeDetections(rows), makeLinks(pairs));
}
const at = (t: number, y: number): Row => ({ t, x: t, y });

describe('division F1 with tolerance', () => {
  //      2--4--6
  // 0--1<
  //      3--5--7
  const rows = [at(0, 0), at(1, 0), at(2, 0), at(2, 9), at(3, 0), at(3, 9), at(4, 0), at(4, 9)];
  const truth = side(rows, [
    [0, 1],
    [1, 2],
    [1, 3],
    [2, 4],
    [3, 5],
    [4, 6],
    [5, 7],
  ]);

  it('counts a division found two frames late from tolerance 2 on', async () => {
    const late = side(rows, [
      [0, 1],
      [1, 2],
      [2, 4],
      [4, 6],
      [4, 7],
    ]);
    const { divisions } = await scoreTracks(truth, late);
    expect(divisions.recall).toEqual([0, 0, 1, 1]);
    expect(divisions.f1).toEqual([null, null, 1, 1]);
    expect((await scoreTracks(late, truth)).divisions.f1).toEqual([null, null, 1, 1]);
  });

  it('does not count a division whose daughters come from elsewhere, at any tolerance', async () => {
    const elsewhere = [...rows, at(3, 50), at(4, 50)];
    const ours = side(elsewhere, [
      [0, 1],
      [1, 2],
      [1, 3],
      [2, 4],
      [3, 5],
      [4, 6],
      [5, 7],
      [8, 9],
    ]);
    // the second daughter is another cell
    const wrong = side(elsewhere, [
      [0, 1],
      [1, 2],
      [2, 4],
      [4, 6],
      [2, 8],
      [8, 9],
      [3, 5],
      [5, 7],
    ]);
    expect((await scoreTracks(ours, wrong)).divisions).toMatchObject({
      precision: [0, 0, 0, 0],
      recall: [0, 0, 0, 0],
    });
  });

  it('asks for different branches only when strictDivisions is set', async () => {
    // both daughters of the result are, in the truth, the parent before it divides and after
    const same = side(rows, [
      [0, 1],
      [0, 2],
      [2, 4],
      [3, 5],
    ]);
    const loose = await scoreTracks(truth, same);
    const strict = await scoreTracks(truth, same, { strictDivisions: true });
    expect(loose.divisions.recall).toEqual([0, 1, 1, 1]);
    expect(strict.divisions.recall).toEqual([0, 0, 0, 0]);
  });

  it('has no value where there is nothing to divide by', async () => {
    const alone = side([at(0, 0), at(1, 0)], [[0, 1]]);
    const { divisions, BC } = await scoreTracks(alone, alone, { matchDistance: 1 });
    const none = [null, null, null, null];
    expect([divisions.precision, divisions.recall, divisions.f1, BC]).toEqual([none, none, none, none]);
  });
});
