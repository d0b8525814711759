import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scores } from '../../src/score/index.ts';
import { type Context, interpreter, jsonOf, morula, script, wanted } from './context.ts';
import { type Measured, measure } from './measure.ts';
import { type Cell, rounded, type Section } from './table.ts';

/** A set of masks with true tracks, and how far ultrack may look, in pixels: the longest true step. */
const SET = { name: 'cell-migration/every-1', folder: '02_GT/TRA', reach: 20 };

const NOTES = [
  'Linking of given masks, for ultrack, which takes no points: every object is one hypothesis of it, with its default settings but for sizes (0.3 of the median to twice the largest), the reach (20 px, the longest true step) and the solver (CBC). morula: `import --detections-only` and `link`, defaults. Whole processes.',
];

/** Given masks, linked by morula and by ultrack; all tracks scored by `morula score`, by masks. */
export async function masksPart(context: Context, report: (section: Section) => void): Promise<void> {
  const section: Section = { part: 'masks', title: 'Linking given masks', notes: NOTES, rows: [] };
  const source = join(context.data, SET.name, SET.folder);
  if (!wanted(context, SET.name, source)) return;
  const { frames } = context;
  const truth = join(context.work, 'masks', '01_GT');
  const masks = firstMasks(source, join(truth, 'TRA'), frames ?? Number.POSITIVE_INFINITY);
  const set = frames === null ? SET.name : `${SET.name}, ${frames} frames`;
  const result = join(context.work, 'masks.morula');
  const read = await morula(context, ['import', truth, '-o', result, '--detections-only', '--quiet']);
  const link = await morula(context, ['link', result, '--quiet']);
  const both = {
    ...link,
    cpuSeconds: read.cpuSeconds + link.cpuSeconds,
    peakMb: Math.max(read.peakMb, link.peakMb),
  };
  section.rows.push(await row(context, set, 'morula', both, result, truth));
  report(section);
  const python = interpreter(context, 'ultrack');
  if (python === null) return;
  const out = join(context.work, '01_RES');
  const args = [script('ultrack.py'), masks, out, String(SET.reach)];
  section.rows.push(
    await row(context, set, 'ultrack', await measure(python, args, context.limits), out, truth),
  );
  report(section);
}

/** Copies the first frames of a challenge's truth, masks and track file; gives the folder. */
function firstMasks(source: string, target: string, frames: number): string {
  mkdirSync(target, { recursive: true });
  const files = readdirSync(source).filter((name) => name.endsWith('.tif'));
  for (const name of files.sort().slice(0, frames)) copyFileSync(join(source, name), join(target, name));
  const tracks = readFileSync(join(source, 'man_track.txt'), 'utf8').trim().split('\n');
  const kept = tracks
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, begin = 0]) => begin < frames)
    .map(([id, begin, end = 0, parent]) => `${id} ${begin} ${Math.min(end, frames - 1)} ${parent}\n`);
  writeFileSync(join(target, 'man_track.txt'), kept.join(''));
  return target;
}

async function row(
  context: Context,
  set: string,
  program: string,
  run: Measured,
  tracks: string,
  truth: string,
): Promise<Record<string, Cell>> {
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
    remark: run.ended === 'done' ? '' : `${run.ended}: ${run.complaint.slice(0, 120)}`,
  };
}
