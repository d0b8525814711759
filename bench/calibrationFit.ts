import { MAPS } from '../src/link/global/certainty/fitted.ts';
import { divisionProb, loneProb, type Maps } from '../src/link/global/certainty/maps.ts';
import { observe } from '../src/link/global/certainty/traits.ts';
import { linkGlobal } from '../src/link/global/link.ts';
import { frameOffsets } from '../src/link/grid.ts';
import { findMaxDistance } from '../src/link/settings.ts';
import { measureSpacing } from '../src/link/spacing.ts';
import type { LinkOptions, Links } from '../src/link/types.ts';
import type { Detections } from '../src/segment/types.ts';

export const MAPPED = ['divides', 'begins', 'ends'] as const;
type Mapped = (typeof MAPPED)[number];
type Numbers = Record<string, number>;
/** A probability, and whether what it is of is right. */
export type Judged = [prob: number, right: boolean];

/** What the maps are told of the decisions of one movie, which of them the truth holds, and the links. */
export interface Lesson {
  name: string;
  family: string;
  /** Strength of the faults, 0 = none. */
  faults: number;
  seen: Record<Mapped, { traits: Numbers; right: boolean }[]>;
  links: Judged[];
}

/** Movies of one kind of cells are one family. */
export function familyOf(name: string): string {
  return /^(cell-migration|[a-z0-9]+)/.exec(name)?.[1] ?? name;
}

/** Links a movie and notes what its maps would be told. */
export async function learn(
  name: string,
  faults: number,
  { detections, links: truth }: { detections: Detections; links: Links },
  options: LinkOptions,
): Promise<Lesson> {
  const { count } = detections;
  const parent = new Int32Array(count).fill(-1);
  const followed = new Uint8Array(count);
  for (let k = 0; k < truth.count; k++) {
    parent[truth.target[k]] = truth.source[k];
    followed[truth.source[k]] = 1;
  }
  const seen: Lesson['seen'] = { divides: [], begins: [], ends: [] };
  const spacing = measureSpacing(detections, frameOffsets(detections));
  const longest = findMaxDistance(spacing);
  const { outcome } = await linkGlobal(
    detections,
    options,
    spacing,
    longest,
    undefined,
    undefined,
    (scene, out) => {
      const wrong = new Uint8Array(count);
      for (let k = 0; k < out.source.length; k++)
        if (parent[out.target[k]] !== out.source[k]) wrong[out.source[k]] = 1;
      const found = observe(scene, out);
      for (const traits of found.divides)
        seen.divides.push({ traits: { ...traits }, right: wrong[traits.row] === 0 });
      for (const traits of found.begins)
        seen.begins.push({ traits: { ...traits }, right: parent[traits.row] < 0 });
      for (const traits of found.ends)
        seen.ends.push({ traits: { ...traits }, right: followed[traits.row] === 0 });
    },
  );
  const links: Judged[] = [];
  for (let k = 0; k < outcome.source.length; k++) {
    const prob = outcome.prob[k];
    if (!Number.isNaN(prob)) links.push([prob, parent[outcome.target[k]] === outcome.source[k]]);
  }
  return { name, family: familyOf(name), faults, seen, links };
}

/** What one map is held near, and how far it may stray from that: as strongly as `1 / spread^2` decisions would. */
interface Prior {
  near: Numbers;
  spread: Numbers;
  prob: (map: Numbers, traits: Numbers) => number;
}

const lone = (usual: number, faults: number, power: number, beside: number): Prior => ({
  near: {
    usual: Math.log(usual),
    faults: Math.log(faults),
    power,
    single: 3.2,
    astray: -0.8,
    beside,
    own: 1,
  },
  spread: { usual: 0.35, faults: 0.35, power: 0.1, single: 0.5, astray: 0.35, beside: 0.35, own: 0.2 },
  prob: (map, traits) => loneProb(map as never, traits as never),
});
const PRIORS: Record<Mapped, Prior> = {
  divides: {
    near: { base: 0, odds: 1, faulty: 0, faultyOdds: 0, life: 0, before: 0, born: 0 },
    spread: { base: 1, odds: 1, faulty: 1, faultyOdds: 1, life: 1, before: 1, born: 1 },
    prob: (map, traits) => divisionProb(map as never, traits as never),
  },
  begins: lone(5.5e-4, 0.18, 0.6, -2.3),
  ends: lone(1e-4, 0.12, 0.53, -1.9),
};

