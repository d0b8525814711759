import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLineage } from '../../src/lineage/index.ts';
import { fromCtc, fromLineage, fromLinks, type ScoreInput, scoreTracks } from '../../src/score/index.ts';
import {
  arbitraryLineage,
  cases,
  division,
  makeDetections,
  makeLinks,
  oneFrameGap,
  type Row,
  randomLineage,
} from '../cases/index.ts';
import { toInput } from './canvas.ts';
import { results, truth } from './cases.ts';

/** Points without links, all in one frame unless a row says otherwise. */
const pointsOf = (rows: Row[]): ScoreInput => fromLineage(buildLineage(makeDetections(rows), makeLinks([])));
const at = (...xs: number[]): ScoreInput => pointsOf(xs.map((x) => ({ t: 0, x, y: 0 })));

/** The same side with track ids put through `rename`. */
function renamed(input: ScoreInput, rename: (id: number) => number): ScoreInput {
  return {
    ...input,
    nodes: { ...input.nodes, track: Array.from(input.nodes.track, rename) },
    tracks: input.tracks.map((track) => ({
      ...track,
      id: rename(track.id),
      parent: track.parent && rename(track.parent),
    })),
  };
}

/** The same side with its rows of nodes and tracks in reverse order. */
function reversed(input: ScoreInput): ScoreInput {
  const { count, ...columns } = input.nodes;
  const turned = Object.fromEntries(
    Object.entries(columns).map(([key, column]) => [key, Array.from(column).reverse()]),
  );
  return {
    ...input,
    nodes: { count, ...turned } as ScoreInput['nodes'],
    tracks: [...input.tracks].reverse(),
  };
}

/** A truth and the same lineage with other links and some other cells. */
const damaged = fc.tuple(fc.integer(), fc.boolean()).map(([seed, gaps]) => {
  const options = { pGap: gaps ? 0.1 : 0, nFrames: 8 };
  const { detections, links } = randomLineage(seed, options);
  const keep = Array.from({ length: links.count }, (_, k) => k).filter((k) => (k * 7 + seed) % 5 !== 0);
  const kept = makeLinks(keep.map((k): [number, number] => [links.source[k], links.target[k]]));
  return [fromLineage(buildLineage(detections, links)), fromLineage(buildLineage(detections, kept))] as const;
});

