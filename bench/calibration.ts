import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { line, scaleLinear, scaleSqrt } from 'd3';
import { type LinkOptions, type LinkResult, linkDetections } from '../src/link/index.ts';
import type { Links } from '../src/link/types.ts';
import type { Detections } from '../src/segment/types.ts';
import { byChance, fitMaps, heldOut, judge, type Lesson, learn } from './calibrationFit.ts';
import { calibration, pointSets, probabilities, readPoints } from './link.ts';
import { simulateCloud } from './linkScale.ts';
import { perturb } from './perturb.ts';

type Rows = [prob: number, right: boolean][];
const KINDS = ['links', 'divisions', 'appearances', 'disappearances'] as const;
type Probs = Record<(typeof KINDS)[number], Rows>;

/** Faults with `noisy`: what a decent detector does. */
const FAULTS = { missed: 0.05, added: 0.03, merged: 0.02, split: 0.01, jitter: 0.05 };
const SEED = 11;

/** Probabilities of everything that a solution holds, and whether the truth holds it. The movie's ends are no question. */
export function judged({ count, t }: Detections, truth: Links, found: LinkResult): Probs {
  const marks = (links: Links, side: 'source' | 'target'): Uint8Array => {
    const out = new Uint8Array(count);
    for (const row of links[side]) out[row] = 1;
    return out;
  };
  const out: Probs = { ...probabilities(count, truth, found), appearances: [], disappearances: [] };
  const { certainty, links } = found;
  if (certainty === null || count === 0) return out;
  const [before, after] = [marks(links, 'target'), marks(links, 'source')];
  const [trulyBefore, trulyAfter] = [marks(truth, 'target'), marks(truth, 'source')];
  const known = (p: number): boolean => !Number.isNaN(p);
  for (let i = 0; i < count; i++) {
    const { begins, ends } = certainty;
    if (t[i] > t[0] && before[i] === 0 && known(begins[i]))
      out.appearances.push([begins[i], trulyBefore[i] === 0]);
    if (t[i] < t[count - 1] && after[i] === 0 && known(ends[i]))
      out.disappearances.push([ends[i], trulyAfter[i] === 0]);
  }
  return out;
}

const SIZE = 260;
const MARGIN = 44;

/** One panel: said against right, a dot a bin whose area grows with its count, the diagonal is perfect. */
function panel(name: string, rows: Rows, left: number): string {
  const x = scaleLinear([0, 1], [left + MARGIN, left + SIZE - 10]);
  const y = scaleLinear([0, 1], [SIZE - MARGIN, 30]);
  const { error, bins } = calibration(rows);
  const seen = bins.filter(({ n }) => n > 0);
  const radius = scaleSqrt([0, Math.max(1, ...seen.map(({ n }) => n))], [2, 12]);
  const path = line<{ prob: number; right: number }>(
    ({ prob }) => x(prob),
    ({ right }) => y(right),
  )(seen);
  const text = (at: [number, number], words: string, more = ''): string =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" ${more}>${words}</text>`;
  const ticks = [0, 0.5, 1].map(
    (v) =>
      text([x(v), y(0) + 16], String(v), 'text-anchor="middle"') +
      text([x(0) - 6, y(v) + 4], String(v), 'text-anchor="end"'),
  );
  return [
    text([x(0), 18], `${name}: ${rows.length}, ECE ${error.toFixed(4)}`, 'font-weight="bold"'),
    `<rect x="${x(0)}" y="${y(1)}" width="${x(1) - x(0)}" height="${y(0) - y(1)}" fill="none" stroke="#999"/>`,
    `<path d="M${x(0)},${y(0)}L${x(1)},${y(1)}" stroke="#999" stroke-dasharray="4 3"/>`,
    `<path d="${path ?? ''}" fill="none" stroke="#1f6f8b" stroke-width="1.5"/>`,
    ...seen.map(
      ({ n, prob, right }) =>
        `<circle cx="${x(prob).toFixed(1)}" cy="${y(right).toFixed(1)}" r="${radius(n).toFixed(1)}" fill="#1f6f8b" fill-opacity="0.5"/>`,
    ),
    ...ticks,
    text([(x(0) + x(1)) / 2, SIZE - 8], 'said', 'text-anchor="middle"'),
  ].join('\n');
}

/** The reliability plot: a panel for each kind of decision. */
export function reliabilityPlot(probs: Probs): string {
  const width = SIZE * KINDS.length;
  const panels = KINDS.map((kind, k) => panel(kind, probs[kind], k * SIZE));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${SIZE}" width="${width}" height="${SIZE}" font-family="sans-serif" font-size="11">`,
    `<rect width="${width}" height="${SIZE}" fill="#fff"/>`,
    ...panels,
    '</svg>\n',
  ].join('\n');
}

const OPTIONS: LinkOptions = {
  linker: 'global',
  maxDistance: Number.NaN,
  maxFrameInterval: 2,
  divisions: true,
};

/** Sets that are also linked with faults for the maps, how strong the faults are, and their seeds. */
const FAULTY_SETS = ['epidermis-1', 'cell-migration-every-4', 'ascidian-pm05', 'celegans-b'];
const STRENGTHS = [
  { faults: 0, words: 'as given', seed: 0 },
  { faults: 1, words: 'with faults', seed: SEED },
  { faults: 0.4, words: 'faults 0.4 times as strong', seed: SEED + 1 },
];

