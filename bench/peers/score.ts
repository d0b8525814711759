import { join } from 'node:path';
import type { Scores } from '../../src/score/index.ts';
import { type Context, interpreter, jsonOf, morula, script, wanted } from './context.ts';
import { damagedMasks, damagedPoints, type Sides } from './damaged.ts';
import { type Measured, measure } from './measure.ts';
import { type Cell, rounded, type Section } from './table.ts';

/** traccuracy scores no divisions where an object covers two: its copies have none such. */
const SETS = [
  { name: 'cell-migration/every-1', copy: 'merges', program: 'ctcmetrics' },
  { name: 'cell-migration/every-1', copy: 'no merges', program: 'traccuracy' },
  { name: 'hela-01-silver', copy: 'merges', program: 'ctcmetrics' },
  { name: 'hela-01-silver', copy: 'no merges', program: 'traccuracy' },
  { name: 'points/c2c12-bmp2.csv', copy: 'points', program: 'traccuracy' },
] as const;

/** Values are equal when they differ by no more than this: 6 digits. */
const TOLERANCE = 5e-7;

/** `morula score` against py-ctcmetrics and traccuracy: the same values, and how much sooner. */
export async function scorePart(context: Context, report: (section: Section) => void): Promise<void> {
  const section: Section = { part: 'score', title: 'Scoring', notes: [...NOTES], rows: [] };
  const python = interpreter(context, 'tracking');
  for (const [i, { name, copy, program }] of SETS.entries()) {
    const path = join(context.data, name);
    if (!wanted(context, name, path)) continue;
    const folder = join(context.work, `score-${i}`);
    const sides =
      copy === 'points'
        ? damagedPoints(path, folder, 1)
        : await damagedMasks(path, folder, copy === 'merges');
    const args = ['score', sides.result, '--truth', sides.truth, '--json', '--quiet'];
    const ours = await morula(context, args);
    const scores = jsonOf<Scores>(ours);
    section.rows.push({ set: name, copy, program: 'morula', ...figures(ours), ...NOTHING });
    if (python !== null) {
      console.log(`peers: scoring ${name}: ${program}`);
      const theirs = await measure(python, command(program, sides, scores), context.limits);
      section.rows.push({ set: name, copy, ...row(name, program, ours, theirs, scores, section.notes) });
    }
    report(section);
  }
}

const NOTES = [
  'Each set against a damaged copy of itself: masks with a fifth of the tracks cut in two, every twentieth gone, every thirtieth exchanged with another from a frame on, false objects and, where the table says so, merged objects; points with 2 % of the rows and 3 % of the links gone and all moved. py-ctcmetrics reads masks only. Equal means: differs by less than 5e-7. Whole processes; times as fast by processor time.',
  'EC, and with it AOGM, LNK and TRA, differ from traccuracy where a track goes on in one child only: the challenge and py-ctcmetrics compare the kinds of link (within a track, or from parent to child), traccuracy whether the link belongs to a division.',
];

const NOTHING = { measures: null, equal: null, 'times as fast': null, remark: '' };

function command(program: string, { truth, result }: Sides, scores: Scores): string[] {
  const distance = scores.match_distance === null ? [] : [String(scores.match_distance)];
  return [script('score.py'), program, truth, result, ...distance];
}

function figures({ seconds, cpuSeconds, peakMb }: Measured): Record<string, Cell> {
  return {
    seconds: rounded(seconds, 1),
    'CPU s': rounded(cpuSeconds, 1),
    'peak MB': rounded(peakMb, 0),
  };
}

function row(
  set: string,
  program: string,
  ours: Measured,
  theirs: Measured,
  scores: Scores,
  notes: string[],
): Record<string, Cell> {
  const title = program === 'ctcmetrics' ? 'py-ctcmetrics' : program;
  const base = { set, program: title, ...figures(theirs) };
  if (theirs.ended !== 'done')
    return { ...base, ...NOTHING, remark: `${theirs.ended}: ${theirs.complaint.slice(0, 120)}` };
  const values = Object.entries(JSON.parse(theirs.stdout.trim().split('\n').at(-1)!) as object);
  const different = values.filter(([name, value]) => !same(at(scores, name), value));
  for (const [name, value] of different)
    notes.push(`${set}: ${name}: morula ${at(scores, name)}, ${title} ${value}`);
  return {
    ...base,
    measures: values.length,
    equal: values.length - different.length,
    'times as fast': rounded(theirs.cpuSeconds / ours.cpuSeconds, 1),
    remark: '',
  };
}

/** Both undefined, or equal to 6 digits. */
function same(a: number | null, b: number | null): boolean {
  return a === null || b === null ? a === b : Math.abs(a - b) <= TOLERANCE;
}

/** The number at a dotted path, `divisions.f1.0`. */
function at(scores: Scores, name: string): number | null {
  let value: unknown = scores;
  for (const key of name.split('.')) value = (value as Record<string, unknown>)[key];
  return value as number | null;
}
