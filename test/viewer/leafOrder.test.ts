import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutTree, rootsBySize } from '../../viewer/src/layout/leafOrder.ts';
import { founders, makeForest } from './forest.ts';

const forests = fc
  .record({
    count: fc.integer({ min: 1, max: 400 }),
    seed: fc.nat(),
    perTree: fc.integer({ min: 1, max: 60 }),
    lopsided: fc.boolean(),
  })
  .map(({ count, seed, perTree, lopsided }) => makeForest(count, seed, perTree, lopsided));

describe('layoutTree', () => {
  it('lays out one division by hand', () => {
    //      0 ──┬── 1
    //          └── 2 ──┬── 3
    //                  └── 4
    const branches = makeForest(5, 1, 1);
    branches.parent.set([-1, 0, 0, 2, 2]);
    branches.childA.set([1, -1, 3, -1, -1]);
    branches.childB.set([2, -1, 4, -1, -1]);
    branches.t1.set([4, 9, 8, 12, 11]);
    const layout = layoutTree(branches, [0]);
    expect([...layout.order]).toEqual([0, 1, 2, 3, 4]);
    expect([...layout.u]).toEqual([0.75, 0, 1.5, 1, 2]);
    expect([...layout.end]).toEqual([5, 2, 5, 4, 5]);
    expect([...layout.uMax]).toEqual([2, 0, 2, 1, 2]);
    expect([...layout.tMax]).toEqual([12, 9, 12, 12, 11]);
    expect(layout.width).toBe(3);
  });

  it('gives every leaf its own place, at least one leaf apart', () => {
    fc.assert(
      fc.property(forests, (branches) => {
        const layout = layoutTree(branches, founders(branches));
        const leaves = Array.from(layout.order)
          .map((b, i) => ({ b, u: layout.u[i]! }))
          .filter(({ b }) => branches.childA[b]! < 0)
          .map(({ u }) => u);
        for (let k = 1; k < leaves.length; k++)
          expect(leaves[k]! - leaves[k - 1]!).toBeGreaterThanOrEqual(1 - 1e-9);
        expect(layout.count).toBe(branches.count);
      }),
    );
  });

  it('puts a parent in the middle between its daughters, and subtrees side by side', () => {
    fc.assert(
      fc.property(forests, (branches) => {
        const { u, uMin, uMax, place, tMax } = layoutTree(branches, founders(branches));
        for (let b = 0; b < branches.count; b++) {
          const [a, c] = [branches.childA[b]!, branches.childB[b]!];
          if (a < 0) continue;
          const [i, pa, pc] = [place[b]!, place[a]!, place[c]!];
          expect(u[i]).toBeCloseTo((u[pa]! + u[pc]!) / 2, 9);
          expect(uMax[pa]!).toBeLessThan(uMin[pc]!);
          expect(tMax[i]!).toBeGreaterThanOrEqual(Math.max(tMax[pa]!, tMax[pc]!));
        }
      }),
    );
  });

  it('makes every subtree one run of its order', () => {
    fc.assert(
      fc.property(forests, (branches) => {
        const { order, end, place } = layoutTree(branches, founders(branches));
        const parentPlace = Array.from(order, (b) =>
          branches.parent[b]! < 0 ? -1 : place[branches.parent[b]!]!,
        );
        for (let i = 0; i < order.length; i++) {
          const inside = parentPlace.slice(i + 1, end[i]!);
          expect(inside.every((p, k) => p >= i && p < i + 1 + k)).toBe(true);
          expect(parentPlace[end[i]!] ?? -1).toBeLessThan(i);
        }
      }),
    );
  });

  it('lays out a subtree alone', () => {
    const branches = makeForest(99, 7, 99);
    const b = branches.childA[0]!;
    const layout = layoutTree(branches, [b]);
    expect(layout.order[0]).toBe(b);
    expect(layout.place[0]).toBe(-1);
    expect(layout.count).toBeLessThan(branches.count);
  });

  it('takes a one-sided tree of 100,000 generations without overflowing', () => {
    const branches = makeForest(200_001, 3, 200_001, true);
    const layout = layoutTree(branches, founders(branches));
    expect(layout.count).toBe(200_001);
  });
});

describe('rootsBySize', () => {
  it('sorts by branches, then by first frame, then by number', () => {
    const branches = makeForest(7, 1, 1);
    branches.lineage.set([1, 2, 3, 3, 3, 4, 5]);
    branches.parent.set([-1, -1, -1, 2, 2, -1, -1]);
    branches.t0.set([3, 1, 2, 4, 4, 1, 0]);
    expect([...rootsBySize(branches, founders(branches))]).toEqual([2, 6, 1, 5, 0]);
  });
});