/** Rows of all lessons of one strength, by what is asked of each. */
function pooled(lessons: readonly Lesson[], rows: (lesson: Lesson, kind: keyof Probs) => Rows): Probs {
  const all: Probs = { links: [], divisions: [], appearances: [], disappearances: [] };
  for (const lesson of lessons)
    for (const kind of KINDS) for (const row of rows(lesson, kind)) all[kind].push(row);
  return all;
}

const MAPPED = { divisions: 'divides', appearances: 'begins', disappearances: 'ends' } as const;

/**
 * Fits the maps of divisions, appearances and disappearances to all sets and to four of them with faults, prints them as
 * `fitted.ts` holds them, and the expected calibration errors by the maps that morula has and by maps that never saw the
 * set's family. Links have no map.
 */
async function runHeldOut(names: readonly string[], out: string): Promise<void> {
  const lessons: Lesson[] = [];
  for (const { faults, words, seed } of STRENGTHS) {
    for (const { name, path } of pointSets()) {
      if (names.length > 0 && !names.includes(name)) continue;
      if (faults > 0 && !FAULTY_SETS.includes(name)) continue;
      const given = readPoints(path);
      const shares = Object.fromEntries(
        Object.entries(FAULTS).map(([what, share]) => [what, faults * share]),
      );
      const movie =
        faults > 0 ? perturb(given.detections, given.links, shares as typeof FAULTS, seed) : given;
      lessons.push(await learn(name, faults, movie, OPTIONS));
      console.error(`${name}, ${words}`);
    }
  }
  const maps = heldOut(lessons);
  const here = (lesson: Lesson, kind: keyof Probs): Rows =>
    kind === 'links' ? lesson.links : judge(lesson, MAPPED[kind]);
  const held = (lesson: Lesson, kind: keyof Probs): Rows =>
    kind === 'links' ? lesson.links : judge(lesson, MAPPED[kind], maps.get(lesson));
  console.log(
    '| sets | what | decisions | as morula says | family held out | by chance |\n|---|---|---|---|---|---|',
  );
  for (const { faults, words } of STRENGTHS) {
    const some = lessons.filter((lesson) => lesson.faults === faults);
    if (some.length === 0) continue;
    const [now, then] = [pooled(some, here), pooled(some, held)];
    for (const kind of KINDS) {
      const errors = [now, then].map((probs) => calibration(probs[kind]).error.toFixed(4));
      console.log(
        `| ${[words, kind, now[kind].length, ...errors, byChance(then[kind]).toFixed(4)].join(' | ')} |`,
      );
    }
  }
  console.log(
    `\nfitted to all: ${JSON.stringify(fitMaps(lessons), (_, v) => (typeof v === 'number' ? Number(v.toFixed(3)) : v))}`,
  );
  const clean = lessons.filter((lesson) => lesson.faults === 0);
  writePlot(out, pooled(clean, held));
}

function writePlot(out: string, probs: Probs): void {
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, reliabilityPlot(probs));
  console.log(`plot: ${out}`);
}

/**
 * Expected calibration error of every kind of decision, set by set and of all together, and the reliability plot as
 * SVG. `args`: names of point sets (default all; a simulated cloud where the data are absent), `noisy` for detections
 * with faults, `--held-out` to fit the maps anew and judge them on families that they never saw, `--out <file>` (default:
 * in the system's folder for temporary files).
 */
export async function run(args: readonly string[]): Promise<void> {
  const at = args.indexOf('--out');
  const out = at >= 0 ? resolve(args[at + 1]) : join(tmpdir(), 'morula-reliability.svg');
  const words = ['noisy', '--held-out'];
  const names = args.filter((arg, k) => !words.includes(arg) && !(at >= 0 && (k === at || k === at + 1)));
  if (args.includes('--held-out') && pointSets().length > 0) return runHeldOut(names, out);
  const sets = pointSets().filter(({ name }) => names.length === 0 || names.includes(name));
  const inputs =
    sets.length > 0
      ? sets.map(({ name, path }) => ({ name, load: () => readPoints(path) }))
      : [{ name: 'simulated cloud', load: () => simulateCloud(20, 1) }];
  console.log(`| set | ${KINDS.map((kind) => `${kind} | ECE`).join(' | ')} |`);
  console.log(`|${'---|'.repeat(1 + 2 * KINDS.length)}`);
  const all: Probs = { links: [], divisions: [], appearances: [], disappearances: [] };
  const row = (name: string, probs: Probs): void => {
    const cells = KINDS.map((kind) => {
      return `${probs[kind].length} | ${probs[kind].length === 0 ? '' : calibration(probs[kind]).error.toFixed(4)}`;
    });
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  };
  for (const { name, load } of inputs) {
    const given = load();
    const { detections, links } = args.includes('noisy')
      ? perturb(given.detections, given.links, FAULTS, SEED)
      : given;
    const probs = judged(detections, links, await linkDetections(detections, OPTIONS));
    row(name, probs);
    for (const kind of KINDS) for (const one of probs[kind]) all[kind].push(one);
  }
  row('all', all);
  writePlot(out, all);
}
