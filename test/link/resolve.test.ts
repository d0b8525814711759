import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMorulaError } from '../../src/errors/index.ts';
import { buildLineage, checkLineage } from '../../src/lineage/index.ts';
import { linkDetections, resolve } from '../../src/link/index.ts';
import type { Constraints, LinkDiff, LinkGraph, LinkOptions, Links } from '../../src/link/types.ts';
import { makeDetections, pairsOf, type Row, randomLineage } from '../cases/index.ts';

const options: LinkOptions = {
  linker: 'global',
  maxDistance: Number.NaN,
  maxFrameInterval: 2,
  divisions: true,
};

/** Two rows of cells 6 apart, ten in a row, `nFrames` frames of 20 rows; row i of a frame goes on as i. */
const lattice = (nFrames: number): Row[] =>
  Array.from({ length: 20 * nFrames }, (_, k) => {
    const [t, i] = [Math.floor(k / 20), k % 20];
    const y = 9 * Math.floor(i / 10) + 0.3 * Math.sin(5 * i + t);
    return { t, y, x: 6 * (i % 10) + 0.3 * Math.cos(3 * i + 2 * t) };
  });

const graphOf = async (rows: Row[]): Promise<LinkGraph> => {
  const detections = makeDetections(rows);
  return { detections, links: (await linkDetections(detections, options)).links, options };
};

/** The links with a diff applied; refuses a diff that takes away what is not there or adds what is. */
function apply({ links }: LinkGraph, { added, removed }: LinkDiff): Links {
  const pairs = new Map(pairsOf(links).map((pair) => [pair.join(' '), pair]));
  for (const { source, target } of removed) expect(pairs.delete(`${source} ${target}`)).toBe(true);
  for (const { source, target } of added) {
    expect(pairs.has(`${source} ${target}`)).toBe(false);
    pairs.set(`${source} ${target}`, [source, target]);
  }
  const all = [...pairs.values()].sort((p, q) => p[1] - q[1] || p[0] - q[0]);
  const none = new Float32Array(all.length).fill(Number.NaN);
  return {
    count: all.length,
    source: Int32Array.from(all, ([u]) => u),
    target: Int32Array.from(all, ([, v]) => v),
    cost: none,
    prob: none,
  };
}

const short = (list: LinkDiff['added']): string[] => list.map(({ source, target }) => `${source} ${target}`);

