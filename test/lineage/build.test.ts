import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildLineage,
  checkGraph,
  checkLineage,
  remapLinks,
  sortDetections,
  sortLinks,
  toGraph,
  trackletNodes,
} from '../../src/lineage/index.ts';
import {
  arbitraryLineage,
  cases,
  division,
  makeDetections,
  makeLinks,
  mergeLinks,
  mergeRefused,
  pairsOf,
  twoGenerations,
} from '../cases/index.ts';

const row = (t: number, x = 0) => ({ t, x, y: 0 });

describe('buildLineage', () => {
  it.each(cases)('keeps every link and passes the check on: $name', ({ detections, links }) => {
    const lineage = buildLineage(detections, links);
    expect(pairsOf(lineage.links)).toEqual(pairsOf(links));
    expect(() => checkLineage(lineage)).not.toThrow();
    expect(() => checkGraph(toGraph(lineage))).not.toThrow();
  });

  it('numbers tracklets, generations and daughters over two generations', () => {
    const { tracklet, tracklets, lineage, nLineages } = buildLineage(
      twoGenerations.detections,
      twoGenerations.links,
    );
    expect([...tracklet]).toEqual([1, 1, 2, 3, 2, 3, 4, 5, 3, 4, 5, 3]);
    expect([...tracklets.parent]).toEqual([0, 1, 1, 2, 2]);
    expect([...tracklets.daughterA]).toEqual([2, 4, 0, 0, 0]);
    expect([...tracklets.daughterB]).toEqual([3, 5, 0, 0, 0]);
    expect([...tracklets.generation]).toEqual([0, 1, 1, 2, 2]);
    expect([...tracklets.firstNode]).toEqual([0, 2, 3, 6, 7]);
    expect([...tracklets.lastNode]).toEqual([1, 4, 11, 9, 10]);
    expect([...tracklets.nNodes]).toEqual([2, 2, 4, 2, 2]);
    expect([...lineage]).toEqual(Array(12).fill(1));
    expect(nLineages).toBe(1);
  });

  it('refuses a merge', () => {
    expect(() => buildLineage(mergeRefused.detections, mergeLinks)).toThrow(
      'lineage: node 2/1 has 2 parents, 1/1 and 1/2, at most 1 is allowed',
    );
  });

  it('refuses three daughters', () => {
    const detections = makeDetections([row(16), row(17, 0), row(17, 1), row(17, 2)]);
    const links = makeLinks([
      [0, 1],
      [0, 2],
      [0, 3],
    ]);
    expect(() => buildLineage(detections, links)).toThrow(
      'lineage: node 16/1 has 3 daughters, at most 2 are allowed',
    );
  });

  it.each([
    { why: 'backward', pairs: [[1, 0]], text: 'link 1/1 to 0/1 must run forward in time' },
    { why: 'within a frame', pairs: [[1, 2]], text: 'link 1/1 to 1/2 must run forward in time' },
    { why: 'out of the table', pairs: [[0, 3]], text: 'link 0 joins rows 0 and 3, there are 3 detections' },
    {
      why: 'twice',
      pairs: [
        [0, 1],
        [0, 1],
      ],
      text: 'link 0/1 to 1/1 must be there once, found twice',
    },
  ] as { why: string; pairs: [number, number][]; text: string }[])(
    'refuses a link $why',
    ({ pairs, text }) => {
      const detections = makeDetections([row(0), row(1), row(1, 9)]);
      expect(() => buildLineage(detections, makeLinks(pairs))).toThrow(`lineage: ${text}`);
    },
  );

  it('refuses a label that a frame has twice, and unsorted rows', () => {
    const twice = makeDetections([row(0), row(0, 5)]);
    twice.label.fill(7);
    expect(() => buildLineage(twice, makeLinks([]))).toThrow('node 0/7 must be there once, found twice');
    const unsorted = makeDetections([row(1), row(0)]);
    expect(() => buildLineage(unsorted, makeLinks([]))).toThrow('must be sorted by frame and label');
  });

  it('gives tracklets that are unbranched paths and cover every node once', () => {
    fc.assert(
      fc.property(arbitraryLineage, ({ detections, links }) => {
        const lineage = buildLineage(detections, links);
        const seen = new Set<number>();
        for (let n = 1; n <= lineage.tracklets.count; n++) {
          for (const node of trackletNodes(lineage, n)) {
            expect(lineage.tracklet[node]).toBe(n);
            seen.add(node);
          }
        }
        expect(seen.size).toBe(detections.count);
        expect(lineage.nLineages).toBe(detections.count - links.count);
      }),
    );
  });
});

describe('checkLineage', () => {
  it('names the column and row that does not follow from the links', () => {
    const lineage = buildLineage(division.detections, division.links);
    lineage.tracklet[5] = 2;
    expect(() => checkLineage(lineage)).toThrow('lineage: tracklet of row 5 must be 3, got 2');
  });
});

describe('checkGraph', () => {
  it('refuses a merge and an edge backward in time', () => {
    const merged = toGraph(buildLineage(mergeRefused.detections, mergeRefused.links));
    merged.addDirectedEdge('1/2', '2/1', { cost: 0, prob: 1, frameInterval: 1 });
    expect(() => checkGraph(merged)).toThrow('lineage: node 2/1 has 2 parents, at most 1 is allowed');
    const backward = toGraph(buildLineage(mergeRefused.detections, mergeRefused.links));
    backward.addDirectedEdge('3/1', '0/2', { cost: 0, prob: 1, frameInterval: -3 });
    expect(() => checkGraph(backward)).toThrow('lineage: link 3/1 to 0/2 must run forward in time');
  });
});

describe('sortDetections', () => {
  it('restores the lineage after any shuffle of rows', () => {
    fc.assert(
      fc.property(arbitraryLineage, fc.nat(), ({ detections, links }, seed) => {
        const n = detections.count;
        const step = [1, 3, 5, 7, 11, 13].find((s) => n % s !== 0) ?? 1;
        const order = Int32Array.from({ length: n }, (_, i) => (i * step + seed) % Math.max(1, n));
        const shuffledTo = new Int32Array(n);
        order.forEach((from, to) => {
          shuffledTo[from] = to;
        });
        const shuffled = {
          ...detections,
          t: detections.t.map((_, i) => detections.t[order[i]]),
          label: detections.label.map((_, i) => detections.label[order[i]]),
          x: detections.x.map((_, i) => detections.x[order[i]]),
          intensity: detections.intensity.map((_, i) => detections.intensity[order[i]]),
        };
        const moved = remapLinks(links, shuffledTo);
        const sorted = sortDetections(shuffled);
        expect(sorted.detections.x).toEqual(detections.x);
        expect(sorted.detections.intensity).toEqual(detections.intensity);
        expect(pairsOf(remapLinks(moved, sorted.row))).toEqual(pairsOf(links));
      }),
    );
  });

  it('orders links by target, then source', () => {
    const links = { ...makeLinks([]), count: 3 };
    links.source = Int32Array.of(2, 0, 1);
    links.target = Int32Array.of(5, 3, 3);
    links.cost = Float32Array.of(1, 2, 3);
    links.prob = new Float32Array(3);
    const sorted = sortLinks(links);
    expect(pairsOf(sorted)).toEqual([
      [0, 3],
      [1, 3],
      [2, 5],
    ]);
    expect([...sorted.cost]).toEqual([2, 3, 1]);
  });
});
