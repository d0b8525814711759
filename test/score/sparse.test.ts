import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromLinks,
  type ScoreInput,
  type ScoreOptions,
  type SparseScores,
  scoreTracks,
} from '../../src/score/index.ts';
import { arbitraryLineage, cases, makeDetections, makeLinks, pairsOf, type Row } from '../cases/index.ts';

type Places = Record<string, readonly [t: number, y: number]>;

/** Nodes by name at (frame, y), links as texts 'AB' from A to B. */
function side(places: Places, links: string): ScoreInput {
  const names = Object.keys(places);
  const rows = names.map((name): Row => ({ t: places[name]![0], x: 0, y: places[name]![1] }));
  const row = (name: string): number => names.indexOf(name);
  const pairs = links.split(' ').filter(Boolean);
  return fromLinks(
    makeDetections(rows),
    makeLinks(pairs.map(([a, b]): [number, number] => [row(a!), row(b!)]).sort((p, q) => p[1] - q[1])),
  );
}

async function sparse(
  truth: ScoreInput,
  result: ScoreInput,
  options: ScoreOptions = {},
): Promise<SparseScores> {
  return (await scoreTracks(truth, result, { sparse: true, matchDistance: 1, ...options })).sparse!;
}

// Expected values follow from the published rules of the competition (metrics.md) and agree with its published tests.
describe('edges against a sparse truth', () => {
  const track: Places = { A: [0, 0], B: [1, 0], C: [2, 0] };
  const truth = side(track, 'AB BC');
  const far: Places = { ...track, D: [1, 100], E: [0, 100], F: [2, 100], G: [3, 100] };

  it.each([
    ['the same', far, 'AB BC', { TP: 2, FP: 0, FN: 0 }],
    ['tracks of cells that the truth is silent about', far, 'AB BC ED DF', { TP: 2, FP: 0, FN: 0 }],
    ['a link that goes on where the truth ends', far, 'AB BC CG', { TP: 2, FP: 0, FN: 0 }],
    ['a second daughter where the truth knows the only one', far, 'AB BC AD', { TP: 2, FP: 1, FN: 0 }],
    ['a parent in place of the true one', far, 'EB BC', { TP: 1, FP: 1, FN: 1 }],
    ['a missing link', far, 'AB', { TP: 1, FP: 0, FN: 1 }],
    ['a link past a node that is there', far, 'AC', { TP: 0, FP: 1, FN: 2 }],
    ['nothing', {}, '', { TP: 0, FP: 0, FN: 2 }],
  ] as const)('counts %s', async (_, places, links, hits) => {
    const scores = await sparse(truth, side(places, links));
    expect(scores.edges).toEqual(hits);
    expect(scores.edge_jaccard).toBe(hits.TP / (hits.TP + hits.FP + hits.FN));
  });

  it('does not count a link before the truth begins', async () => {
    const late = side({ B: [1, 0], C: [2, 0] }, 'BC');
    expect((await sparse(late, side(track, 'AB BC'))).edges).toEqual({ TP: 1, FP: 0, FN: 0 });
  });

  it('gives the match to the nearer of two nodes', async () => {
    const near: Places = { A: [0, 9], B: [1, 0], C: [2, 0], D: [0, 10], E: [1, 100] };
    const options = { matchDistance: 15 };
    expect((await sparse(truth, side(near, 'AB BC DE'), options)).edge_jaccard).toBe(1);
    const swapped: Places = { ...near, A: [0, 10], D: [0, 9] };
    expect((await sparse(truth, side(swapped, 'AB BC DE'), options)).edges).toEqual({ TP: 1, FP: 2, FN: 1 });
  });

  it('matches within 7 where no distance is given', async () => {
    const at = (y: number): ScoreInput => side({ A: [0, y], B: [1, y], C: [2, y] }, 'AB BC');
    for (const [y, recall] of [
      [7, 1],
      [7.01, 0],
    ] as const) {
      const scores = await scoreTracks(truth, at(y), { sparse: true });
      expect([scores.match_distance, scores.sparse?.node_recall]).toEqual([7, recall]);
    }
  });

  it('takes a tenth of the surplus of nodes off, by the estimate', async () => {
    const result = side(far, 'AB BC');
    const ten = await sparse(truth, result, { estimatedNodes: 7 });
    expect([ten.adjusted_edge_jaccard, ten.score]).toEqual([1, 1]);
    expect((await sparse(truth, result, { estimatedNodes: 3.5 })).adjusted_edge_jaccard).toBeCloseTo(0.9, 12);
    expect((await sparse(truth, result, { estimatedNodes: 0.1 })).adjusted_edge_jaccard).toBe(0);
    expect(await sparse(truth, result)).toMatchObject({
      adjusted_edge_jaccard: null,
      score: null,
      estimated_nodes: null,
    });
  });

  it('has no measure where the truth has no links', async () => {
    expect(await sparse(side({ A: [0, 0] }, ''), truth)).toMatchObject({
      edge_jaccard: null,
      division_jaccard: null,
      node_recall: 1,
    });
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses an estimate of %d',
    async (estimatedNodes) => {
      await expect(sparse(truth, truth, { estimatedNodes })).rejects.toMatchObject({ tag: 'invalid-option' });
    },
  );
});

describe('divisions against a sparse truth', () => {
  //        c--e
  // a--b<
  //        d--f
  const tree: Places = { a: [0, 0], b: [1, 0], c: [2, 5], d: [2, -5], e: [3, 5], f: [3, -5] };
  const truth = side(tree, 'ab bc bd ce df');

  it.each([
    ['the same', tree, 'ab bc bd ce df', { TP: 1, FP: 0, FN: 0 }],
    ['a daughter that is not linked', tree, 'ab bc ce df', { TP: 0, FP: 0, FN: 1 }],
    ['no split', { a: [0, 0], b: [1, 0], c: [2, 5], e: [3, 5] }, 'ab bc ce', { TP: 0, FP: 0, FN: 1 }],
    ['a split of other cells', { a: [0, 99], b: [1, 90], c: [1, 95] }, 'ab ac', { TP: 0, FP: 0, FN: 1 }],
    [
      'a split one frame late, at a place of its own',
      { a: [0, 0], b: [1, 0], m: [2, 0], e: [3, 5], f: [3, -5] },
      'ab bm me mf',
      { TP: 1, FP: 0, FN: 0 },
    ],
    [
      'a split one frame early',
      { a: [0, 0], u: [1, 3], v: [1, -3], c: [2, 5], d: [2, -5] },
      'au av uc vd',
      { TP: 1, FP: 0, FN: 0 },
    ],
    [
      'a mother whose earlier frame another track took',
      { p: [0, -20], q: [0, 0.1], r: [1, 50], b: [1, 0.5], c: [2, 5], d: [2, -5] },
      'pb qr bc bd',
      { TP: 1, FP: 0, FN: 0 },
    ],
    [
      'daughters that meet before the mother is known',
      { b: [1, 60], c: [2, 5], d: [2, -5] },
      'bc bd',
      { TP: 0, FP: 0, FN: 1 },
    ],
    [
      'a second daughter where the truth goes on alone',
      { ...tree, x: [3, 50], y: [3, 60] },
      'ab bc bd cx cy df',
      { TP: 1, FP: 1, FN: 0 },
    ],
    [
      'a split where the truth ends',
      { ...tree, x: [4, 50], y: [4, 60] },
      'ab bc bd ce df ex ey',
      { TP: 1, FP: 0, FN: 0 },
    ],
  ] as const)('counts %s', async (_, places, links, hits) => {
    expect((await sparse(truth, side(places as Places, links))).divisions).toEqual(hits);
  });

  it('counts copies of a division once, and none of them as extra', async () => {
    const copies: Places = {};
    const links: string[] = [];
    for (const [k, names] of ['abcdef', 'ghijkl', 'mnopqr'].entries()) {
      for (const [i, name] of [...names].entries())
        copies[name] = [Object.values(tree)[i]![0], Object.values(tree)[i]![1] + k * 1e-3];
      for (const [u, v] of ['01', '12', '13', '24', '35']) links.push(names[Number(u)]! + names[Number(v)]!);
    }
    expect((await sparse(truth, side(copies, links.join(' ')))).divisions).toEqual({ TP: 1, FP: 0, FN: 0 });
  });

  it('adds a tenth of the divisions to the score', async () => {
    const scores = await sparse(truth, truth, { estimatedNodes: 6 });
    expect(scores).toMatchObject({ division_jaccard: 1, adjusted_edge_jaccard: 1, score: 1.1 });
  });
});

describe('a sparse truth', () => {
  it.each(cases)(
    'finds nothing wrong with a lineage compared with itself: $name',
    async ({ detections, links }) => {
      const own = fromLinks(detections, links);
      const scores = await sparse(own, own, { estimatedNodes: Math.max(1, detections.count) });
      expect(scores.edges).toEqual({ TP: links.count, FP: 0, FN: 0 });
      expect([scores.divisions.FP, scores.divisions.FN]).toEqual([0, 0]);
    },
  );

  it('loses by lost links alone, whatever else the result holds', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryLineage, fc.integer({ min: 1, max: 7 }), async (movie, step) => {
        const { detections, links } = movie;
        const truth = fromLinks(detections, links);
        const kept = pairsOf(links).filter((_, k) => k % step !== 0);
        const scores = await sparse(truth, fromLinks(detections, makeLinks(kept)), { matchDistance: 1e-6 });
        expect(scores.edges).toEqual({ TP: kept.length, FP: 0, FN: links.count - kept.length });
        expect(scores.node_recall).toBe(detections.count === 0 ? null : 1);
        expect(scores.divisions.FP).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('is the same whole lineages added to the result that it does not know', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryLineage, async ({ detections, links }) => {
        const known = (lineage: number): boolean => lineage % 2 === 0;
        // Connected components by their smallest row.
        const root = Int32Array.from({ length: detections.count }, (_, i) => i);
        for (let k = 0; k < links.count; k++) root[links.target[k]!] = root[links.source[k]!]!;
        const rows = Array.from(root.keys()).filter((i) => known(root[i]!));
        const part = makeDetections(
          rows.map(
            (i): Row => ({
              t: detections.t[i]!,
              z: detections.z[i]!,
              y: detections.y[i]!,
              x: detections.x[i]!,
            }),
          ),
          detections.ndim,
        );
        const pairs = pairsOf(links).filter(([a]) => known(root[a]!));
        const truth = fromLinks(
          part,
          makeLinks(pairs.map(([a, b]): [number, number] => [rows.indexOf(a), rows.indexOf(b)])),
        );
        const scores = await sparse(truth, fromLinks(detections, links), { matchDistance: 1e-6 });
        expect(scores.edges).toEqual({ TP: pairs.length, FP: 0, FN: 0 });
        expect([scores.divisions.FP, scores.divisions.FN]).toEqual([0, 0]);
      }),
      { numRuns: 40 },
    );
  });
});
