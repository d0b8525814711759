import type { Links } from '../../src/link/types.ts';
import type { Detections } from '../../src/segment/types.ts';
import { makeDetections, makeLinks, type Row } from './make.ts';

export { makeDetections, makeLinks, pairsOf, type Row } from './make.ts';
export { arbitraryLineage, type RandomLineage, type RandomOptions, randomLineage } from './random.ts';

/** A named smallest lineage. */
export interface Case {
  name: string;
  /** Time to the right; numbers are rows, dots the frames in which a cell is missed. */
  drawing: string;
  detections: Detections;
  /** The true links. */
  links: Links;
  /**
   * What frame-to-frame assignment with gap closing (`maxFrameInterval` 2) and splitting finds within 6 um, where
   * that is not the truth.
   */
  lapLinks?: Links;
  nFrames: number;
}

type Pairs = readonly (readonly [number, number])[];

/** A case of rows written as `[t, x, y]` or `[t, x, y, z]`, micrometres, in frame order. */
function makeCase(
  name: string,
  nFrames: number,
  drawing: string,
  places: readonly (readonly number[])[],
  pairs: Pairs,
  lapPairs?: Pairs,
): Case {
  const rows = places.map(([t, x, y, z]): Row => (z === undefined ? { t, x, y } : { t, x, y, z }));
  const ndim = rows.some((row) => row.z !== undefined) ? 3 : 2;
  const base = { name, drawing, detections: makeDetections(rows, ndim), links: makeLinks(pairs), nFrames };
  return lapPairs === undefined ? base : { ...base, lapLinks: makeLinks(lapPairs) };
}

export const emptyMovie = makeCase('empty movie', 3, '', [], []);

export const loneDetection = makeCase('lone detection', 1, '0', [[0, 5, 5]], []);

export const oneFrameGap = makeCase(
  'one-frame gap',
  5,
  `
  0--1--.--2--3
  `,
  // biome-ignore format: a table
  [[0, 10, 10], [1, 10.9, 10.2], [3, 12.6, 10.1], [4, 13.4, 10.3]],
  // biome-ignore format: a table
  [[0, 1], [1, 2], [2, 3]],
);

export const division = makeCase(
  'division',
  4,
  `
       2--4
  0--1<
       3--5
  `,
  // biome-ignore format: a table
  [[0, 10, 10], [1, 10.3, 10.1], [2, 11.1, 7.9], [2, 10.4, 12.4], [3, 11.5, 6.7], [3, 10.2, 13.5]],
  // biome-ignore format: a table
  [[0, 1], [1, 2], [1, 3], [2, 4], [3, 5]],
);

export const divisionAfterGap = makeCase(
  'division after a gap',
  6,
  `
             3--5
  0--1--.--2<
             4--6
  `,
  // biome-ignore format: a table
  [[0, 10, 10], [1, 10.3, 10.1], [3, 11, 10.4], [4, 11.8, 8.1], [4, 10.9, 12.9], [5, 12.1, 7.2], [5, 10.7, 13.8]],
  // biome-ignore format: a table
  [[0, 1], [1, 2], [2, 3], [2, 4], [3, 5], [4, 6]],
);

/** The second daughter is missed in its first frame: a linker that splits over one frame finds the division late. */
export const lateDivision = makeCase(
  'late division',
  5,
  `
       2--3--5
  0--1<
       .--4--6
  `,
  // biome-ignore format: a table
  [[0, 10, 10], [1, 10.3, 10.1], [2, 11.1, 8.9], [3, 11.5, 8.2], [3, 10.4, 12.4], [4, 11.8, 7.3], [4, 10.2, 13.3]],
  // biome-ignore format: a table
  [[0, 1], [1, 2], [1, 4], [2, 3], [3, 5], [4, 6]],
  // biome-ignore format: a table
  [[0, 1], [1, 2], [2, 3], [2, 4], [3, 5], [4, 6]],
);

export const crossing = makeCase(
  'crossing',
  5,
  String.raw`
  0--2   5--7--9
      \ /
       X
      / \
  1--3   4--6--8
  `,
  // biome-ignore format: a table
  [[0, 0, 0], [0, 3, 4.1], [1, 2, 1], [1, 5.1, 3], [2, 4, 2.1], [2, 7, 2], [3, 6.1, 3], [3, 9, 1.1], [4, 8, 4], [4, 11.1, 0]],
  // biome-ignore format: a table
  [[0, 2], [1, 3], [2, 4], [3, 5], [4, 6], [5, 7], [6, 8], [7, 9]],
);

/** Two cells are seen as one from frame 2: the nearer one goes on, the other ends. */
export const mergeRefused = makeCase(
  'merge refused',
  4,
  `
  0--2--4--5
  1--3
  `,
  // biome-ignore format: a table
  [[0, 10, 10], [0, 14, 10.1], [1, 10.2, 10], [1, 13.1, 10], [2, 11.2, 10.1], [3, 11.3, 10]],
  // biome-ignore format: a table
  [[0, 2], [1, 3], [2, 4], [4, 5]],
);

/** `mergeRefused` with the link that no lineage may have: node 2/1 would have two parents. */
export const mergeLinks: Links = makeLinks([
  [0, 2],
  [1, 3],
  [2, 4],
  [3, 4],
  [4, 5],
]);

export const leavesAndReturns = makeCase(
  'leaves and returns',
  7,
  `
  0--1           2--3
  `,
  // biome-ignore format: a table
  [[0, 2, 10], [1, 1, 10.2], [5, 1.2, 10.1], [6, 2.1, 9.9]],
  // biome-ignore format: a table
  [[0, 1], [2, 3]],
);

export const emptyFrame = makeCase(
  'empty frame',
  5,
  `
  0--2--.--4--6
  1--3--.--5--7
  `,
  // biome-ignore format: a table
  [[0, 10, 10], [0, 30, 12], [1, 10.4, 10.1], [1, 30.5, 12.3], [3, 11.3, 10.6], [3, 31.2, 12.9], [4, 11.9, 10.8], [4, 31.6, 13.2]],
  // biome-ignore format: a table
  [[0, 2], [1, 3], [2, 4], [3, 5], [4, 6], [5, 7]],
);

export const twoGenerations = makeCase(
  'two generations',
  6,
  String.raw`
            6--9
       2--4<
      /     7--10
  0--1
      \
       3--5--8--11
  `,
  // biome-ignore format: a table
  [
    [0, 20, 20, 5], [1, 20.3, 20.1, 5.2],
    [2, 18.2, 20, 5.1], [2, 22.5, 20.4, 5.5],
    [3, 16.9, 20.1, 5], [3, 23.6, 20.3, 5.7],
    [4, 16.6, 18.2, 4.1], [4, 16.8, 22.1, 6.2], [4, 24.4, 20.1, 5.9],
    [5, 16.3, 17.1, 3.7], [5, 16.9, 23.1, 6.6], [5, 25.1, 20.2, 6.1],
  ],
  // biome-ignore format: a table
  [[0, 1], [1, 2], [1, 3], [2, 4], [3, 5], [4, 6], [4, 7], [5, 8], [6, 9], [7, 10], [8, 11]],
);

/** Every case; linker, validators, exporters and scorer run on all of them. */
export const cases: readonly Case[] = [
  emptyMovie,
  loneDetection,
  oneFrameGap,
  division,
  divisionAfterGap,
  lateDivision,
  crossing,
  mergeRefused,
  leavesAndReturns,
  emptyFrame,
  twoGenerations,
];
