const PURPOSES = { life: 0x6c696665, cell: 0x63656c6c, noise: 0x6e6f6973, field: 0x66696c64 } as const;

/**
 * Seed of the random stream of one purpose, so that a frame's noise or a cell's texture never depends on what was
 * drawn before. `index` is the frame or the cell.
 *
 * Source: finaliser of MurmurHash3 (A. Appleby, public domain), chained over the three words.
 */
export function streamSeed(seed: number, purpose: keyof typeof PURPOSES, index = 0): number {
  return finalise(finalise(finalise(seed) ^ PURPOSES[purpose]) ^ Math.imul(index + 1, 0x9e3779b1));
}

function finalise(word: number): number {
  let h = word >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