describe('scoreTracks by points', () => {
  it.each(cases)(
    'finds nothing wrong with a lineage compared with itself: $name',
    async ({ detections, links }) => {
      const side = fromLineage(buildLineage(detections, links));
      const scores = await scoreTracks(side, side);
      expect(scores.AOGM).toBe(0);
      expect(scores.counts).toEqual({ NS: 0, FN: 0, FP: 0, ED: 0, EA: 0, EC: 0 });
      const rates = [
        scores.DET,
        scores.LNK,
        scores.TRA,
        scores.CT,
        scores.CHOTA,
        scores.HOTA,
        scores.IDF1,
        scores.MOTA,
      ];
      for (const rate of [...rates, ...scores.BC, ...scores.divisions.f1]) expect([null, 1]).toContain(rate);
      expect(scores.DET).toBe(detections.count > 0 ? 1 : null);
      expect(scores.LNK).toBe(links.count > 0 ? 1 : null);
      expect(scores.SEG).toBeNull();
      expect(scores.matched_by).toBe('points');
    },
  );

  it('finds nothing wrong with a random lineage compared with itself', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryLineage, async ({ detections, links }) => {
        const side = fromLineage(buildLineage(detections, links));
        const scores = await scoreTracks(side, side);
        expect([scores.AOGM, scores.n_result_nodes]).toEqual([0, detections.count]);
        expect([null, 1]).toContain(scores.TRA);
        expect([null, 1]).toContain(scores.CT);
        expect([null, 1]).toContain(scores.CHOTA);
      }),
    );
  });

  it('keeps DET, LNK and TRA in [0, 1], whatever is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryLineage,
        arbitraryLineage,
        fc.double({ min: 0, max: 50, noNaN: true }),
        async (a, b, matchDistance) => {
          const ours = fromLineage(buildLineage(a.detections, a.links));
          const theirs = fromLineage(buildLineage(b.detections, b.links));
          const scores = await scoreTracks(ours, theirs, { matchDistance });
          for (const rate of [
            scores.DET,
            scores.LNK,
            scores.TRA,
            scores.CT,
            scores.TF,
            scores.HOTA,
            scores.CHOTA,
            scores.IDF1,
          ]) {
            if (rate === null) continue;
            expect(rate).toBeGreaterThanOrEqual(0);
            expect(rate).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  it('gives the same scores for tracks in another order and with other ids in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(damaged, async ([ours, theirs]) => {
        const expected = await scoreTracks(ours, theirs);
        expect(await scoreTracks(reversed(ours), reversed(theirs))).toEqual(expected);
        expect(
          await scoreTracks(
            renamed(ours, (id) => 10 * id + 3),
            renamed(theirs, (id) => 7 * id),
          ),
        ).toEqual(expected);
      }),
    );
  });

  it('gives the same scores, but for TF and what has TF in it, whatever the ids', async () => {
    await fc.assert(
      fc.asyncProperty(damaged, async ([ours, theirs]) => {
        const apart = { TF: 0, BIO: 0, BIO_i: 0, OP_CLB: 0, OP_CLB_i: 0 };
        const plain = { ...(await scoreTracks(ours, theirs)), ...apart };
        const other = {
          ...(await scoreTracks(
            renamed(ours, (id) => 1000 - id),
            renamed(theirs, (id) => 2000 - id),
          )),
          ...apart,
        };
        // sums of fractions in another order differ in their last bits
        for (const key of ['CHOTA', 'HOTA'] as const) {
          if (plain[key] !== null) expect(other[key]).toBeCloseTo(plain[key], 12);
          other[key] = plain[key];
        }
        expect(other).toEqual(plain);
      }),
    );
  });

  it('matches the pairs of least total distance and not the nearest first', async () => {
    // greedy would take 10-11 and leave 0 without a partner in reach
    const scores = await scoreTracks(at(0, 10), at(6, 11), { matchDistance: 6 });
    expect([scores.counts.FN, scores.counts.FP]).toEqual([0, 0]);
    const near = await scoreTracks(at(0, 4), at(2.2, 7), { matchDistance: 4 });
    expect([near.counts.FN, near.counts.FP]).toEqual([0, 0]);
  });

  it('leaves a pair out where that saves more distance than the match distance', async () => {
    // 0-3 and 4-8 are 7 together, 4-3 alone is 1
    const scores = await scoreTracks(at(0, 4), at(3, 8), { matchDistance: 4 });
    expect([scores.counts.FN, scores.counts.FP]).toEqual([1, 1]);
  });

  it('takes the match distance as inclusive', async () => {
    expect((await scoreTracks(at(0), at(2), { matchDistance: 2 })).counts.FN).toBe(0);
    expect((await scoreTracks(at(0), at(2), { matchDistance: 1.999 })).counts.FN).toBe(1);
  });

  it('takes half the median spacing as match distance, and no limit where a frame never has two nodes', async () => {
    const scores = await scoreTracks(at(0, 10, 30), at(4.9, 15.1, 30));
    // nearest neighbours are 10, 10 and 20 away
    expect(scores.match_distance).toBe(5);
    expect(scores.counts.FN).toBe(1);
    const lone = await scoreTracks(at(0), at(1e6));
    expect([lone.match_distance, lone.counts.FN]).toEqual([null, 0]);
  });

  it('measures positions in masks where the other side is points', async () => {
    const points = pointsOf([
      { t: 0, x: 2 * 6.5, y: 2 * 12.5 },
      { t: 0, x: 2 * 6.5, y: 2 * 36.5 },
      { t: 0, x: 2 * 6.5, y: 2 * 48.5 },
    ]);
    const scores = await scoreTracks(points, toInput(truth), { voxelSize: [1, 2, 2], matchDistance: 0 });
    expect(scores.counts).toMatchObject({ FN: 0, FP: 32 });
  });

  it('agrees with masks on counts where every cell can be told by its place', async () => {
    for (const name of ['R0', 'R1', 'R2', 'R4', 'R5', 'R6']) {
      const masks = await scoreTracks(toInput(truth), toInput(results[name]));
      const points = await scoreTracks(toInput(truth), toInput(results[name]), {
        match: 'points',
        matchDistance: 3,
      });
      expect({ ...points, SEG: 0, OP_CSB: 0, OP_CTB: 0, matched_by: 0, match_distance: 0 }).toEqual({
        ...{ ...masks, SEG: 0, OP_CSB: 0, OP_CTB: 0, matched_by: 0, match_distance: 0 },
      });
    }
  });
});

