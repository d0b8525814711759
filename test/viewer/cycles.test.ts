import { describe, expect, it } from 'vitest';
import { type Cycle, findCycles, medianCycle } from '../../viewer/src/data/cycles.ts';
import { family } from './family.ts';

const lives = (text: string): Cycle[] =>
  text
    .split(' ')
    .map((word) => ({ frames: Number.parseInt(word, 10), complete: !word.endsWith('+'), node: 0 }));

describe('findCycles', () => {
  it('counts cells that were born, and says which of them divided', () => {
    expect(findCycles(family())).toEqual([
      { frames: 3, complete: false, node: 9 },
      { frames: 2, complete: false, node: 7 },
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
