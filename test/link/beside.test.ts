import { describe, expect, it } from 'vitest';
import { joinBeside } from '../../src/link/global/beside.ts';
import type { Scene } from '../../src/link/global/fit.ts';
import { emptyOutcome, type Outcome } from '../../src/link/global/outcome.ts';
import { frameOffsets } from '../../src/link/grid.ts';
import { makeDetections, type Row } from '../cases/index.ts';

/** Rows that do not move, spacing 1, nothing linked. */
function sceneOf(rows: readonly Row[], reach = 5): { scene: Scene; out: Outcome } {
  const detections = makeDetections(rows);
  const { z, y, x } = detections;
  const offsets = frameOffsets(detections);
  const frames = offsets.length - 1;
  const scene = {
    detections,
    offsets,
    motion: { frames: [], z, y, x },
    around: { scale: new Float64Array(frames).fill(1) },
    reach: { radius: new Float64Array(frames).fill(reach) },
    constraints: null,
  } as unknown as Scene;
  const out = emptyOutcome(detections.count);
  out.ends.fill(0.8);
  out.begins.fill(0.8);
  return { scene, out };
}

/** An end and a beginning half a spacing from it, another beginning a little further off, one far away. */
const rows: Row[] = [
  { t: 0, y: 0, x: 0 },
  { t: 1, y: 0.5, x: 0 },
  { t: 1, y: 0, x: 0.6 },
  { t: 1, y: 9, x: 0 },
];

describe('joinBeside', () => {
  it('links an end to the nearest beginning beside it, and keeps that they are two as an alternative', () => {
    const { scene, out } = sceneOf(rows);
    out.alternatives = { source: [0, -1], targetA: [1, 1], targetB: [-1, -1], prob: [0.2, 0.8] };
    joinBeside(scene, { stray: 0 }, out);
    expect([out.source, out.target]).toEqual([[0], [1]]);
    expect(out.cost).toEqual([Number.NaN]);
    expect(out.prob[0]).toBeCloseTo(0.9, 6);
    expect(out.ends[0]).toBeCloseTo(0.1, 6);
    expect(out.begins[1]).toBeCloseTo(0.1, 6);
    expect(out.alternatives.targetA).toEqual([-1, 1]);
    expect(out.alternatives.prob.map((p) => p.toFixed(3))).toEqual(['0.100', '0.100']);
  });

  it('leaves what is out of reach, and what is linked', () => {
    const near = sceneOf(rows, 0.4);
    joinBeside(near.scene, { stray: 0 }, near.out);
    expect(near.out.source).toEqual([]);
    const { scene, out } = sceneOf([...rows, { t: 2, y: 0, x: 0 }]);
    for (const [u, v] of [
      [0, 3],
      [1, 4],
    ]) {
      out.source.push(u);
      out.target.push(v);
    }
    joinBeside(scene, { stray: 0 }, out);
    expect(out.source).toEqual([0, 1]);
    expect(out.target).toEqual([3, 4]);
  });

  it('leaves single detections alone where a movie shows detections astray', () => {
    // A track of two, then a single detection beside its end; the first frame says nothing about how long tracks are.
    const { scene, out } = sceneOf([
      { t: 0, y: 0, x: 0 },
      { t: 1, y: 0, x: 0 },
      { t: 2, y: 0.5, x: 0 },
      { t: 3, y: 9, x: 0 },
    ]);
    out.source.push(0);
    out.target.push(1);
    joinBeside(scene, { stray: 0.02 }, out);
    expect(out.source).toEqual([0]);
    joinBeside(scene, { stray: 0 }, out);
    expect([out.source, out.target]).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  it('keeps to what a person knows', () => {
    const { scene, out } = sceneOf(rows);
    const none = new Set<number>();
    const constraints = {
      targets: new Map(),
      late: new Set<string>(),
      source: new Map(),
      cannot: new Set<string>(),
      mustDivide: none,
      cannotDivide: none,
      forbidden: none,
      frozenOut: new Set([0]),
      frozenIn: none,
    };
    joinBeside({ ...scene, constraints }, { stray: 0 }, out);
    expect(out.source).toEqual([]);
  });
});
