import type { Maps } from './maps.ts';

/**
 * Fitted to the bench's ten point sets, and to four of them with two strengths of faults: `npm run bench -- calibration
 * --held-out` fits them anew and prints them.
 */
export const MAPS: Maps = {
  divides: {
    base: -0.047,
    odds: 0.594,
    faulty: -0.109,
    faultyOdds: -0.063,
    life: -0.031,
    before: 0.516,
    born: -0.531,
  },
  begins: {
    usual: -7.609,
    faults: -1.939,
    power: 0.575,
    single: 3.145,
    astray: -1.15,
    beside: -2.305,
    own: 0.934,
  },
  ends: {
    usual: -9.172,
    faults: -2.454,
    power: 0.478,
    single: 3.294,
    astray: -1.013,
    beside: -1.851,
    own: 0.941,
  },
};
