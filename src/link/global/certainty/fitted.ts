import type { Maps } from './maps.ts';

/**
 * Fitted to the bench's ten point sets, and to four of them with two strengths of faults: `npm run bench -- calibration
 * --held-out` fits them anew and prints them.
 */
export const MAPS: Maps = {
  divides: {
    base: -0.063,
    odds: 0.594,
    faulty: -0.094,
    faultyOdds: -0.063,
    life: -0.031,
    before: 0.531,
    born: -0.5,
  },
  begins: {
    usual: -7.615,
    faults: -2.027,
    power: 0.545,
    single: 3.005,
    astray: -1.128,
    beside: -2.371,
    own: 0.938,
  },
  ends: {
    usual: -9.161,
    faults: -2.492,
    power: 0.455,
    single: 3.153,
    astray: -0.997,
    beside: -1.884,
    own: 0.928,
  },
};
