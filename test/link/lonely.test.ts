import { describe, expect, it } from 'vitest';
import { brokenShare, findBroken } from '../../src/link/global/broken.ts';
import { calibrate } from '../../src/link/global/certainty/calibrate.ts';
import { MAPS } from '../../src/link/global/certainty/fitted.ts';
import { chainsOf } from '../../src/link/global/context.ts';
import type { Scene } from '../../src/link/global/fit.ts';
import { emptyOutcome, type Outcome } from '../../src/link/global/outcome.ts';
import { frameOffsets } from '../../src/link/grid.ts';
import { makeDetections, type Row } from '../cases/index.ts';

/** Rows that do not move, spacing 1, all inside; every link has the probability `prob`. */
function sceneOf(rows: readonly Row[], pairs: readonly (readonly [number, number])[], prob = 1) {
  const detections = makeDetections(rows);
  const { count, z, y, x } = detections;
  const offsets = frameOffsets(detections);
  const scene = {
    detections,
    offsets,
    motion: { frames: [], z, y, x },
    around: {
      scale: new Float64Array(offsets.length - 1).fill(1),
      lnDensity: new Float64Array(count),
      sizeInFrame: new Float64Array(count),
      rim: new Uint8Array(count),
    },
  } as unknown as Scene;
  const out: Outcome = emptyOutcome(count);
  for (const [u, v] of pairs) {
    out.source.push(u);
    out.target.push(v);
    out.prob.push(prob);
  }
  out.ends.fill(0.9);
  out.begins.fill(0.8);
  return { scene, out };
}

/** A cell that stays (0, 2, 5), one that is lost beside where one begins (1; 3, 6), and one that comes (4, 7). */
const rows: Row[] = [
  { t: 0, y: 0, x: 0 },
  { t: 0, y: 5, x: 0 },
  { t: 1, y: 0, x: 0 },
  { t: 1, y: 5.5, x: 0 },
  { t: 1, y: 20, x: 0 },
  { t: 2, y: 0, x: 0 },
  { t: 2, y: 5.5, x: 0 },
  { t: 2, y: 20, x: 0 },
];
const pairs = [
  [0, 2],
  [2, 5],
  [3, 6],
  [4, 7],
] as const;

const share = (odds: number): number => 1 / (1 + Math.exp(-odds));

describe('findBroken', () => {
  it('marks an end and a beginning where one cell would lie, and no others', () => {
    const { scene, out } = sceneOf(rows, pairs);
    const { ends, begins } = findBroken(scene, chainsOf(8, out));
    expect([...ends]).toEqual([0, 1, 0, 0, 0, 0, 0, 0]);
    expect([...begins]).toEqual([0, 0, 0, 1, 0, 0, 0, 0]);
    expect(brokenShare(scene, chainsOf(8, out))).toBe(1 / 8);
  });
});

describe('calibrate', () => {
  it('doubts an end and a beginning side by side, and leaves what the solution does not hold', () => {
    const { scene, out } = sceneOf(rows, pairs);
    out.begins[4] = Number.NaN;
    calibrate(scene, out);
    const { begins, ends } = MAPS;
    expect(out.ends[1]).toBeCloseTo(0.9 ** ends.own * share(ends.beside), 3);
    expect(out.begins[3]).toBeCloseTo(0.8 ** begins.own * share(begins.beside), 2);
    expect(out.begins[4]).toBeNaN();
    expect([out.ends[0], out.ends[5], out.begins[0], out.begins[5]].map((p) => p.toFixed(3))).toEqual(
      // The first is linked, the second in the last frame; then in the first frame, and linked.
      ['0.900', '0.900', '0.800', '0.800'],
    );
  });

  it('believes a beginning the less, the more cells there are without one', () => {
    const crowd = (n: number): number => {
      const many: Row[] = [];
      for (let i = 0; i < n; i++) many.push({ t: 0, y: 0, x: 10 * i });
      for (let i = 0; i <= n; i++) many.push({ t: 1, y: 0, x: 10 * i });
      const { scene, out } = sceneOf(
        many,
        Array.from({ length: n }, (_, i) => [i, n + i] as const),
      );
      calibrate(scene, out);
      return out.begins[2 * n] as number;
    };
    const missing = Math.exp(MAPS.begins.usual);
    const own = 0.8 ** MAPS.begins.own;
    expect(crowd(10)).toBeCloseTo(own * (1 - 11 * missing), 5);
    expect(crowd(1000)).toBeCloseTo(own * (1 - 1001 * missing), 5);
    expect(crowd(5000)).toBeCloseTo(own * 0.21, 5);
  });

  it('takes single detections for false ones where a movie has many, and other beginnings for lost links', () => {
    const n = 40;
    const many: Row[] = [];
    const links: [number, number][] = [];
    for (let t = 0; t < 4; t++) {
      for (let i = 0; i < n; i++) {
        if (t > 0 && !(t === 2 && i === 0)) links.push([many.length - n - (t === 1 ? 0 : 5), many.length]);
        many.push({ t, y: 0, x: 10 * i });
      }
      for (let k = 0; k < 5 && (t === 1 || t === 2); k++) many.push({ t, y: 50, x: 100 * k + 13 * t });
    }
    const { scene, out } = sceneOf(many, links, 0.95);
    calibrate(scene, out);
    const [single, lost] = [many.findIndex(({ y }) => y === 50), 2 * n + 5];
    // The links are wrong with a chance of 0.05, so some of the single ones are cells.
    for (const side of ['begins', 'ends'] as const) {
      const map = MAPS[side];
      expect(out[side][single]).toBeCloseTo(share(map.single + map.astray * Math.log(5)), 2);
      expect(out[side][single]).toBeLessThan(share(map.single));
    }
    expect(out.begins[lost]).toBeLessThan(0.2);
  });
});