describe('fromLineage', () => {
  it('counts a link over a gap as one link, whether one track has the gap or two tracks meet over it', async () => {
    const whole = fromLineage(buildLineage(oneFrameGap.detections, oneFrameGap.links));
    const split: ScoreInput = {
      nodes: { ...whole.nodes, track: [1, 1, 2, 2] },
      tracks: [
        { id: 1, begin: 0, end: 1, parent: 0 },
        { id: 2, begin: 3, end: 4, parent: 1 },
      ],
    };
    for (const [a, b] of [
      [whole, split],
      [split, whole],
    ] as const) {
      const scores = await scoreTracks(a, b);
      expect([scores.AOGM, scores.LNK, scores.HOTA]).toEqual([0, 1, 1]);
    }
    const cut: ScoreInput = { ...split, tracks: split.tracks.map((track) => ({ ...track, parent: 0 })) };
    expect((await scoreTracks(whole, cut)).counts.EA).toBe(1);
  });

  it('names tracks by tracklet number and keeps the division', () => {
    const side = fromLineage(buildLineage(division.detections, division.links));
    expect(side.tracks).toEqual([
      { id: 1, begin: 0, end: 1, parent: 0 },
      { id: 2, begin: 2, end: 3, parent: 1 },
      { id: 3, begin: 2, end: 3, parent: 1 },
    ]);
  });

  it('finds nodes in masks by frame and label, and takes the masks for SEG', async () => {
    const lineage = buildLineage(
      makeDetections([
        { t: 0, x: 0, y: 0 },
        { t: 1, x: 1, y: 0 },
      ]),
      makeLinks([[0, 1]]),
    );
    const masks = async () => ({ data: Uint32Array.of(1, 1, 0, 0), shape: [1, 4] });
    const small = async () => ({ data: Uint32Array.of(1, 1, 1, 1), shape: [1, 4] });
    const scores = await scoreTracks(fromLineage(lineage, masks), fromLineage(lineage, small));
    expect([scores.matched_by, scores.DET, scores.SEG, scores.LNK]).toEqual(['masks', 1, 0.5, 1]);
  });
});

describe('fromLinks', () => {
  it('makes the tracks of fromLineage', () => {
    fc.assert(
      fc.property(arbitraryLineage, ({ detections, links }) => {
        const side = fromLineage(buildLineage(detections, links));
        const loose = fromLinks(detections, links);
        expect(loose.tracks).toEqual(side.tracks);
        expect([...(loose.nodes.track as Int32Array)]).toEqual([...(side.nodes.track as Int32Array)]);
      }),
    );
  });

  it('keeps a third daughter', async () => {
    const rows = [0, 1, 1, 1].map((t, x): Row => ({ t, x, y: 0 }));
    const side = fromLinks(
      makeDetections(rows),
      makeLinks([
        [0, 1],
        [0, 2],
        [0, 3],
      ]),
    );
    expect(side.tracks.map((track) => track.parent)).toEqual([0, 1, 1, 1]);
    expect(await scoreTracks(side, side)).toMatchObject({ AOGM: 0, TRA: 1, BC: [1, 1, 1, 1] });
  });

  it('refuses a second parent and a link back in time, naming the node', () => {
    const nodes = makeDetections([
      { t: 0, x: 0, y: 0 },
      { t: 0, x: 1, y: 0 },
      { t: 1, x: 0, y: 0 },
    ]);
    expect(() =>
      fromLinks(
        nodes,
        makeLinks([
          [0, 2],
          [1, 2],
        ]),
      ),
    ).toThrow(/node 1\/1 has two parents/);
    expect(() => fromLinks(nodes, makeLinks([[0, 1]]))).toThrow(/node 0\/2 must be later than its parent/);
  });
});

describe('fromCtc', () => {
  it('has a node for every frame from begin to end', () => {
    const side = fromCtc({ label: [4], begin: [2], end: [4], parent: [0] }, async () => ({
      data: new Uint8Array(1),
      shape: [1, 1],
    }));
    expect(side.nodes).toMatchObject({ count: 3, t: [2, 3, 4], label: [4, 4, 4], track: [4, 4, 4] });
  });
});
