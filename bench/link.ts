import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { takeRows } from '../src/array/index.ts';
import { readPoints as importPoints } from '../src/exchange/index.ts';
import { buildLineage, findDivisions, type Lineage } from '../src/lineage/index.ts';
import { type LinkOptions, type LinkResult, linkDetections } from '../src/link/index.ts';
import type { Links } from '../src/link/types.ts';
import { fromLinks, type ScoreInput, scoreTracks } from '../src/score/index.ts';
import type { Detections } from '../src/segment/types.ts';

/** Detections and true links of a points CSV (`id,t,x,y,z,radius,parent`); radii that are all equal are nominal. */
export function readPoints(path: string): { detections: Detections; links: Links } {
  const rows = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number));
  rows.sort((a, b) => a[1] - b[1] || a[0] - b[0]);
  const rowOf = new Map(rows.map((row, i) => [row[0], i]));
  const count = rows.length;
  const column = (k: number): Float64Array => Float64Array.from(rows, (row) => row[k]);
  const t = Int32Array.from(rows, (row) => row[1]);
  const z = column(4);
  const ndim = z.some((v) => v !== 0) ? 3 : 2;
  const nominal = rows.every((row) => row[5] === rows[0][5]);
  const radius = nominal ? new Float64Array(count).fill(Number.NaN) : column(5);
  const detections: Detections = {
    count,
    ndim,
    t,
    label: Uint32Array.from(rows, (_, i) => i).fill(0),
    z,
    y: column(3),
    x: column(2),
    size: radius.map((r) => (ndim === 2 ? Math.PI * r * r : (4 / 3) * Math.PI * r ** 3)),
    radius,
    prob: new Float32Array(count).fill(Number.NaN),
    border: new Uint8Array(count),
    intensity: new Float32Array(0),
    nChannels: 0,
  };
  const links = usableLinks(
    t,
    rows.map((row) => rowOf.get(row[6]) ?? -1),
  );
  return { detections, links };
}

/** Links that a lineage can have: forward in time, the first two daughters of a node (the sets hold a few others). */
function usableLinks(t: Int32Array, parent: readonly number[]): Links {
  const daughters = new Uint8Array(t.length);
  const target: number[] = [];
  for (let v = 0; v < t.length; v++) {
    const u = parent[v];
    if (u >= 0 && t[u] < t[v] && daughters[u]++ < 2) target.push(v);
  }
  const unknown = new Float32Array(target.length).fill(Number.NaN);
  const source = Int32Array.from(target, (v) => parent[v]);
  return { count: target.length, source, target: Int32Array.from(target), cost: unknown, prob: unknown };
}

/** F1 of divisions: parent and both daughters right, or with `tolerance` 1 the split found a frame early or late. */
function divisionF1(truth: Lineage, found: Lineage, tolerance: 0 | 1): number {
  const want = findDivisions(truth);
  const got = findDivisions(found);
  const at = new Map(Array.from(got.parent, (u, k) => [u, k]));
  const kids = (l: Lineage, u: number): number[] => [l.childA[u], l.childB[u]];
  const same = (a: number[], b: number[]): boolean => a.every((v) => b.includes(v));
  const right = (k: number): boolean => {
    const pair = kids(truth, want.parent[k]);
    const exact = at.get(want.parent[k]);
    if (exact !== undefined && same(kids(found, want.parent[k]), pair)) return true;
    if (tolerance === 0) return false;
    const late = pair.some((d) => {
      if (!at.has(d)) return false;
      const next = kids(found, d).map((v) => truth.parent[v]);
      return next[0] !== next[1] && same(next, pair);
    });
    const before = truth.parent[want.parent[k]];
    if (late || before < 0 || !at.has(before)) return late;
    return same(
      kids(found, before).map((v) => found.childA[v]),
      pair,
    );
  };
  let tp = 0;
  for (let k = 0; k < want.count; k++) if (right(k)) tp++;
  return (2 * tp) / Math.max(1, want.count + got.count);
}

