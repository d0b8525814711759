import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import type { Branches } from '../../viewer/src/data/types.ts';
import { layoutTree, type TreeLayout } from '../../viewer/src/layout/leafOrder.ts';
import {
  COLLAPSE_PX,
  createPlan,
  planTree,
  type TreePlan,
  type TreeWindow,
} from '../../viewer/src/layout/lod.ts';
import { founders, makeForest } from './forest.ts';

/** How often each place is drawn, and how often it is inside a block. */
function tally(layout: TreeLayout, plan: TreePlan): { drawn: Uint8Array; blocked: Uint8Array } {
  const drawn = new Uint8Array(layout.count);
  const blocked = new Uint8Array(layout.count);
  for (let k = 0; k < plan.nBars; k++) drawn[plan.bars[k]!]!++;
  for (let k = 0; k < plan.nBlocks; k++) {
    for (let i = plan.blockFirst[k]!; i < plan.blockEnd[k]!; i++) blocked[i]!++;
  }
  return { drawn, blocked };
}

/** Is the branch at place `i` itself in the window? */
function inView(branches: Branches, layout: TreeLayout, i: number, view: TreeWindow): boolean {
  const b = layout.order[i]!;
  const across = layout.u[i]! >= view.u0 - 0.5 && layout.u[i]! <= view.u1 + 0.5;
  return across && branches.t1[b]! >= view.v0 && branches.from[b]! <= view.v1;
}

function checkWindow(branches: Branches, layout: TreeLayout, view: TreeWindow, plan: TreePlan): void {
  planTree(branches, layout, view, plan);
  expect(plan.nBars + plan.collapsed + plan.culled).toBe(layout.count);
  const { drawn, blocked } = tally(layout, plan);
  let lost = 0;
  let twice = 0;
  for (let i = 0; i < layout.count; i++) {
    const times = drawn[i]! + blocked[i]!;
    if (times > 1) twice++;
    if (times === 0 && inView(branches, layout, i, view)) lost++;
  }
  expect({ lost, twice }).toEqual({ lost: 0, twice: 0 });
}

describe('planTree', () => {
  it('draws or counts every branch in view once, in random views of 100,000 branches', () => {
    const random = createRandom(11);
    for (const perTree of [3, 500, 100_000]) {
      const branches = makeForest(100_000, perTree, perTree);
      const layout = layoutTree(branches, founders(branches));
      const plan = createPlan();
      for (let k = 0; k < 30; k++) {
        const span = layout.width * 10 ** (-5 * random.uniform());
        const u0 = (layout.width - span) * random.uniform();
        const v0 = 60 * random.uniform();
        const view = { u0, u1: u0 + span, v0, v1: v0 + 80 * random.uniform(), pxPerLeaf: 1200 / span };
        checkWindow(branches, layout, view, plan);
      }
    }
  });

  it('holds for small forests of every shape and any window', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.nat(),
        fc.boolean(),
        fc.double({ min: -5, max: 130, noNaN: true }),
        fc.double({ min: 0.01, max: 130, noNaN: true }),
        fc.double({ min: 0.005, max: 40, noNaN: true }),
        (count, seed, lopsided, u0, span, pxPerLeaf) => {
          const branches = makeForest(count, seed, 30, lopsided);
          const layout = layoutTree(branches, founders(branches));
          checkWindow(branches, layout, { u0, u1: u0 + span, v0: 2, v1: 40, pxPerLeaf }, createPlan());
        },
      ),
    );
  });

  it('draws every branch when there is room, and no block', () => {
    const branches = makeForest(301, 5, 301);
    const layout = layoutTree(branches, founders(branches));
    const plan = createPlan();
    planTree(branches, layout, { u0: -1, u1: layout.width, v0: 0, v1: 1e6, pxPerLeaf: COLLAPSE_PX }, plan);
    expect([plan.nBars, plan.nBlocks]).toEqual([301, 0]);
  });

  it('bounds the marks by the width of the screen', () => {
    const branches = makeForest(100_000, 2, 40);
    const layout = layoutTree(branches, founders(branches));
    const plan = createPlan();
    planTree(
      branches,
      layout,
      { u0: -1, u1: layout.width, v0: 0, v1: 1e6, pxPerLeaf: 1200 / layout.width },
      plan,
    );
    expect(plan.nBars + plan.nBlocks).toBeLessThan(4000);
    expect(plan.collapsed).toBeGreaterThan(90_000);
  });

  it('keeps blocks within their width and inside the time of their branches', () => {
    const branches = makeForest(20_000, 9, 300);
    const layout = layoutTree(branches, founders(branches));
    const plan = createPlan();
    const pxPerLeaf = 900 / layout.width;
    planTree(branches, layout, { u0: -1, u1: layout.width, v0: 0, v1: 1e6, pxPerLeaf }, plan);
    for (let k = 0; k < plan.nBlocks; k++) {
      const width = (plan.blockU1[k]! - plan.blockU0[k]!) * pxPerLeaf;
      expect(width).toBeLessThanOrEqual(COLLAPSE_PX + 1e-9);
      const inside = layout.order.subarray(plan.blockFirst[k]!, plan.blockEnd[k]!);
      expect(plan.blockT0[k]).toBe(Math.min(...Array.from(inside, (b) => branches.from[b]!)));
      expect(plan.blockT1[k]).toBe(Math.max(...Array.from(inside, (b) => branches.t1[b]!)));
    }
  });
});
