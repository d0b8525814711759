import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLineage } from '../../src/lineage/index.ts';
import type { Detections } from '../../src/segment/types.ts';
import { noCertainty } from '../../viewer/src/data/certainty.ts';
import { buildDataset, refreshLinks, replaceNodes } from '../../viewer/src/data/dataset.ts';
import { deriveFromParents } from '../../viewer/src/data/derive.ts';
import { measureDivision, measureLineage } from '../../viewer/src/data/measures.ts';
import type { BranchMove } from '../../viewer/src/data/moveBranches.ts';
import type { Branches, Dataset, Info, Nodes } from '../../viewer/src/data/types.ts';
import { createForest } from '../../viewer/src/layout/forest.ts';
import { layoutTree } from '../../viewer/src/layout/leafOrder.ts';
import { family } from './family.ts';

/** Frames of some cells each, every cell with a predecessor in an earlier frame or none, no cell with three daughters. */
const lineages = fc
  .array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 7 })
  .chain((sizes) => {
    const t = sizes.flatMap((n, frame) => new Array<number>(n).fill(frame));
    return fc.tuple(fc.constant(t), fc.array(fc.nat(), { minLength: t.length, maxLength: t.length }));
  })
  .map(([t, draws]) => {
    const used = new Map<number, number>();
    const parent = t.map((frame, i) => {
      const p = draws[i]! % (i + 2);
      if (p >= i || t[p]! >= frame || (used.get(p) ?? 0) >= 2) return -1;
      used.set(p, (used.get(p) ?? 0) + 1);
      return p;
    });
    return { t, parent };
  });

const blank = (t: readonly number[], parent: readonly number[]): Nodes =>
  ({
    count: t.length,
    t: Int32Array.from(t),
    parent: Int32Array.from(parent),
    childA: new Int32Array(t.length),
    childB: new Int32Array(t.length),
    tracklet: new Int32Array(t.length),
    lineage: new Int32Array(t.length),
  }) as unknown as Nodes;

/** The same lineage twice. */
function twins(t: readonly number[], parent: readonly number[]): [Dataset, Dataset] {
  const columns = { ...blank(t, parent), label: Uint32Array.from(t, (_, i) => i + 1) };
  const names = ['z', 'y', 'x', 'size', 'radius'] as const;
  const floats = Object.fromEntries(names.map((name) => [name, new Float64Array(t.length).fill(5)]));
  const { count: _, ...all } = { ...columns, ...floats, border: new Uint8Array(t.length) };
  const movie = { nFrames: 8, ndim: 2, shape: [1, 9, 9], voxelSize: [1, 1, 1], timeStep: 1, channels: [] };
  const info = { run: { movie }, imageProblem: null } as unknown as Info;
  deriveFromParents({ count: t.length, ...all } as unknown as Nodes);
  const build = (table: object): Dataset =>
    buildDataset(info, table as unknown as Parameters<typeof buildDataset>[1]);
  return [build(all), build(structuredClone(all))];
}

describe('deriveFromParents', () => {
  it('numbers daughters, tracklets and lineages as the tables of a result do', () => {
    fc.assert(
      fc.property(lineages, ({ t, parent }) => {
        const nodes = blank(t, parent);
        deriveFromParents(nodes);
        const target = parent.flatMap((p, i) => (p < 0 ? [] : [i]));
        const detections = { count: t.length, t: nodes.t, label: new Uint32Array(t.length) };
        const links = {
          count: target.length,
          source: Int32Array.from(target, (i) => parent[i]!),
          target: Int32Array.from(target),
          cost: new Float32Array(target.length),
          prob: new Float32Array(target.length),
        };
        const truth = buildLineage(detections as unknown as Detections, links);
        expect([nodes.childA, nodes.childB, nodes.tracklet, nodes.lineage]).toEqual([
          truth.childA,
          truth.childB,
          truth.tracklet,
          truth.lineage,
        ]);
      }),
    );
  });

  it('leaves a third daughter out', () => {
    const nodes = blank([0, 1, 1, 1], [-1, 0, 0, 0]);
    deriveFromParents(nodes);
    expect([nodes.childA[0], nodes.childB[0]]).toEqual([1, 2]);
  });
});

describe('refreshLinks', () => {
  it('keeps the objects that views hold and brings branches and divisions up to date', () => {
    const data = family();
    const { nodes, branches } = data;
    nodes.parent[5] = -1;
    refreshLinks(data);
    expect(data.nodes).toBe(nodes);
    expect(data.branches).toBe(branches);
    expect(data.divisions.length).toBe(0);
    expect([branches.count, data.nLineages]).toEqual([3, 3]);
    expect([...nodes.tracklet]).toEqual([1, 2, 1, 2, 1, 3, 1, 3, 2, 1, 2]);
    nodes.parent[5] = 2;
    refreshLinks(data);
    expect(data).toEqual(family());
  });
});

