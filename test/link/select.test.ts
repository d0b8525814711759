import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildCandidates } from '../../src/link/global/candidates.ts';
import { findMarginals } from '../../src/link/global/marginals.ts';
import type { Candidates, Costs } from '../../src/link/global/types.ts';
import { choicesOf } from '../../src/link/solve/choices.ts';
import { loadSolver, solveProgram } from '../../src/link/solve/program.ts';
import { select } from '../../src/link/solve/select.ts';

/** Candidates from sources 0 to n - 1 to targets n to 2n - 1, every pair of edges a division, and costs for them. */
function problem(
  edges: readonly [number, number][],
  cost: (k: number) => number,
): { c: Candidates; costs: Costs } {
  const count = 20;
  const unique = [...new Map(edges.map((e) => [String(e), e])).values()];
  const c = buildCandidates(
    count,
    { source: unique.map(([u]) => u), target: unique.map(([, v]) => v) },
    () => true,
  );
  return {
    c,
    costs: {
      edge: Float64Array.from({ length: c.nEdges }, (_, k) => cost(k)),
      pair: Float64Array.from({ length: c.nPairs }, (_, p) => 1.5 * cost(1000 + p)),
    },
  };
}

const arbitraryProblem = fc
  .record({
    edges: fc.array(fc.tuple(fc.nat(4), fc.integer({ min: 10, max: 14 })), { maxLength: 12 }),
    costs: fc.array(fc.double({ min: -9, max: 3, noNaN: true }), { minLength: 60, maxLength: 60 }),
  })
  .map(({ edges, costs }) =>
    problem(edges as [number, number][], (k) => costs[(k < 1000 ? k : k - 990) % costs.length]),
  );

/** Every selection: calls `visit(edges taken alone, pairs taken, cost)`. */
function enumerate(
  c: Candidates,
  { edge, pair }: Costs,
  visit: (e: number[], p: number[], cost: number) => void,
) {
  const walk = (u: number, busy: ReadonlySet<number>, e: number[], p: number[], cost: number): void => {
    if (u === c.count) {
      visit(e, p, cost);
      return;
    }
    walk(u + 1, busy, e, p, cost);
    for (let k = c.edgeStart[u]; k < c.edgeStart[u + 1]; k++) {
      if (!busy.has(c.target[k])) walk(u + 1, new Set([...busy, c.target[k]]), [...e, k], p, cost + edge[k]);
    }
    for (let q = c.pairStart[u]; q < c.pairStart[u + 1]; q++) {
      const [v, w] = [c.target[c.pairA[q]], c.target[c.pairB[q]]];
      if (!busy.has(v) && !busy.has(w)) walk(u + 1, new Set([...busy, v, w]), e, [...p, q], cost + pair[q]);
    }
  };
  walk(0, new Set(), [], [], 0);
}

describe('select', () => {
  it('finds what a full enumeration finds, whatever the hint, and bounds it from below', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryProblem, fc.boolean(), async ({ c, costs }, good) => {
        let least = 0;
        enumerate(c, costs, (_e, _p, cost) => {
          least = Math.min(least, cost);
        });
        const choices = choicesOf(c, costs);
        const found = await select(
          choices,
          choices.cost.map((v) => (good ? -v : v)),
        );
        expect(found.cost).toBeCloseTo(least, 6);
        expect(found.bound).toBeLessThanOrEqual(found.cost + 1e-9);
        expect(found.bound).toBeCloseTo(least, 6);
        const busy = new Set<number>();
        for (let o = 0; o < choices.n; o++) {
          if (found.taken[o] === 0) continue;
          for (const key of [`s${choices.source[o]}`, `t${choices.a[o]}`, `t${choices.b[o]}`]) {
            if (key === 't-1') continue;
            expect(busy.has(Number(key.slice(1)) + (key[0] === 't' ? 1000 : 0))).toBe(false);
            busy.add(Number(key.slice(1)) + (key[0] === 't' ? 1000 : 0));
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('settles three divisions that share daughters in a ring, where the relaxation takes half of each', async () => {
    const edges: [number, number][] = [
      [0, 10],
      [0, 11],
      [1, 11],
      [1, 12],
      [2, 12],
      [2, 10],
    ];
    const { c, costs } = problem(edges, () => -1);
    costs.pair.fill(-10);
    const choices = choicesOf(c, costs);
    const all = Array.from({ length: choices.n }, (_, o) => o);
    expect(solveProgram(await loadSolver(), choices, all, false)!.bound).toBeCloseTo(-15, 6);
    expect(solveProgram(await loadSolver(), choices, all, true)!.bound).toBeCloseTo(-11, 6);
    const found = await select(choices, new Float64Array(choices.n));
    expect(found).toMatchObject({ components: 1, open: 1, fractional: 1 });
    expect(found.cost).toBeCloseTo(-11, 6);
    expect(found.bound).toBeCloseTo(-11, 6);
  });

  it('takes nothing from nothing', async () => {
    const { c, costs } = problem([], () => 0);
    expect(await select(choicesOf(c, costs), new Float64Array(0))).toMatchObject({ cost: 0, bound: 0 });
  });
});

describe('findMarginals', () => {
  it('are the shares of a full enumeration where the candidates form a tree', () => {
    const { c, costs } = problem(
      [
        [0, 10],
        [0, 11],
        [1, 11],
        [1, 12],
      ],
      (k) => (k < 1000 ? [-1, 0.5, -0.3, -2][k] : [0.4, -0.8][k - 1000]),
    );
    let total = 0;
    const edge = new Float64Array(c.nEdges);
    const pair = new Float64Array(c.nPairs);
    enumerate(c, costs, (e, p, cost) => {
      const w = Math.exp(-cost);
      total += w;
      for (const k of [...e, ...p.flatMap((q) => [c.pairA[q], c.pairB[q]])]) edge[k] += w;
      for (const q of p) pair[q] += w;
    });
    const found = findMarginals(c, costs);
    for (let k = 0; k < c.nEdges; k++) expect(found.edge[k]).toBeCloseTo(edge[k] / total, 3);
    for (let q = 0; q < c.nPairs; q++) expect(found.pair[q]).toBeCloseTo(pair[q] / total, 3);
  });

  it('sum to 1 over what a source may do, and lie near the enumeration on loops', () => {
    fc.assert(
      fc.property(arbitraryProblem, ({ c, costs }) => {
        const found = findMarginals(c, costs);
        for (let u = 0; u < c.count; u++) {
          let sum = found.ends[u];
          for (let k = c.edgeStart[u]; k < c.edgeStart[u + 1]; k++) sum += found.edge[k];
          for (let p = c.pairStart[u]; p < c.pairStart[u + 1]; p++) sum -= found.pair[p];
          expect(sum).toBeCloseTo(1, 9);
        }
        for (const p of [...found.edge, ...found.begins]) expect(p >= 0 && p <= 1 + 1e-9).toBe(true);
      }),
    );
  });
});
