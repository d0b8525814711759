import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromLinks, type Measure, type ScoreInput, scoreTracks } from '../../src/score/index.ts';
import { makeDetections, makeLinks } from '../cases/index.ts';
import { type GoldenSide, toInput, toPainting } from './canvas.ts';

/** What `golden/make.py` writes. */
interface GoldenCase {
  seed: number;
  truth: GoldenSide;
  result: GoldenSide;
  scores: Record<string, Measure | Measure[] | Record<string, number>>;
  divisions: Record<'precision' | 'recall' | 'f1', Measure[]> | null;
}
interface Golden {
  versions: Record<string, string>;
  size: number;
  nFrames: number;
  cases: GoldenCase[];
}

interface PointSide {
  nodes: [id: number, t: number, y: number, x: number, parent: number][];
}
interface PointCase {
  seed: number;
  distance: number;
  truth: PointSide;
  result: PointSide;
  scores: Record<string, unknown>;
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8'));
const golden = read('masks') as Golden;
const goldenPoints = read('points') as { cases: PointCase[] };

function toPoints({ nodes }: PointSide): ScoreInput {
  const detections = makeDetections(nodes.map(([, t, y, x]) => ({ t, y, x })));
  const rowOf = new Map(nodes.map(([id], row) => [id, row]));
  const pairs = nodes.flatMap(([, , , , parent], row): [number, number][] =>
    parent ? [[rowOf.get(parent) as number, row]] : [],
  );
  return fromLinks(detections, makeLinks(pairs));
}

/** Numbers rounded to 6 digits, so that `toEqual` compares to that. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Math.round(value * 1e6) / 1e6;
  if (Array.isArray(value)) return value.map(rounded);
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rounded(inner)]));
  return value;
}

describe('scoreTracks on randomly damaged lineages', () => {
  it.each(golden.cases)(
    'equals py-ctcmetrics and traccuracy to 6 digits, seed $seed',
    async ({ truth, result, scores, divisions }) => {
      const ours = await scoreTracks(toInput(toPainting(truth, golden)), toInput(toPainting(result, golden)));
      const named = Object.keys(scores).map((key) => [key, ours[key as keyof typeof ours]]);
      expect(rounded(Object.fromEntries(named))).toEqual(rounded(scores));
      // traccuracy refuses the comparison where a result object covers several true cells.
      if (divisions !== null) expect(rounded(ours.divisions)).toEqual(rounded(divisions));
    },
  );

  it.each(goldenPoints.cases)(
    'equals traccuracy by points, seed $seed',
    async ({ distance, truth, result, scores }) => {
      const ours = await scoreTracks(toPoints(truth), toPoints(result), { matchDistance: distance });
      const named = Object.keys(scores).map((key) => [key, ours[key as keyof typeof ours]]);
      expect(rounded(Object.fromEntries(named))).toEqual(rounded(scores));
    },
  );
});
