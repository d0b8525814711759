import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ancestorsOf,
  buildLineage,
  cellCycleOf,
  descendantsOf,
  findAncestors,
  findDescendants,
  findDivisions,
  findSister,
  generationOf,
  lineageOf,
  measureCellCycle,
  measureTracklets,
  nodeKeys,
  sisterOf,
  tallyFrames,
  toGraph,
  trackletNodes,
  trackletOf,
} from '../../src/lineage/index.ts';
import { arbitraryLineage, emptyFrame, makeDetections, makeLinks, twoGenerations } from '../cases/index.ts';

const family = buildLineage(twoGenerations.detections, twoGenerations.links);

describe('column queries', () => {
  it('walk up, down and across the family', () => {
    expect(findAncestors(family, 9)).toEqual([6, 4, 2, 1, 0]);
    expect(findDescendants(family, 2)).toEqual([4, 6, 7, 9, 10]);
    expect([1, 2, 3, 4, 5].map((n) => findSister(family, n))).toEqual([0, 3, 2, 5, 4]);
    expect([1, 2, 3].map((n) => measureCellCycle(family, n))).toEqual([Number.NaN, 2, Number.NaN]);
    expect([...trackletNodes(family, 3)]).toEqual([3, 5, 8, 11]);
  });
});

describe('toGraph', () => {
  it('answers as the columns do, on random lineages', () => {
    fc.assert(
      fc.property(arbitraryLineage, ({ detections, links }) => {
        const lineage = buildLineage(detections, links);
        const graph = toGraph(lineage);
        const keys = nodeKeys(detections);
        const named = (rows: Iterable<number>): string[] => Array.from(rows, (r) => keys[r]);
        const { tracklets } = lineage;
        for (let i = 0; i < detections.count; i++) {
          const n = lineage.tracklet[i];
          expect(ancestorsOf(graph, keys[i])).toEqual(named(findAncestors(lineage, i)));
          expect(descendantsOf(graph, keys[i])).toEqual(named(findDescendants(lineage, i)));
          expect(trackletOf(graph, keys[i])).toEqual(named(trackletNodes(lineage, n)));
          expect(generationOf(graph, keys[i])).toBe(tracklets.generation[n - 1]);
          expect(cellCycleOf(graph, keys[i])).toBe(measureCellCycle(lineage, n));
          const sister = findSister(lineage, n);
          expect(sisterOf(graph, keys[i])).toBe(
            sister === 0 ? undefined : keys[tracklets.firstNode[sister - 1]],
          );
          expect(graph.getNodeAttribute(keys[i], 'row')).toBe(i);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('takes one lineage when asked for one', () => {
    const lineage = buildLineage(emptyFrame.detections, emptyFrame.links);
    const graph = toGraph(lineage, 2);
    expect(graph.nodes()).toEqual(['0/2', '1/2', '3/2', '4/2']);
    expect(lineageOf(graph, '3/2')).toEqual(['0/2', '1/2', '3/2', '4/2']);
    expect(graph.getEdgeAttribute('1/2', '3/2', 'frameInterval')).toBe(2);
  });

  it('falls back to the row where there is no label', () => {
    const detections = makeDetections([
      { t: 0, x: 1, y: 1 },
      { t: 0, x: 9, y: 1 },
      { t: 1, x: 1, y: 1 },
    ]);
    detections.label.set([0, 0, 4]);
    expect(toGraph(buildLineage(detections, makeLinks([[1, 2]]))).nodes()).toEqual(['0', '1', '1/4']);
  });
});

describe('findDivisions', () => {
  it('gives parents, daughters, frames and cell cycles', () => {
    const d = findDivisions(family);
    expect([[...d.parent], [...d.daughterA], [...d.daughterB], [...d.frame], [...d.cellCycle]]).toEqual([
      [1, 4],
      [2, 6],
      [3, 7],
      [1, 3],
      [Number.NaN, 2],
    ]);
    expect(d.sisterDistance[0]).toBeCloseTo(Math.hypot(4.3, 0.4, 0.4), 12);
    expect(d.angle[0]).toBeNaN();
    expect(Math.hypot(d.axisZ[0], d.axisY[0], d.axisX[0])).toBeCloseTo(1, 12);
    expect(d.axisX[0]).toBeCloseTo(4.3 / Math.hypot(4.3, 0.4, 0.4), 12);
  });

  it.each([
    { dx: 2, dy: 0, angle: 0 },
    { dx: -2, dy: 0, angle: 0 },
    { dx: 2, dy: 2, angle: 45 },
    { dx: 0, dy: -3, angle: 90 },
    { dx: -1, dy: 1, angle: 135 },
    { dx: 1, dy: -1, angle: 135 },
  ])('measures the angle of daughters ($dx, $dy) apart as $angle degrees', ({ dx, dy, angle }) => {
    const detections = makeDetections([
      { t: 0, x: 5, y: 5 },
      { t: 1, x: 5, y: 5 },
      { t: 1, x: 5 + dx, y: 5 + dy },
    ]);
    const links = makeLinks([
      [0, 1],
      [0, 2],
    ]);
    links.prob.set([0.9, 0.25]);
    const d = findDivisions(buildLineage(detections, links));
    expect(d.angle[0]).toBeCloseTo(angle, 12);
    expect(d.prob[0]).toBe(0.25);
  });
});

describe('measureTracklets', () => {
  it('measures path, displacement, duration and speed, gaps included', () => {
    const detections = makeDetections([
      { t: 0, x: 0, y: 0 },
      { t: 1, x: 3, y: 4 },
      { t: 3, x: 3, y: 0 },
    ]);
    const links = makeLinks([
      [0, 1],
      [1, 2],
    ]);
    links.prob.set([0.75, 0.5]);
    const m = measureTracklets(buildLineage(detections, links), 10);
    expect([m.duration[0], m.pathLength[0], m.displacement[0], m.meanSpeed[0]]).toEqual([3, 9, 3, 0.3]);
    expect(m.confidence[0]).toBe(0.5);
  });

  it('gives NaN speed for a lone detection', () => {
    const m = measureTracklets(buildLineage(makeDetections([{ t: 2, x: 1, y: 1 }]), makeLinks([])), 10);
    expect([m.duration[0], m.pathLength[0], m.meanSpeed[0]]).toEqual([0, 0, Number.NaN]);
    expect(m.confidence[0]).toBeNaN();
  });
});

describe('tallyFrames', () => {
  it('counts cells and divisions, and no ends at the movie border', () => {
    const counts = tallyFrames(family, 6);
    expect([...counts.nCells]).toEqual([1, 1, 2, 2, 3, 3]);
    expect([...counts.nDivisions]).toEqual([0, 1, 0, 1, 0, 0]);
    expect([...counts.nAppearing]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...counts.nDisappearing]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('keeps the balance of cells from frame to frame when no gap is closed', () => {
    fc.assert(
      fc.property(arbitraryLineage, ({ detections, links, nFrames }) => {
        const { t } = detections;
        fc.pre(!links.source.some((u, k) => t[links.target[k]] - t[u] > 1));
        const c = tallyFrames(buildLineage(detections, links), nFrames);
        for (let i = 1; i < nFrames; i++) {
          const change = c.nDivisions[i - 1] + c.nAppearing[i] - c.nDisappearing[i - 1];
          expect(c.nCells[i] - c.nCells[i - 1]).toBe(change);
        }
      }),
    );
  });
});