/**
 * The least of a loss by steps along one number at a time and along what a round of them brought; steps are halved down to
 * a 64th.
 *
 * Source: R. Hooke, T. Jeeves 1961, Direct search solution of numerical and statistical problems, doi 10.1145/321062.321069.
 */
function descend(start: Numbers, steps: Numbers, loss: (at: Numbers) => number): Numbers {
  const names = Object.keys(start);
  let [at, least] = [start, loss(start)];
  const tried = (next: Numbers): boolean => {
    const value = loss(next);
    if (value >= least) return false;
    [at, least] = [next, value];
    return true;
  };
  for (let share = 0.5; share >= 1 / 64; ) {
    const before = at;
    let better = false;
    for (const name of names) {
      const step = share * steps[name];
      if (tried({ ...at, [name]: at[name] + step }) || tried({ ...at, [name]: at[name] - step }))
        better = true;
    }
    if (better) tried(Object.fromEntries(names.map((name) => [name, 2 * at[name] - before[name]])));
    else share /= 2;
  }
  return at;
}

/**
 * The likeliest map under the truths of some lessons; a movie of n decisions weighs as 5 n / sqrt(n + 20), so that one
 * crowded movie does not speak for all.
 */
function fitMap(kind: Mapped, lessons: readonly Lesson[]): Numbers {
  const { near, spread, prob } = PRIORS[kind];
  return descend(near, spread, (map) => {
    let loss = 0;
    for (const name of Object.keys(near)) loss += 0.5 * ((map[name] - near[name]) / spread[name]) ** 2;
    for (const { seen } of lessons) {
      const share = 5 / Math.sqrt(seen[kind].length + 20);
      for (const { traits, right } of seen[kind]) {
        const p = Math.min(0.997, Math.max(0.003, prob(map, traits)));
        loss -= share * Math.log(right ? p : 1 - p);
      }
    }
    return loss;
  });
}

/** All maps, fitted to these lessons. */
export function fitMaps(lessons: readonly Lesson[]): Maps {
  return Object.fromEntries(MAPPED.map((kind) => [kind, fitMap(kind, lessons)])) as unknown as Maps;
}

/** What maps say of a lesson's decisions; default: those that morula has. */
export function judge(lesson: Lesson, kind: Mapped, maps: Maps = MAPS): Judged[] {
  const { prob } = PRIORS[kind];
  return lesson.seen[kind].map(({ traits, right }) => [
    prob(maps[kind] as unknown as Numbers, traits),
    right,
  ]);
}

/** For each lesson the maps fitted to the lessons of all other families. */
export function heldOut(lessons: readonly Lesson[]): Map<Lesson, Maps> {
  const out = new Map<Lesson, Maps>();
  for (const family of new Set(lessons.map((lesson) => lesson.family))) {
    const maps = fitMaps(lessons.filter((lesson) => lesson.family !== family));
    for (const lesson of lessons) if (lesson.family === family) out.set(lesson, maps);
  }
  return out;
}

/**
 * The expected calibration error that so many decisions have by chance where every probability is exact: the mean
 * absolute deviation of the count in each of the ten bins, as if it were normal.
 */
export function byChance(rows: readonly Judged[]): number {
  const spread = new Float64Array(10);
  for (const [p] of rows) spread[Math.min(9, Math.floor(10 * p))] += p * (1 - p);
  const sum = spread.reduce((all, v) => all + Math.sqrt((2 / Math.PI) * v), 0);
  return sum / Math.max(1, rows.length);
}
