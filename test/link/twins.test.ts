import { describe, expect, it } from 'vitest';
import { readConstraints } from '../../src/link/constraints.ts';
import type { Scene } from '../../src/link/global/fit.ts';
import { initialModel, type LinkModel } from '../../src/link/global/model.ts';
import { emptyOutcome, type Outcome } from '../../src/link/global/outcome.ts';
import { sortTwins } from '../../src/link/global/twins.ts';
import { frameOffsets } from '../../src/link/grid.ts';
import type { Constraints } from '../../src/link/types.ts';
import { makeDetections, type Row } from '../cases/index.ts';

/** Spacing 10; a usual step is 0.2 of one. */
const SPACING = 10;

function sceneOf(rows: readonly Row[], constraints?: Constraints): { scene: Scene; model: LinkModel } {
  const detections = makeDetections(rows);
  const offsets = frameOffsets(detections);
  const scale = new Float64Array(offsets.length - 1).fill(SPACING);
  const table = constraints === undefined ? null : readConstraints(constraints, detections.t);
  const scene = { detections, offsets, around: { scale }, constraints: table } as unknown as Scene;
  return {
    scene,
    model: initialModel(2, scale, { spacing: SPACING, step: 2, stepSpread: 1, radius: Number.NaN }, 2),
  };
}

/** Links with probability 0.6 each. */
function outcomeOf(count: number, pairs: readonly (readonly [number, number])[]): Outcome {
  const out = emptyOutcome(count);
  for (const [u, v] of pairs) {
    out.source.push(u);
    out.target.push(v);
    out.cost.push(-5);
    out.prob.push(0.6);
  }
  return out;
}

const pairsOf = ({ source, target }: Outcome): string[] => source.map((u, k) => `${u}>${target[k]}`).sort();

/** A cell found twice that makes long steps: rows 2t and 2t + 1 in frame t, the second always `apart` to the right. */
const twins = (frames: number, apart = 1): Row[] =>
  Array.from({ length: frames }, (_, t) => [
    { t, y: 3 * (t % 2), x: 2 * t },
    { t, y: 3 * (t % 2), x: 2 * t + apart },
  ]).flat();

/** Links of `frames` frames, those out of the frames named across. */
const linked = (frames: number, across: readonly number[]): [number, number][] =>
  Array.from({ length: frames - 1 }, (_, t): [number, number][] => {
    const other = across.includes(t) ? 1 : 0;
    return [
      [2 * t, 2 * t + 2 + other],
      [2 * t + 1, 2 * t + 3 - other],
    ];
  }).flat();

/** Two parents on one spot, and the daughters of both in the next frame. */
const division: Row[] = [
  { t: 0, y: 0, x: 0 },
  { t: 0, y: 0, x: 1 },
  { t: 1, y: 4, x: 0 },
  { t: 1, y: 4, x: 1 },
  { t: 1, y: -4, x: 0 },
  { t: 1, y: -4, x: 1 },
];

describe('sortTwins', () => {
  it.each([[[3]], [[2, 3]], [[1, 4, 5]]])('sets straight what is linked across after frames %j', (across) => {
    const { scene, model } = sceneOf(twins(8));
    const out = outcomeOf(16, linked(8, across));
    sortTwins(scene, model, out);
    expect(pairsOf(out)).toEqual(pairsOf(outcomeOf(16, linked(8, []))));
  });

  it('is surer of links that it set straight the farther the twins lie apart', () => {
    const sure = [0.2, 0.5, 1.5].map((apart) => {
      const { scene, model } = sceneOf(twins(8, apart));
      const out = outcomeOf(16, linked(8, [3]));
      out.alternatives = { source: [6, 7], targetA: [8, 9], targetB: [-1, -1], prob: [0.4, 0.4] };
      sortTwins(scene, model, out);
      // What was chosen is the alternative now, and both are as likely together as they were.
      expect(out.alternatives.targetA.slice(0, 2)).toEqual([9, 8]);
      const at = out.source.indexOf(6);
      expect(out.target[at]).toBe(8);
      expect(out.prob[at] + out.alternatives.prob[0]).toBeCloseTo(1, 6);
      return out.prob[at];
    });
    expect(sure[0]).toBeGreaterThan(0.5);
    expect(sure[1]).toBeGreaterThan(sure[0]);
    expect(sure[2]).toBeGreaterThan(sure[1]);
  });

  it('gives parents the daughters that lie as they do, each by itself', () => {
    const { scene, model } = sceneOf(division);
    const out = outcomeOf(6, [
      [0, 3],
      [0, 4],
      [1, 2],
      [1, 5],
    ]);
    out.divides.set([0.6, 0.6]);
    out.alternatives = { source: [0], targetA: [4], targetB: [2], prob: [0.3] };
    sortTwins(scene, model, out);
    expect(pairsOf(out)).toEqual(['0>2', '0>4', '1>3', '1>5']);
    const others = out.alternatives.source.flatMap((u, i) =>
      u === 0 ? [[out.alternatives.targetA[i], out.alternatives.targetB[i]].sort().join(' ')] : [],
    );
    expect(others.sort()).toEqual(['2 5', '3 4', '3 5']);
    const all = out.alternatives.prob.filter((_, i) => out.alternatives.source[i] === 0);
    expect(all.reduce((sum, p) => sum + p, out.divides[0])).toBeCloseTo(0.9, 6);
  });

  it('leaves what lies apart, what only one of two does, and what is demanded', () => {
    const same = (rows: Row[], pairs: [number, number][], constraints?: Constraints): void => {
      const { scene, model } = sceneOf(rows, constraints);
      const out = outcomeOf(rows.length, pairs);
      sortTwins(scene, model, out);
      expect(pairsOf(out)).toEqual(pairsOf(outcomeOf(rows.length, pairs)));
      expect(out.prob.every((p) => p <= 0.6)).toBe(true);
    };
    same(twins(8, 2.5), linked(8, [3]));
    same(division, [
      [0, 3],
      [0, 4],
      [1, 2],
    ]);
    same(twins(8), linked(8, [3]), { mustLink: [[6, 9]] });
    same(twins(8), linked(8, [3]), { cannotLink: [[7, 9]] });
  });
});
