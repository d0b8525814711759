import { describe, expect, it } from 'vitest';
import { bellCost, looseCost, orLoose } from '../../src/link/global/model.ts';

describe('looseCost', () => {
  const bell = { mean: 0.1, sd: 0.02 };

  it('is a density: its integral is 1', () => {
    let sum = 0;
    for (let v = -4; v < 4; v += 0.001) sum += 0.001 * Math.exp(-looseCost(bell, 0.5, v).cost);
    expect(sum).toBeCloseTo(1, 4);
  });

  it('is that of the normal distribution near the mean', () => {
    const { cost, usual } = looseCost(bell, 0.5, 0.11);
    expect(cost).toBeCloseTo(bellCost(bell, 0.11), 1);
    expect(usual).toBeGreaterThan(0.99);
  });

  it('keeps possible what a normal distribution rules out', () => {
    const { cost, usual } = looseCost(bell, 0.5, 0.54);
    expect(bellCost(bell, 0.54)).toBeGreaterThan(200);
    expect(cost).toBeLessThan(8);
    expect(usual).toBeLessThan(1e-6);
  });
});

describe('orLoose', () => {
  it('leaves what is usual, and bounds what a badly drawn outline costs', () => {
    expect(orLoose(-3, 0.01)).toBeCloseTo(-3, 1);
    expect(orLoose(20, 0.7)).toBeLessThan(8);
    expect(orLoose(20, 0.7)).toBeCloseTo(bellCost({ mean: 0, sd: 0.5 }, 0.7) - Math.log(0.002), 3);
  });
});