/** Kind of every link by its target, as LNK has it: 0 = none, 1 = goes on in the next frame, 2 = to a daughter or over a gap. */
function linkKinds({ count, t }: Detections, links: Links): Uint8Array {
  const daughters = new Uint8Array(count);
  for (const source of links.source) daughters[source]++;
  const kinds = new Uint8Array(count);
  for (const [k, target] of links.target.entries()) {
    const source = links.source[k];
    kinds[target] = daughters[source] > 1 || t[target] - t[source] > 1 ? 2 : 1;
  }
  return kinds;
}

/**
 * Edge recall and precision, LNK as `morula score` has it (links of the wrong kind counted), and division F1, whose
 * tolerance is plainer than that of `score`. For detections that are the truth's own, row by row.
 */
export function scoreLinks(
  detections: Detections,
  truth: Links,
  found: Links,
): Record<'recall' | 'precision' | 'lnk' | 'division0' | 'division1', number> {
  const key = (links: Links, k: number): number => links.source[k] * detections.count + links.target[k];
  const wanted = new Set(Array.from({ length: truth.count }, (_, k) => key(truth, k)));
  const [kinds, foundKinds] = [linkKinds(detections, truth), linkKinds(detections, found)];
  let [tp, wrongKind] = [0, 0];
  for (let k = 0; k < found.count; k++) {
    if (!wanted.has(key(found, k))) continue;
    tp++;
    if (kinds[found.target[k]] !== foundKinds[found.target[k]]) wrongKind++;
  }
  const missed = truth.count - tp;
  const extra = found.count - tp;
  const a = buildLineage(detections, truth);
  const b = buildLineage(detections, found);
  return {
    recall: tp / truth.count,
    precision: tp / found.count,
    lnk: 1 - Math.min(1.5 * missed + extra + wrongKind, 1.5 * truth.count) / (1.5 * truth.count),
    division0: divisionF1(a, b, 0),
    division1: divisionF1(a, b, 1),
  };
}

/** Expected calibration error over ten bins of probability, and the bins: count, mean probability, share right. */
export function calibration(rows: readonly (readonly [prob: number, right: boolean])[]): {
  error: number;
  bins: { n: number; prob: number; right: number }[];
} {
  const bins = Array.from({ length: 10 }, () => ({ n: 0, prob: 0, right: 0 }));
  for (const [prob, right] of rows) {
    const bin = bins[Math.min(9, Math.floor(prob * 10))];
    bin.n++;
    bin.prob += prob;
    bin.right += right ? 1 : 0;
  }
  const error = bins.reduce((sum, { prob, right }) => sum + Math.abs(prob - right), 0);
  return {
    error: error / Math.max(1, rows.length),
    bins: bins.map(({ n, prob, right }) => ({ n, prob: prob / n, right: right / n })),
  };
}

/** Probabilities of the links and of the divisions found, and whether they are right. */
export function probabilities(
  count: number,
  truth: Links,
  { links, certainty }: LinkResult,
): { links: [number, boolean][]; divisions: [number, boolean][] } {
  const key = (l: Links, k: number): number => l.source[k] * count + l.target[k];
  const wanted = new Set(Array.from({ length: truth.count }, (_, k) => key(truth, k)));
  const wrong = new Set<number>();
  const daughters = new Map<number, number>();
  const out: ReturnType<typeof probabilities> = { links: [], divisions: [] };
  for (let k = 0; k < links.count; k++) {
    const right = wanted.has(key(links, k));
    if (!right) wrong.add(links.source[k]);
    daughters.set(links.source[k], (daughters.get(links.source[k]) ?? 0) + 1);
    if (!Number.isNaN(links.prob[k])) out.links.push([links.prob[k], right]);
  }
  for (const [u, n] of daughters) {
    const prob = certainty?.divides[u] ?? Number.NaN;
    if (n === 2 && !Number.isNaN(prob)) out.divisions.push([prob, !wrong.has(u)]);
  }
  return out;
}

/** Reliability of pooled probabilities as a table. */
function printReliability(name: string, rows: readonly [number, boolean][]): void {
  const { error, bins } = calibration(rows);
  console.log(`\n${name}: ${rows.length}, expected calibration error ${error.toFixed(4)}`);
  for (const [k, { n, prob, right }] of bins.entries()) {
    if (n === 0) continue;
    const bar = '#'.repeat(Math.round(40 * right));
    console.log(
      `${(k / 10).toFixed(1)}  ${String(n).padStart(7)}  said ${prob.toFixed(3)}  right ${right.toFixed(3)}  ${bar}`,
    );
  }
}

