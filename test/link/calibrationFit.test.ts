import { describe, expect, it } from 'vitest';
import { byChance, familyOf, fitMaps, heldOut, type Lesson } from '../../bench/calibrationFit.ts';
import { createRandom } from '../../src/array/index.ts';

/** Divisions of which `share` times their log odds is right. */
function lessonOf(name: string, share: number, seed: number): Lesson {
  const random = createRandom(seed);
  const divides = Array.from({ length: 1500 }, () => {
    const odds = 4 * random.normal();
    const right = random.uniform() < 1 / (1 + Math.exp(-share * odds));
    return { traits: { odds, faulty: 0, life: 0, before: 0, born: 0 }, right };
  });
  return { name, family: familyOf(name), faults: 0, seen: { divides, begins: [], ends: [] }, links: [] };
}

describe('familyOf', () => {
  it('puts movies of one kind of cells together', () => {
    const names = ['ascidian-pm02', 'celegans-a', 'cell-migration-every-4', 'c2c12-bmp2', 'epidermis-1'];
    expect(names.map(familyOf)).toEqual(['ascidian', 'celegans', 'cell-migration', 'c2c12', 'epidermis']);
  });
});

describe('fitMaps', () => {
  it('finds how much too sure a model is, and leaves what nothing was seen of', () => {
    const { divides, begins } = fitMaps([lessonOf('a-1', 0.5, 1), lessonOf('a-2', 0.5, 2)]);
    expect(divides.odds).toBeGreaterThan(0.43);
    expect(divides.odds).toBeLessThan(0.57);
    expect(Math.abs(divides.base)).toBeLessThan(0.2);
    expect([divides.faulty, begins.own]).toEqual([0, 1]);
  });
});

describe('heldOut', () => {
  it('fits the maps of a family to the others alone', () => {
    const lessons = [lessonOf('a-1', 0.5, 1), lessonOf('a-2', 0.5, 2), lessonOf('b-1', -1, 3)];
    const maps = heldOut(lessons);
    expect(maps.get(lessons[2])).toEqual(fitMaps(lessons.slice(0, 2)));
    expect(maps.get(lessons[0])).toEqual(fitMaps(lessons.slice(2)));
    expect(maps.get(lessons[1])).toBe(maps.get(lessons[0]));
  });
});

describe('byChance', () => {
  it('is what a fair coin deviates by on average', () => {
    const rows = Array.from({ length: 400 }, () => [0.5, true] as [number, boolean]);
    expect(byChance(rows)).toBeCloseTo(Math.sqrt((2 / Math.PI) * 100) / 400, 10);
    expect(byChance([])).toBe(0);
  });
});