describe('resolve', () => {
  it('changes nothing where nothing is demanded', async () => {
    const graph = await graphOf(lattice(4));
    expect(await resolve(graph, { mustLink: [[24, 44]], required: [30] }, 24)).toEqual({
      added: [],
      removed: [],
      divisions: { added: [], removed: [] },
      rows: [],
    });
  });

  it('gives a link that is demanded to its cell, and the cells that lose theirs what is left', async () => {
    const graph = await graphOf(lattice(4));
    const diff = await resolve(graph, { mustLink: [[24, 45]], cannotDivide: [24] }, 24);
    expect(short(diff.added)).toContain('24 45');
    expect(short(diff.removed)).toEqual(expect.arrayContaining(['24 44', '25 45']));
    for (const { source } of [...diff.added, ...diff.removed]) expect(source >= 20 && source < 40).toBe(true);
    expect(diff.added.find(({ target }) => target === 45)).toMatchObject({
      source: 24,
      cost: expect.any(Number),
    });
  });

  it('tells which divisions come and go', async () => {
    const graph = await graphOf(lattice(4));
    const divided = await resolve(graph, { mustDivide: [24] }, 24);
    const [division] = divided.divisions.added;
    expect(division.parent).toBe(24);
    expect(divided.divisions.removed).toEqual([]);
    const links = apply(graph, divided);
    const back = await resolve({ ...graph, links }, { cannotDivide: [24] }, 24);
    expect(back.divisions.removed).toEqual([division]);
    expect(pairsOf(apply({ ...graph, links }, back)).filter(([u]) => u === 24)).toHaveLength(1);
  });

  it('unlinks a detection that is forbidden, and closes the gap that it leaves', async () => {
    const graph = await graphOf(lattice(5));
    const diff = await resolve(graph, { forbidden: [44] }, 44);
    expect(short(diff.removed).sort()).toEqual(['24 44', '44 64']);
    expect(short(diff.added)).toEqual(['24 64']);
  });

  it('links a detection that was added by hand', async () => {
    const rows = lattice(5);
    const without = await graphOf(rows.filter((_, k) => k !== 44));
    // Row 44 comes back; all rows behind it move by one.
    const moved = (row: number): number => (row < 44 ? row : row + 1);
    const links = {
      ...without.links,
      source: without.links.source.map(moved),
      target: without.links.target.map(moved),
    };
    const diff = await resolve({ detections: makeDetections(rows), links, options }, { required: [44] }, 44);
    expect(short(diff.added)).toEqual(expect.arrayContaining(['24 44', '44 64']));
    expect(short(diff.removed)).toEqual(short(diff.removed).filter((pair) => pair === '24 64'));
  });

  it('makes and keeps links over gaps that are demanded', async () => {
    const graph = await graphOf(lattice(5));
    const diff = await resolve(graph, { mustLink: [[24, 64]] }, 24);
    expect(short(diff.added)).toContain('24 64');
    const links = apply(graph, diff);
    checkLineage(buildLineage(graph.detections, links));
    const again = await resolve({ ...graph, links }, { mustLink: [[24, 64]], cannotLink: [[23, 43]] }, 23);
    expect(pairsOf(apply({ ...graph, links }, again))).toContainEqual([24, 64]);
  });

  it('adds a daughter that is first seen a frame late', async () => {
    const graph = await graphOf(lattice(5));
    const diff = await resolve(
      graph,
      {
        mustLink: [
          [24, 44],
          [24, 65],
        ],
      },
      24,
    );
    expect(short(diff.added)).toEqual(expect.arrayContaining(['24 65']));
    expect(diff.divisions.added).toEqual([{ parent: 24, daughters: [44, 65] }]);
  });

  it('looks at a part of a large movie only, wherever the seed lies', async () => {
    const rows = Array.from({ length: 3 }, (_, t) =>
      Array.from({ length: 1200 }, (_, i): Row => {
        const walk = [Math.sin(3.1 * i + 5 * t), Math.cos(2.7 * i + 7 * t)];
        return { t, y: 10 * Math.floor(i / 40) + walk[0], x: 10 * (i % 40) + walk[1] };
      }),
    ).flat();
    const detections = makeDetections(rows);
    const target = Int32Array.from({ length: 2400 }, (_, i) => i + 1200);
    const none = new Float32Array(2400).fill(Number.NaN);
    const links = { count: 2400, source: target.map((v) => v - 1200), target, cost: none, prob: none };
    const diff = await resolve({ detections, links, options }, { mustLink: [[1239, 2438]] }, 1239);
    expect(short(diff.added)).toContain('1239 2438');
    expect(diff.rows.length).toBeLessThanOrEqual(2400 - 2 * 400);
    expect(diff.added.length + diff.removed.length).toBeLessThan(10);
  });

  it.each([
    [{ mustLink: [[24, 44]], cannotLink: [[24, 44]] }, 'must-link 24 to 44 contradicts cannot-link 24 to 44'],
    [{ mustLink: [[24, 44]], forbidden: [24] }, 'must-link 24 to 44 contradicts forbidden 24'],
    [
      { mustDivide: [24], cannotLink: Array.from({ length: 20 }, (_, i) => [24, 40 + i] as const) },
      'must-divide 24 cannot be met',
    ],
  ] as [Constraints, string][])('refuses %j, naming them', async (constraints, message) => {
    const graph = await graphOf(lattice(4));
    await expect(resolve(graph, constraints, 24)).rejects.toThrow(message);
  });

  it('refuses a seed that is no row', async () => {
    const graph = await graphOf(lattice(2));
    await expect(resolve(graph, {}, 40)).rejects.toThrow('the seed must be a row below 40, got 40');
  });

  it('always leaves a lineage that meets what was demanded, other links as they were', async () => {
    const lineage = fc.integer({ min: 1, max: 500 });
    const picks = fc.array(fc.tuple(fc.nat(6), fc.nat(), fc.nat()), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(lineage, picks, async (number, asked) => {
        const { detections: d } = randomLineage(number, { nFounders: 8, pGap: 0.1, pDivision: 0.1 });
        const { links } = await linkDetections(d, options);
        const graph: LinkGraph = { detections: d, links, options };
        if (links.count === 0) return;
        const seed = links.source[asked[0][1] % links.count];
        const near = Array.from(d.t.keys()).filter((row) => Math.abs(d.t[row] - d.t[seed]) <= 2);
        const wanted: Record<string, unknown[]> = {};
        const names = [
          'mustLink',
          'cannotLink',
          'mustDivide',
          'cannotDivide',
          'forbidden',
          'frozenOut',
          'frozenIn',
        ];
        for (const [kind, a, b] of asked) {
          const row = kind === 0 || a % 2 === 0 ? near[a % near.length] : seed;
          const ahead = near.filter((v) => d.t[v] > d.t[row]);
          const next = ahead[b % Math.max(1, ahead.length)] ?? row;
          const list = wanted[names[kind]] ?? [];
          wanted[names[kind]] = list;
          if (kind > 1) list.push(row);
          else if (next !== row) list.push([row, next]);
        }
        const constraints = wanted as Constraints;
        const diff = await resolve(graph, constraints, seed).catch((error: unknown) => {
          expect(isMorulaError(error) && error.tag === 'invalid-option').toBe(true);
          return null;
        });
        if (diff === null) return;
        const now = apply(graph, diff);
        checkLineage(buildLineage(d, now));
        const pairs = new Set(pairsOf(now).map(String));
        const outOf = (u: number): number => pairsOf(now).filter(([source]) => source === u).length;
        for (const pair of constraints.mustLink ?? []) expect(pairs.has(String(pair))).toBe(true);
        for (const pair of constraints.cannotLink ?? []) expect(pairs.has(String(pair))).toBe(false);
        for (const u of constraints.mustDivide ?? []) expect(outOf(u)).toBe(2);
        for (const u of constraints.cannotDivide ?? []) expect(outOf(u)).toBeLessThan(2);
        for (const row of constraints.forbidden ?? []) expect(pairsOf(now).flat()).not.toContain(row);
        const open = new Set(diff.rows);
        for (const { source, target } of [...diff.added, ...diff.removed])
          expect(open.has(source) && open.has(target)).toBe(true);
      }),
      { numRuns: 12 },
    );
  }, 240_000);
});
