import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../viewer/src/data/types.ts';
import { layoutTree } from '../../viewer/src/layout/leafOrder.ts';
import { createPlan, planTree } from '../../viewer/src/layout/lod.ts';
import { shapeLayout } from '../../viewer/src/layout/shape.ts';
import { generationAxis, timeAxis } from '../../viewer/src/layout/treeAxis.ts';
import { family } from './family.ts';
import { founders, makeForest } from './forest.ts';

/** A forest without detections. */
function forest(seed: number, count: number): { data: Dataset; roots: number[] } {
  const branches = makeForest(count, seed, 30);
  return { data: { branches, nodes: { tracklet: [] } } as unknown as Dataset, roots: founders(branches) };
}

describe('generationAxis', () => {
  it('gives every branch the room between its generation and the next, and every cell a place in it', () => {
    const data = family();
    const axis = generationAxis(data, layoutTree(data.branches, founders(data.branches)));
    for (let i = 0; i < data.nodes.count; i++) {
      const b = data.nodes.tracklet[i]! - 1;
      const g = data.branches.generation[b]!;
      expect([axis.branches.from[b], axis.branches.t1[b]]).toEqual([g, g + 1]);
      expect(axis.at(i)).toBeGreaterThanOrEqual(g);
      expect(axis.at(i)).toBeLessThanOrEqual(g + 1);
      expect(axis.frameOf(b, axis.at(i))).toBe(data.nodes.t[i]);
      expect(axis.present(b, data.nodes.t[i]!)).toBe(axis.at(i));
    }
    expect(axis.extent).toBe(2);
  });

  it('leaves no branch out of account when it is planned, whatever the view', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(4), (seed, at, low) => {
        const { data, roots } = forest(seed, 400);
        const { branches, layout, extent } = generationAxis(data, layoutTree(data.branches, roots));
        const u0 = at * layout.width;
        const plan = createPlan();
        const view = { u0, u1: u0 + layout.width / 3, v0: low, v1: low + 1.5, pxPerLeaf: 4 * at + 0.05 };
        planTree(branches, layout, view, plan);
        expect(plan.nBars + plan.collapsed + plan.culled).toBe(layout.count);
        expect(extent).toBe(Math.max(...data.branches.generation) + 1);
      }),
      { numRuns: 50 },
    );
  });

  it('lets a collapsed branch reach as far as what lies below it', () => {
    const { data, roots } = forest(4, 200);
    const branches = { ...data.branches };
    for (let b = 0; b <= 200; b++) branches.start[b] = b;
    branches.nodes = Int32Array.from({ length: 200 }, (_, b) => b);
    const top = roots.find((b) => branches.childA[b]! >= 0)!;
    const tracklet = Int32Array.from({ length: 200 }, (_, b) => b + 1);
    const shape = { pinned: new Set<number>(), hidden: new Set<number>(), closed: new Set([top]) };
    const layout = shapeLayout(layoutTree(branches, roots), branches, tracklet, shape);
    const axis = generationAxis({ ...data, branches }, layout);
    let last = 0;
    for (let b = 0; b < 200; b++)
      if (branches.lineage[b] === branches.lineage[top]) last = Math.max(last, branches.generation[b]!);
    expect(last).toBeGreaterThan(0);
    expect(axis.layout.tMax[layout.place[top]!]).toBe(last + 1);
  });
});

describe('timeAxis', () => {
  it('is the frames themselves', () => {
    const data = family();
    const layout = layoutTree(data.branches, founders(data.branches));
    const axis = timeAxis(data, layout);
    expect([axis.branches, axis.layout, axis.extent]).toEqual([data.branches, layout, data.nFrames - 1]);
    expect(axis.at(3)).toBe(data.nodes.t[3]);
    expect(axis.frameOf(0, -7)).toBe(data.branches.t0[0]);
  });
});