describe('refreshLinks of some rows', () => {
  it('is the same as of all of them', () => {
    fc.assert(
      fc.property(
        lineages,
        fc.array(fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
        fc.boolean(),
        ({ t, parent }, edits, thirds) => {
          const [some, whole] = twins(t, parent);
          for (const together of edits) {
            const rows = new Set<number>();
            for (const [v, draw] of together) {
              const [node, p] = [v % t.length, (draw % (t.length + 1)) - 1];
              const daughters = some.nodes.parent.filter((q) => q === p).length;
              if (p >= 0 && (t[p]! >= t[node]! || (daughters > 1 && !thirds))) continue;
              for (const row of [node, some.nodes.parent[node]!, p]) if (row >= 0) rows.add(row);
              some.nodes.parent[node] = whole.nodes.parent[node] = p;
            }
            const before = structuredClone(some.branches);
            const move = refreshLinks(some, rows);
            refreshLinks(whole);
            expect(some).toEqual(whole);
            if (move !== null) checkMove(move, before, some.branches);
          }
        },
      ),
    );
  });

  /** A branch that stays is the same rows; what is made or gone is all that is between. */
  function checkMove({ newOf, gone, made }: BranchMove, before: Branches, after: Branches): void {
    const rowsOf = (of: Branches, b: number): number[] => [
      ...of.nodes.subarray(of.start[b]!, of.start[b + 1]!),
    ];
    expect(newOf.length).toBe(before.count);
    expect(gone).toEqual([...newOf.keys()].filter((b) => newOf[b]! < 0));
    expect([...newOf.filter((b) => b >= 0), ...made].sort((a, b) => a - b)).toEqual([
      ...Array(after.count).keys(),
    ]);
    newOf.forEach((b, k) => {
      if (b >= 0) expect(rowsOf(after, b)).toEqual(rowsOf(before, k));
    });
  }
});

describe('replaceNodes', () => {
  it('tells where every detection is now, by frame and label', () => {
    const data = family();
    const keep = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10];
    const cut = <T extends { length: number }>(column: T): T =>
      (column as unknown as Int32Array).filter((_, i) => keep.includes(i)) as unknown as T;
    const { count: _, ...columns } = data.nodes;
    const fewer = Object.fromEntries(Object.entries(columns).map(([name, c]) => [name, cut(c)]));
    fewer.parent = Int32Array.of(-1, -1, 0, 1, 2, -1, 4, 3, 5, 7);
    fewer.tracklet = Int32Array.of(1, 2, 1, 2, 1, 3, 1, 2, 3, 2);
    fewer.lineage = Int32Array.of(1, 2, 1, 2, 1, 3, 1, 2, 3, 2);
    const newOf = replaceNodes(data, fewer as unknown as Parameters<typeof replaceNodes>[1]);
    expect([...newOf]).toEqual([0, 1, 2, 3, -1, 4, 5, 6, 7, 8, 9]);
    expect([...data.frameStart]).toEqual([0, 2, 4, 5, 8, 10]);
  });
});

describe('createForest', () => {
  it('keeps the order and colours of trees, a cut one beside the tree it came from', () => {
    const data = family();
    const forest = createForest(data);
    const first = forest.arrange();
    const founders = (of: typeof first): number[] =>
      Array.from(
        of.layout.roots,
        (place) => data.branches.nodes[data.branches.start[of.layout.order[place]!]!]!,
      );
    expect(founders(first)).toEqual([0, 1]);
    data.nodes.parent[4] = -1;
    refreshLinks(data);
    const second = forest.arrange();
    expect(founders(second)).toEqual([0, 4, 1]);
    const colourOf = (of: typeof first, node: number): number => of.colours[data.nodes.lineage[node]!]!;
    expect(colourOf(second, 4)).not.toBe(colourOf(second, 0));
    data.nodes.parent[4] = 2;
    refreshLinks(data);
    expect([...forest.arrange().colours].slice(1)).toEqual([...first.colours].slice(1));
  });
});

describe('relayout', () => {
  it('is after any change of links what laying out from the start is', () => {
    fc.assert(
      fc.property(
        lineages,
        fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 8 }),
        ({ t, parent }, edits) => {
          const [data] = twins(t, parent);
          const forest = createForest(data);
          forest.arrange();
          for (const [v, draw] of edits) {
            const [node, p] = [v % t.length, (draw % (t.length + 1)) - 1];
            if (p >= 0 && (t[p]! >= t[node]! || data.nodes.childB[p]! >= 0)) continue;
            const rows = new Set([node, data.nodes.parent[node]!, p].filter((row) => row >= 0));
            data.nodes.parent[node] = p;
            forest.moveBranches(refreshLinks(data, rows));
            const { layout } = forest.arrange();
            const roots = Array.from(layout.roots, (place) => layout.order[place]!);
            const whole = layoutTree(data.branches, roots);
            for (const name of ['u', 'uMin', 'uMax'] as const) {
              whole[name].forEach((value, i) => {
                expect(layout[name][i]).toBeCloseTo(value, 9);
              });
            }
            const { u, uMin, uMax, width } = layout;
            expect(layout).toEqual({ ...whole, u, uMin, uMax, width });
            expect(width).toBeCloseTo(whole.width, 9);
          }
        },
      ),
    );
  });
});

describe('measureLineage', () => {
  it('measures what the lineage is now', () => {
    const data = family();
    const before = measureLineage(data, null);
    expect([...before.sisterDistance]).toEqual([4]);
    expect([...before.duration]).toEqual([1, 4, 2, 1]);
    data.nodes.parent[5] = -1;
    refreshLinks(data);
    expect(measureLineage(data, null).sisterDistance.length).toBe(0);
  });
});

describe('measureDivision', () => {
  it('measures one division as all of them are measured together', () => {
    const data = family();
    const certainty = {
      ...noCertainty(data.nodes.parent),
      linkIn: Float32Array.from({ length: 11 }, (_, i) => 0.5 + i / 32),
    };
    const { angle, prob, cellCycle } = measureLineage(data, certainty);
    expect(measureDivision(data, certainty, 2)).toEqual({
      angle: angle[0],
      prob: prob[0],
      cellCycle: cellCycle[0],
    });
    expect(prob[0]).toBeGreaterThan(0);
  });
});
