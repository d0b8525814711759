import { type Candidates, createCandidates } from '../../src/segment/index.ts';
import { lcg } from './blobs.ts';

const RAYS = 32;

/** The crowd of noisy, oblong stars that test/fixtures/parity/stars.py makes, to the bit; row i is star i. */
export function stars(count: number, side: number, radius: number, noise: number, seed: number): Candidates {
  const draw = lcg(seed);
  const table = createCandidates(RAYS, count);
  table.count = count;
  for (let i = 0; i < count; i++) {
    table.y[i] = draw(side);
    table.x[i] = draw(side);
    table.index[i] = i;
    table.prob[i] = (1 + ((i * 7919) % count)) / 256;
    const size = radius * (70 + draw(61));
    const turn = draw(16);
    const raw = Array.from({ length: RAYS }, () =>
      Math.floor((16 * size * (100 - noise + draw(2 * noise + 1))) / 10000),
    );
    for (let k = 0; k < RAYS; k++) {
      const smooth = Math.floor((raw.at(k - 1)! + raw[k] + raw[(k + 1) % RAYS]) / 3);
      const sixteenths = Math.floor((smooth * (100 + 5 * Math.abs(((k + turn) % 16) - 8))) / 100);
      table.dist[i * RAYS + k] = sixteenths / 16;
    }
  }
  return table;
}
