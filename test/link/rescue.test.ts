import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import { buildLineage, checkLineage } from '../../src/lineage/index.ts';
import { type LinkOptions, type LinkResult, linkDetections } from '../../src/link/index.ts';
import type { Detections } from '../../src/segment/types.ts';
import { makeDetections, type Row } from '../cases/index.ts';

const options: LinkOptions = {
  linker: 'global',
  maxDistance: Number.NaN,
  maxFrameInterval: 1,
  divisions: true,
};

const FRAMES = 8;
const CELLS = 64;

/** Where cell `i` of a sheet is in frame `t`: a bent lattice whose cells walk a little. */
const place = (i: number, t: number): Row => ({
  t,
  y: 10 * Math.floor(i / 8) + 2 * Math.sin(12.9898 * i) + 0.4 * Math.sin(3.1 * i + 5 * t),
  x: 10 * (i % 8) + 2 * Math.sin(78.233 * i) + 0.4 * Math.cos(2.7 * i + 7 * t),
});

/** The sheet without the detections that `missed` names, and these as candidates with some that are nothing. */
function sheet(
  missed: readonly (readonly [cell: number, t: number])[],
  clutter: Row[] = [],
): { detections: Detections; weak: Detections; idOf: (row: number, found: LinkResult) => number } {
  const isMissed = (i: number, t: number): boolean => missed.some(([cell, at]) => cell === i && at === t);
  const rows: Row[] = [];
  for (let t = 0; t < FRAMES; t++)
    for (let i = 0; i < CELLS; i++) if (!isMissed(i, t)) rows.push(place(i, t));
  const below = [...missed.map(([i, t]) => place(i, t)), ...clutter].sort((a, b) => a.t - b.t);
  const weak = makeDetections(below);
  const nearest = (row: number, { detections: d }: LinkResult): number => {
    const away = (i: number): number => {
      const at = place(i, d.t[row]);
      return Math.hypot(d.y[row] - at.y!, d.x[row] - at.x!);
    };
    return Array.from({ length: CELLS }, (_, i) => i).reduce((a, b) => (away(b) < away(a) ? b : a));
  };
  return {
    detections: makeDetections(rows),
    weak: { ...weak, prob: new Float32Array(weak.count).fill(0.3) },
    idOf: nearest,
  };
}

const rescuedIn = ({ rescued }: LinkResult): number => rescued?.filter((row) => row >= 0).length ?? 0;

