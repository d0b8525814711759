import { describe, expect, it } from 'vitest';
import { bellCost, looseCost, looseTerms, orLoose, usualShare } from '../../src/link/global/model.ts';

describe('looseCost', () => {
  const bell = { mean: 0.1, sd: 0.02 };
  const terms = looseTerms(bell, 0.5);

  it('is a density: its integral is 1', () => {
    let sum = 0;
    for (let v = -4; v < 4; v += 0.001) sum += 0.001 * Math.exp(-looseCost(terms, v));
    expect(sum).toBeCloseTo(1, 4);
  });

  it('is that of the normal distribution near the mean', () => {
    expect(looseCost(terms, 0.11)).toBeCloseTo(bellCost(bell, 0.11), 1);
    expect(usualShare(terms, 0.11)).toBeGreaterThan(0.99);
  });

  it('keeps possible what a normal distribution rules out', () => {
    expect(bellCost(bell, 0.54)).toBeGreaterThan(200);
    expect(looseCost(terms, 0.54)).toBeLessThan(8);
    expect(usualShare(terms, 0.54)).toBeLessThan(1e-6);
  });
});

describe('orLoose', () => {
  it('leaves what is usual, and bounds what a badly drawn outline costs', () => {
    expect(orLoose(-3, 0.01)).toBeCloseTo(-3, 1);
    expect(orLoose(20, 0.7)).toBeLessThan(8);
    expect(orLoose(20, 0.7)).toBeCloseTo(bellCost({ mean: 0, sd: 0.5 }, 0.7) - Math.log(0.002), 3);
  });
});
