import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scores } from '../../src/score/index.ts';
import { type Context, interpreter, jsonOf, morula, script, wanted } from './context.ts';
import { type Measured, measure } from './measure.ts';
import { asked, endedWords, type Row, withEarlier } from './rows.ts';
import { rounded, type Section } from './table.ts';

/** Sets of masks with true tracks, and how far ultrack may look, in pixels: the longest true step. */
const SETS = [
  { name: 'cell-migration/every-1', reach: 20 },
  { name: 'epidermis-1', reach: 31 },
] as const;

const FOLDER = '02_GT/TRA';

const NOTES = [
  'Linking of given masks, for ultrack, which takes no points: every object is one hypothesis of it, with its default settings but for sizes (0.3 of the median to twice the largest), the reach (the longest true step: 20 and 31 px) and the solver (CBC). morula: `import --detections-only` and `link`, defaults. Whole processes.',
];

/** Given masks, linked by morula and by ultrack; all tracks scored by `morula score`, by masks. */
export async function masksPart(context: Context, report: (section: Section) => void): Promise<void> {
  const section: Section = { part: 'masks', title: 'Linking given masks', notes: NOTES, rows: [] };
  for (const { name, reach } of SETS) {
    const source = join(context.data, name, FOLDER);
    if (!wanted(context, name, source)) continue;
    const set = context.frames === null ? name : `${name}, ${context.frames} frames`;
    const truth = join(context.work, `masks-${name.replaceAll('/', '-')}`, '01_GT');
    firstMasks(source, join(truth, 'TRA'), context.frames ?? Number.POSITIVE_INFINITY);
    for (const link of [ours, theirs]) {
      const found = await link(context, set, truth, reach);
      if (found === null) continue;
      section.rows.push(found);
      report({ ...section, rows: withEarlier(context, section) });
    }
  }
}

async function ours(context: Context, set: string, truth: string): Promise<Row | null> {
  if (!asked(context, 'morula')) return null;
  const result = join(truth, '..', 'masks.morula');
  const read = await morula(context, ['import', truth, '-o', result, '--detections-only', '--quiet']);
  const link = await morula(context, ['link', result, '--quiet']);
  const both = {
    ...link,
    cpuSeconds: read.cpuSeconds + link.cpuSeconds,
    peakMb: Math.max(read.peakMb, link.peakMb),
  };
  return row(context, set, 'morula', both, result, truth);
}

async function theirs(context: Context, set: string, truth: string, reach: number): Promise<Row | null> {
  const python = interpreter(context, 'ultrack');
  if (python === null || !asked(context, 'ultrack')) return null;
  const out = join(truth, '..', '01_RES');
  const args = [script('ultrack.py'), join(truth, 'TRA'), out, String(reach)];
  return row(context, set, 'ultrack', await measure(python, args, context.limits), out, truth);
}

/** Copies the first frames of a challenge's truth, masks and track file; frames get three digits, so that names sort by time. */
function firstMasks(source: string, target: string, frames: number): void {
  mkdirSync(target, { recursive: true });
  const files = readdirSync(source).filter((name) => name.endsWith('.tif'));
  for (const name of files) {
    const frame = Number(/\d+/.exec(name)?.[0]);
    const padded = `man_track${String(frame).padStart(3, '0')}.tif`;
    if (frame < frames) copyFileSync(join(source, name), join(target, padded));
  }
  const tracks = readFileSync(join(source, 'man_track.txt'), 'utf8').trim().split('\n');
  const kept = tracks
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, begin = 0]) => begin < frames)
    .map(([id, begin, end = 0, parent]) => `${id} ${begin} ${Math.min(end, frames - 1)} ${parent}\n`);
  writeFileSync(join(target, 'man_track.txt'), kept.join(''));
}

async function row(
  context: Context,
  set: string,
  program: string,
  run: Measured,
  tracks: string,
  truth: string,
): Promise<Row> {
  const scores =
    run.ended === 'done'
      ? jsonOf<Scores>(await morula(context, ['score', tracks, '--truth', truth, '--json', '--quiet']))
      : null;
  return {
    set,
    program,
    DET: rounded(scores?.DET, 4),
    LNK: rounded(scores?.LNK, 4),
    'division F1 (1)': rounded(scores?.divisions.f1[1], 4),
    CHOTA: rounded(scores?.CHOTA, 4),
    'CPU s': rounded(run.cpuSeconds, 1),
    'peak MB': rounded(run.peakMb, 0),
    remark: endedWords(context, run),
  };
}