describe('linkDetections with candidates below the threshold', () => {
  it('fills a missed frame of a track, and two in a row', async () => {
    const { detections, weak, idOf } = sheet([
      [27, 3],
      [36, 4],
      [36, 5],
    ]);
    const found = await linkDetections(detections, { ...options, weak });
    expect(rescuedIn(found)).toBe(3);
    expect(found.links.count).toBe(CELLS * (FRAMES - 1));
    for (let k = 0; k < found.links.count; k++)
      expect(idOf(found.links.source[k], found)).toBe(idOf(found.links.target[k], found));
  });

  it('leaves alone what no track asks for', async () => {
    const { detections, weak } = sheet(
      [],
      [
        { t: 2, y: 36, x: 35 },
        { t: 5, y: 55, x: 14 },
      ],
    );
    const found = await linkDetections(detections, { ...options, weak });
    expect(found.rescued).toBeNull();
    expect(found.detections).toBe(detections);
    expect(found.links).toEqual((await linkDetections(detections, options)).links);
  });

  it('takes texture that stays in place for nothing, and fills missed frames beside it all the same', async () => {
    const random = createRandom(3);
    const clutter = Array.from({ length: 24 }, (_, k) => {
      const [y, x] = [75 * random.uniform(), 75 * random.uniform()];
      const length = 3 + (k % 5);
      const first = Math.floor(random.uniform() * (FRAMES - length + 1));
      return Array.from({ length }, (_, i): Row => ({ t: first + i, y: y + 0.3 * Math.sin(7 * i), x }));
    }).flat();
    const missed = [3, 10, 20, 27, 36, 45, 54, 61].map((cell, k) => [cell, 2 + (k % 4)] as const);
    const { detections, weak } = sheet(missed, clutter);
    const found = await linkDetections(detections, { ...options, weak });
    const isCell = (row: number): boolean =>
      missed.some(([i, t]) => weak.t[row] === t && weak.x[row] === place(i, t).x);
    const taken = Array.from(found.rescued!).filter((row) => row >= 0);
    expect(taken.filter(isCell).length).toBe(missed.length);
    expect(taken.length).toBe(missed.length);
  });

  it('finds a dim mother between what ends and two daughters, and takes no note of frames without detections', async () => {
    const { detections } = sheet([[27, 3]]);
    const rows: Row[] = Array.from({ length: detections.count }, (_, i) => ({
      t: detections.t[i],
      y: detections.y[i],
      x: detections.x[i],
    }));
    // Cell 27 divides after frame 3, in which it is dim, and cells around make room.
    const mother = place(27, 3);
    const isIt = (row: Row): boolean => row.t > 3 && Math.hypot(row.y - mother.y, row.x - mother.x) < 3;
    const daughters = (row: Row): Row[] => [
      { ...row, x: row.x - 3 },
      { ...row, x: row.x + 3 },
    ];
    const family = makeDetections(rows.flatMap((row) => (isIt(row) ? daughters(row) : [row])));
    const weak = makeDetections([mother, { t: 40, y: 1, x: 1 }]);
    const found = await linkDetections(family, { ...options, weak });
    const row = found.rescued!.indexOf(0);
    const children = Array.from(found.links.target).filter((_, k) => found.links.source[k] === row);
    expect(children.map((v) => found.detections.t[v])).toEqual([4, 4]);
    expect(found.certainty!.divides[row]).toBeGreaterThan(0.3);
    expect(rescuedIn(found)).toBe(1);
  });

  it('gives rescued rows the next labels of their frames, and says which they are', async () => {
    const { detections, weak } = sheet([[27, 3]]);
    const { detections: all, rescued } = await linkDetections(detections, { ...options, weak });
    const row = rescued!.indexOf(0);
    expect([all.count, all.t[row], all.label[row]]).toEqual([detections.count + 1, 3, CELLS]);
    expect(all.label.filter((_, i) => all.t[i] === 3)).toEqual(
      Uint32Array.from({ length: CELLS }, (_, i) => i + 1),
    );
    expect(all.x[row]).toBe(weak.x[0]);
    expect(all.prob[row]).toBe(weak.prob[0]);
  });

  it('does not use them beside constraints or with the lap linker', async () => {
    const { detections, weak } = sheet([[27, 3]]);
    const lap = await linkDetections(detections, { ...options, linker: 'lap', weak });
    const bound = await linkDetections(detections, { ...options, weak, constraints: {} });
    expect([lap.rescued, bound.rescued]).toEqual([null, null]);
  });

  it('makes a lineage of any candidates, changes no link between detections, and repeats itself', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(10_000), async (seed) => {
        const random = createRandom(seed);
        const missed = Array.from(
          { length: 12 },
          () => [Math.floor(random.uniform() * CELLS), Math.floor(random.uniform() * FRAMES)] as const,
        );
        const once = missed.filter(([i, t], k) => missed.findIndex(([j, s]) => i === j && t === s) === k);
        const clutter = Array.from(
          { length: 12 },
          (): Row => ({
            t: Math.floor(random.uniform() * FRAMES),
            y: 80 * random.uniform(),
            x: 80 * random.uniform(),
          }),
        );
        const { detections, weak } = sheet(once, clutter);
        const found = await linkDetections(detections, { ...options, weak });
        checkLineage(buildLineage(found.detections, found.links));
        expect(found.solve!.cost - found.solve!.bound).toBeLessThan(1e-5);
        for (const p of found.links.prob) expect(p >= 0 && p <= 1).toBe(true);
        const plain = await linkDetections(detections, options);
        const names = (r: LinkResult): Set<string> =>
          new Set(
            Array.from(r.links.source, (u, k) => {
              const [d, v] = [r.detections, r.links.target[k]];
              return `${d.t[u]}/${d.label[u]} ${d.t[v]}/${d.label[v]}`;
            }),
          );
        const all = names(found);
        for (const name of names(plain)) expect(all.has(name)).toBe(true);
        expect(await linkDetections(detections, { ...options, weak })).toEqual(found);
      }),
      { numRuns: 3 },
    );
  }, 120_000);
});
