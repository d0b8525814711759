import { describe, expect, it } from 'vitest';
import {
  type Cycle,
  correlation,
  findCycles,
  medianCycle,
  sisterPairs,
  sureCycles,
  survival,
} from '../../viewer/src/data/cycles.ts';
import { family } from './family.ts';

const lives = (text: string): Cycle[] =>
  text.split(' ').map((word) => ({
    frames: Number.parseInt(word, 10),
    complete: !word.endsWith('+'),
    branch: 0,
    node: 0,
  }));

describe('findCycles', () => {
  it('counts cells that were born, and says which of them divided', () => {
    expect(findCycles(family())).toEqual([
      { frames: 3, complete: false, branch: 2, node: 9 },
      { frames: 2, complete: false, branch: 3, node: 7 },
    ]);
  });
});

describe('medianCycle', () => {
  it('is the plain median without cells that were cut short', () => {
    expect(medianCycle(lives('3 1 2'))).toBe(2);
    expect(medianCycle(lives('1 2 3 4'))).toBe(2);
  });

  it('counts cells that were cut short as long as they were followed', () => {
    // Survival: 1 - 1/5 = 0.8 at 2, then of three at risk one: 0.8 * 2/3 = 0.533 at 4, and of two one: 0.267 at 6.
    expect(medianCycle(lives('2 3+ 4 6 7+'))).toBe(6);
  });

  it('is not known when less than half divide', () => {
    expect(medianCycle(lives('1 9+ 9+ 9+'))).toBeNaN();
    expect(medianCycle([])).toBeNaN();
  });
});

describe('survival', () => {
  it('steps where cells divide, and not where they are followed no longer', () => {
    expect(survival(lives('2 3+ 4 6 7+')).map(({ frames }) => frames)).toEqual([2, 4, 6]);
    expect(survival(lives('2 3+ 4 6 7+')).at(-1)!.undivided).toBeCloseTo((4 / 5) * (2 / 3) * (1 / 2), 12);
    expect(survival([])).toEqual([]);
  });
});

describe('sureCycles', () => {
  const data = family();
  const cycles = findCycles(data);
  const sure = (confidence: number[], prob: number): number[] =>
    sureCycles(
      cycles,
      data,
      { confidence: Float32Array.from(confidence), prob: Float32Array.of(prob) },
      0.9,
    ).map(({ branch }) => branch);

  it('leaves out a cycle with a doubtful link, or that a doubtful division begins', () => {
    expect(sure([1, 1, 0.5, 1], 1)).toEqual([3]);
    expect(sure([1, 1, 1, 1], 0.5)).toEqual([]);
    expect(sure([0.1, 0.1, 0.92, 0.95], 0.92)).toEqual([2, 3]);
  });

  it('keeps what nobody judged', () => {
    expect(sure([Number.NaN, Number.NaN, Number.NaN, Number.NaN], Number.NaN)).toEqual([2, 3]);
  });
});

describe('sisterPairs', () => {
  it('pairs daughters that both divided', () => {
    const data = family();
    const both = findCycles(data).map((c) => ({ ...c, complete: true }));
    expect(sisterPairs(both, data).map(([a, b]) => [a.branch, b.branch])).toEqual([[2, 3]]);
    expect(sisterPairs(findCycles(data), data)).toEqual([]);
  });
});

describe('correlation', () => {
  it("is Pearson's", () => {
    expect(
      correlation([
        [1, 2],
        [2, 4],
        [3, 6],
      ]),
    ).toBeCloseTo(1, 12);
    expect(
      correlation([
        [1, 3],
        [2, 1],
        [3, 2],
      ]),
    ).toBeCloseTo(-0.5, 12);
  });

  it('is not known of two pairs, nor where nothing varies', () => {
    expect(
      correlation([
        [1, 2],
        [2, 4],
      ]),
    ).toBeNaN();
    expect(
      correlation([
        [1, 2],
        [1, 4],
        [1, 5],
      ]),
    ).toBeNaN();
  });
});
