import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutTree } from '../../viewer/src/layout/leafOrder.ts';
import { isPlain, moveShape, PLAIN, shapeLayout, type TreeShape } from '../../viewer/src/layout/shape.ts';
import { sortFounders } from '../../viewer/src/layout/sortTrees.ts';
import { founders, makeForest } from './forest.ts';

/** A forest whose branch b has one cell, row b. */
function rows(seed: number, count: number) {
  const branches = makeForest(count, seed, 12);
  for (let b = 0; b <= count; b++) branches.start[b] = b;
  branches.nodes = Int32Array.from({ length: count }, (_, b) => b);
  return { branches, tracklet: Int32Array.from({ length: count }, (_, b) => b + 1) };
}

const shapeOf = (shape: Partial<Record<keyof TreeShape, readonly number[]>>): TreeShape => ({
  pinned: new Set(shape.pinned),
  hidden: new Set(shape.hidden),
  closed: new Set(shape.closed),
});

describe('shapeLayout', () => {
  it('copies the layout where nothing is shaped', () => {
    const { branches, tracklet } = rows(3, 200);
    const whole = layoutTree(branches, founders(branches));
    const { closed, ...same } = shapeLayout(whole, branches, tracklet, PLAIN);
    expect(closed!.size).toBe(0);
    expect(same).toEqual(whole);
  });

  it('puts pinned trees first and leaves hidden ones out, as if they had been laid out so', () => {
    const { branches, tracklet } = rows(5, 300);
    const roots = founders(branches);
    const [pin, hide] = [roots.at(-2)!, roots[1]!];
    const shaped = shapeLayout(
      layoutTree(branches, roots),
      branches,
      tracklet,
      shapeOf({ pinned: [pin], hidden: [hide] }),
    );
    const expected = layoutTree(branches, [pin, ...roots.filter((b) => b !== pin && b !== hide)]);
    expect(shaped.roots).toEqual(expected.roots);
    expect(shaped.order.subarray(0, shaped.count)).toEqual(expected.order);
    expect(shaped.place).toEqual(expected.place);
    for (let i = 0; i < shaped.count; i++) expect(shaped.u[i]).toBeCloseTo(expected.u[i]!, 9);
    expect(shaped.width).toBeCloseTo(expected.width, 9);
  });

  it('folds what lies below a branch into one leaf that lives as long, and counts it', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 20, max: 200 }), fc.nat(999), (seed, count, at) => {
        const { branches, tracklet } = rows(seed, count);
        const whole = layoutTree(branches, founders(branches));
        const dividing = Array.from(branches.childA, (_, b) => b).filter((b) => branches.childA[b]! >= 0);
        fc.pre(dividing.length > 0);
        const top = dividing[at % dividing.length]!;
        const shaped = shapeLayout(whole, branches, tracklet, shapeOf({ closed: [top] }));
        const below = whole.end[whole.place[top]!]! - whole.place[top]! - 1;
        expect(shaped.closed).toEqual(new Map([[top, below]]));
        expect(shaped.count + below).toBe(whole.count);
        const i = shaped.place[top]!;
        expect(shaped.uMin[i]).toBe(shaped.uMax[i]);
        expect(shaped.tMax[i]).toBe(whole.tMax[whole.place[top]!]);
        for (let b = 0; b < count; b++) {
          expect(shaped.place[b]).toBeGreaterThanOrEqual(0);
          if (shaped.order[shaped.place[b]!] !== b) expect(shaped.place[b]).toBe(i);
        }
        for (let r = 0; r < shaped.roots.length; r++) {
          const place = shaped.roots[r]!;
          expect(shaped.tMax[place]).toBe(whole.tMax[whole.place[shaped.order[place]!]!]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('leaves a row out of account that begins no branch any more', () => {
    const { branches, tracklet } = rows(7, 60);
    tracklet[1] = 1;
    const whole = layoutTree(branches, founders(branches));
    expect(shapeLayout(whole, branches, tracklet, shapeOf({ closed: [1] })).count).toBe(whole.count);
  });
});

describe('moveShape', () => {
  it('follows rows, and forgets those that are gone', () => {
    const moved = moveShape(shapeOf({ pinned: [0, 2], hidden: [1] }), Int32Array.of(1, -1, 0));
    expect([...moved.pinned].sort()).toEqual([0, 1]);
    expect(moved.hidden.size).toBe(0);
    expect(isPlain(moved)).toBe(false);
    expect(isPlain(PLAIN)).toBe(true);
  });
});

describe('sortFounders', () => {
  const { branches } = rows(11, 150);
  const roots = founders(branches);

  it('has every founder once, in each order', () => {
    for (const by of ['size', 'start', 'suspicion', 'name'] as const)
      expect([...sortFounders(branches, by, new Map(), new Map())].sort((a, b) => a - b)).toEqual(roots);
  });

  it('puts the earliest, the most doubtful, or the first by name in front', () => {
    const [a, b, c] = roots as [number, number, number];
    const start = sortFounders(branches, 'start', new Map(), new Map());
    for (let k = 1; k < start.length; k++)
      expect(branches.t0[start[k]!]).toBeGreaterThanOrEqual(branches.t0[start[k - 1]!]!);
    const doubt = new Map([
      [branches.lineage[b]!, 0.4],
      [branches.lineage[c]!, 0.9],
    ]);
    expect([...sortFounders(branches, 'suspicion', new Map(), doubt)].slice(0, 3)).toEqual([c, b, a]);
    const names = new Map([
      [c, 'E2'],
      [b, 'E10'],
    ]);
    expect([...sortFounders(branches, 'name', names, doubt)].slice(0, 3)).toEqual([c, b, a]);
  });
});
