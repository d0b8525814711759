import fc from 'fast-check';
import { createRandom } from '../../src/array/index.ts';
import type { Links } from '../../src/link/types.ts';
import type { Detections } from '../../src/segment/types.ts';
import { makeDetections, makeLinks, type Row } from './make.ts';

/** What a random lineage is drawn from. */
export interface RandomOptions {
  nFrames?: number;
  nFounders?: number;
  ndim?: 2 | 3;
  /** Chances per cell and frame: divides, is missed in the next frame (a gap), ends, and per frame: a cell appears. */
  pDivision?: number;
  pGap?: number;
  pEnd?: number;
  pAppear?: number;
}

/** A lineage as a linker would leave it, and the movie's length. */
export interface RandomLineage {
  detections: Detections;
  links: Links;
  nFrames: number;
}

interface Cell {
  /** Index of its last node. */
  node: number;
  z: number;
  y: number;
  x: number;
  /** Frame in which it is seen next. */
  next: number;
}

/** A valid lineage, equal for equal arguments: cells walk, divide, are missed for a frame, end and appear. */
export function randomLineage(seed: number, options: RandomOptions = {}): RandomLineage {
  const { nFrames = 12, nFounders = 4, ndim = 2 } = options;
  const { pDivision = 0.1, pGap = 0.05, pEnd = 0.03, pAppear = 0.1 } = options;
  const random = createRandom(seed);
  const rows: Row[] = [];
  const pairs: [number, number][] = [];
  const place = (): number => 100 * random.uniform();
  const enter = (next: number): Cell => {
    return { node: -1, z: ndim === 3 ? place() : 0, y: place(), x: place(), next };
  };
  let cells = Array.from({ length: nFounders }, () => enter(0));
  for (let t = 0; t < nFrames; t++) {
    if (t > 0 && random.uniform() < pAppear) cells.push(enter(t));
    const after: Cell[] = [];
    for (const cell of cells) {
      if (cell.next > t) {
        after.push(cell);
        continue;
      }
      const z = ndim === 3 ? cell.z + random.normal() : 0;
      const y = cell.y + random.normal();
      const x = cell.x + random.normal();
      if (cell.node >= 0) pairs.push([cell.node, rows.length]);
      const seen = { node: rows.length, z, y, x };
      rows.push({ t, z, y, x, radius: 1.5 + random.uniform() });
      if (random.uniform() < pEnd) continue;
      const step = (): number => t + (random.uniform() < pGap ? 2 : 1);
      after.push({ ...seen, next: step() });
      if (random.uniform() < pDivision) after.push({ ...seen, next: step() });
    }
    cells = after;
  }
  return { detections: makeDetections(rows, ndim), links: makeLinks(pairs), nFrames };
}

/** Random lineages for properties: 2D and 3D, from none to some dozens of cells. */
export const arbitraryLineage: fc.Arbitrary<RandomLineage> = fc
  .record({
    seed: fc.nat(),
    nFrames: fc.integer({ min: 1, max: 14 }),
    nFounders: fc.integer({ min: 0, max: 6 }),
    ndim: fc.constantFrom(2 as const, 3 as const),
    pDivision: fc.constantFrom(0, 0.1, 0.25),
    pGap: fc.constantFrom(0, 0.1),
  })
  .map(({ seed, ...options }) => randomLineage(seed, options));
