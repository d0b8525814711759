import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { measureGraph } from '../../src/score/aogm.ts';
import { scoreTracks } from '../../src/score/index.ts';
import { matchMasks } from '../../src/score/matchMasks.ts';
import { prepareSide, type Side } from '../../src/score/side.ts';
import type { AogmCounts, Measure } from '../../src/score/types.ts';
import { type Box, type GoldenSide, type Painting, toInput, toPainting } from './canvas.ts';

/*
 * The kind of a link decides EC, and with it AOGM, LNK and TRA. In the challenge a link inside a track is a track link
 * and one from a track to its child a parent link, also where there is one child alone (Matula et al. 2015,
 * doi:10.1371/journal.pone.0144959; the challenge's annotation procedure). py-ctcmetrics 1.3.3 does the same.
 * traccuracy 0.4.3 takes links of divisions for parent links and no others, which its makers know: its issue 185.
 *
 * Rows are drawn with time to the right, `=` a link from a track to its child.
 */
const DIVISION: Painting['tracks'] = [
  [1, 0, 1, 0],
  [2, 2, 3, 1],
  [3, 2, 3, 1],
];
const CUT: Painting['tracks'] = [
  [1, 0, 1, 0],
  [2, 2, 3, 1],
];
const LONE: Painting['tracks'] = [[1, 0, 3, 0]];
const FALSE_DAUGHTER = DIVISION;

/** Four frames of 40 x 40; each cell a square in the row that `rowOf` says. */
function painting(tracks: Painting['tracks'], rowOf: (label: number, t: number) => number): Painting {
  const boxes = tracks.flatMap(([label, begin, end]) =>
    Array.from({ length: end - begin + 1 }, (_, i): Box => {
      const t = begin + i;
      return { t, label, row: 8 * rowOf(label, t), column: 4 * t, height: 6, width: 6 };
    }),
  );
  return { size: 40, nFrames: 4, boxes, tracks };
}

const division = painting(DIVISION, (label) => [1, 0, 2][label - 1]!);
const lone = painting(LONE, () => 1);
const cut = painting(CUT, () => 1);

/** Smallest lineages: NS, FN, FP, ED, EA, EC and AOGM as py-ctcmetrics has them, and the EC of traccuracy. */
const CASES: [
  name: string,
  truth: Painting,
  result: Painting,
  counts: number[],
  AOGM: number,
  their: number,
][] = [
  //   /=== 2        /=== 2
  // 1 =           1
  //   \=== 3
  [
    'a division that keeps one child: both links are parent links',
    division,
    painting(CUT, (label) => label % 2),
    [0, 2, 0, 0, 2, 0],
    23,
    1,
  ],
  //   /=== 2        /-- 1
  // 1 =           1-
  //   \=== 3
  [
    'a division whose one child goes on as the mother: a track link for a parent link',
    division,
    painting(LONE, (_, t) => (t < 2 ? 1 : 0)),
    [0, 2, 0, 0, 2, 1],
    24,
    1,
  ],
  // 1 -------     1 === 2
  ['a track cut in two: a parent link for a track link', lone, cut, [0, 0, 0, 0, 0, 1], 1, 0],
  // 1 === 2       1 -------
  ['two tracks made one: a track link for a parent link', cut, lone, [0, 0, 0, 0, 0, 1], 1, 0],
  // 1 === 2       1 === 2
  ['two tracks, one the child of the other, on both sides', cut, cut, [0, 0, 0, 0, 0, 0], 0, 0],
  //               1 === 2
  // 1 === 2         \== 3, nowhere in the truth
  [
    'a false second child: both links are parent links',
    cut,
    painting(FALSE_DAUGHTER, (label) => [1, 1, 4][label - 1]!),
    [0, 0, 2, 0, 0, 0],
    2,
    1,
  ],
  //               1 === 2
  // 1 -------       \== 3, nowhere in the truth
  [
    'a false division of a track: a parent link for a track link',
    lone,
    painting(FALSE_DAUGHTER, (label) => [1, 1, 4][label - 1]!),
    [0, 0, 2, 0, 0, 1],
    3,
    1,
  ],
];

/** traccuracy's rule: a link is a parent link where its source has two children or more. */
function kindsByDivision(side: Side): Side {
  const children = new Int32Array(side.count);
  for (const before of side.previous) if (before >= 0) children[before]++;
  return { ...side, kind: Uint8Array.from(side.previous, (before) => (children[before] > 1 ? 1 : 0)) };
}

async function byTheirRule(truth: Painting, result: Painting) {
  const sides = [truth, result].map((one) => ({
    input: toInput(one),
    side: prepareSide(toInput(one), 'a side'),
  }));
  const [a, b] = sides.map(({ input, side }) => ({ side, masks: input.masks! })) as [
    Parameters<typeof matchMasks>[0],
    Parameters<typeof matchMasks>[1],
  ];
  const { matching } = await matchMasks(a, b, {});
  return measureGraph(kindsByDivision(a.side), kindsByDivision(b.side), matching);
}

const KEYS = ['NS', 'FN', 'FP', 'ED', 'EA', 'EC'] as const;

describe('EC', () => {
  it.each(CASES)('counts %s', async (_, truth, result, counts, AOGM, their) => {
    const ours = await scoreTracks(toInput(truth), toInput(result));
    expect(KEYS.map((key) => ours.counts[key])).toEqual(counts);
    expect(ours.AOGM).toBe(AOGM);
    expect((await byTheirRule(truth, result)).counts.EC).toBe(their);
  });
});

interface Kinds {
  cases: { seed: number; scores: { counts: AogmCounts } & Record<'DET' | 'LNK' | 'TRA' | 'AOGM', Measure> }[];
}
interface Masks {
  size: number;
  nFrames: number;
  cases: { seed: number; truth: GoldenSide; result: GoldenSide }[];
}
const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8')) as T;
const masks = read<Masks>('masks');

describe('measureGraph on randomly damaged lineages', () => {
  it.each(read<Kinds>('kinds').cases)(
    'equals traccuracy by masks where kinds are made by its rule, seed $seed',
    async ({ seed, scores }) => {
      const made = masks.cases.find((one) => one.seed === seed)!;
      const found = await byTheirRule(toPainting(made.truth, masks), toPainting(made.result, masks));
      expect(found.counts).toEqual(scores.counts);
      for (const key of ['DET', 'LNK', 'TRA', 'AOGM'] as const)
        expect(found[key]).toBeCloseTo(scores[key]!, 6);
    },
  );

  it('differs from it without in EC alone', async () => {
    let differing = 0;
    for (const { seed, scores } of read<Kinds>('kinds').cases) {
      const made = masks.cases.find((one) => one.seed === seed)!;
      const [truth, result] = [made.truth, made.result].map((one) => toInput(toPainting(one, masks)));
      const ours = await scoreTracks(truth!, result!);
      if (ours.counts.EC !== scores.counts.EC) differing++;
      expect({ ...ours.counts, EC: 0 }).toEqual({ ...scores.counts, EC: 0 });
    }
    expect(differing).toBeGreaterThan(0);
  });
});