/** Names and paths of the point sets, none where the data are absent. */
export function pointSets(): { name: string; path: string }[] {
  const folder = join(process.env.MORULA_DATA ?? resolve('../shared/data'), 'points');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.csv'))
    .sort()
    .map((file) => ({ name: file.slice(0, -4), path: join(folder, file) }));
}

/** The first `frames` frames of a movie: rows are sorted by frame. */
export function keepFrames<D extends { count: number; t: Int32Array }>(
  { detections, links }: { detections: D; links: Links },
  frames: number,
): { detections: D; links: Links } {
  const rows = Int32Array.from(detections.t.keys()).filter((row) => detections.t[row] < frames);
  const kept = Int32Array.from(links.target.keys()).filter((k) => detections.t[links.target[k]] < frames);
  return { detections: takeRows(detections, rows), links: takeRows(links, kept) };
}

/** How long a part of a set of `nFrames` frames is linked: each of `asked` that is shorter, or the whole where none is asked. */
function lengths(asked: readonly number[], nFrames: number): number[] {
  return asked.length === 0 ? [nFrames] : asked.filter((n) => n < nFrames);
}

/**
 * Links every point set with the defaults (`args`: names to keep, `lap` for that linker, `--frames 12,40` for the first
 * frames of each alone) and prints quality and time. Points are read and scored by what `morula import` and `morula score` use.
 */
export async function run(given: readonly string[]): Promise<void> {
  const at = given.indexOf('--frames');
  const asked = at < 0 ? [] : given[at + 1].split(',').map(Number);
  const args = given.filter((_, k) => at < 0 || (k !== at && k !== at + 1));
  const names = args.filter((arg) => arg !== 'lap');
  const sets = pointSets().filter(({ name }) => names.length === 0 || names.includes(name));
  if (sets.length === 0) {
    console.log('bench link: no point sets found (../shared/data/points, or MORULA_DATA); nothing to do');
    return;
  }
  const head = [
    'set',
    'frames',
    'nodes',
    'radius',
    'CPU s',
    'ED',
    'EA',
    'EC',
    'LNK',
    'div F1 (0)',
    'div F1 (1)',
    'CHOTA',
    'gap',
    'ECE links',
    'ECE divisions',
  ];
  console.log(`| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|`);
  const options: LinkOptions = {
    linker: args.includes('lap') ? 'lap' : 'global',
    maxDistance: Number.NaN,
    maxFrameInterval: 2,
    divisions: true,
  };
  const all: ReturnType<typeof probabilities> = { links: [], divisions: [] };
  for (const { name, path } of sets) {
    const whole = await importPoints(path);
    for (const nFrames of lengths(asked, whole.nFrames)) {
      const { detections, links } = keepFrames(whole, nFrames);
      const begin = process.cpuUsage();
      const result = await linkDetections(detections, options);
      const { user, system } = process.cpuUsage(begin);
      const side = (l: Links): ScoreInput => fromLinks(detections, l, undefined, { nFrames });
      const s = await scoreTracks(side(links), side(result.links));
      const { ED, EA, EC } = s.counts;
      const measures = [s.LNK, s.divisions.f1[0], s.divisions.f1[1], s.CHOTA];
      const figures = [ED, EA, EC, ...measures.map((v) => v?.toFixed(4) ?? '')];
      const radius = result.maxDistance.toFixed(2);
      const gap = result.solve === null ? '' : (result.solve.cost - result.solve.bound).toFixed(3);
      const probs = probabilities(detections.count, links, result);
      for (const row of probs.links) all.links.push(row);
      for (const row of probs.divisions) all.divisions.push(row);
      const errors = [probs.links, probs.divisions].map((rows) =>
        rows.length === 0 ? '' : calibration(rows).error.toFixed(4),
      );
      const cpu = ((user + system) / 1e6).toFixed(1);
      console.log(
        `| ${[name, nFrames, detections.count, radius, cpu, ...figures, gap, ...errors].join(' | ')} |`,
      );
    }
  }
  if (all.links.length > 0) printReliability('links', all.links);
  if (all.divisions.length > 0) printReliability('divisions', all.divisions);
}
