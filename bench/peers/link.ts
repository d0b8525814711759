import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scores } from '../../src/score/index.ts';
import { simulateCloud } from '../linkScale.ts';
import { type Context, interpreter, jsonOf, morula, script, wanted } from './context.ts';
import { type Measured, measure } from './measure.ts';
import { asked, endedWords, type Row, withEarlier } from './rows.ts';
import { rounded, type Section } from './table.ts';

const SETS = [
  'epidermis-1',
  'cell-migration-every-4',
  'celegans-b',
  'celegans-a',
  'cell-migration-every-1',
  'ascidian-pm02',
  'ascidian-pm03',
  'ascidian-pm04',
  'ascidian-pm05',
  'c2c12-bmp2',
];

interface Peer {
  program: string;
  environment: 'tracking' | 'btrack';
  words: string;
  /** Settings for `link.py`, or that they are tuned on the set's truth. */
  settings: Record<string, number> | 'tuned';
}

const PEERS: readonly Peer[] = [
  { program: 'laptrack', environment: 'tracking', words: 'documented', settings: {} },
  { program: 'laptrack', environment: 'tracking', words: 'tuned', settings: 'tuned' },
  { program: 'btrack', environment: 'btrack', words: 'cell config', settings: {} },
  { program: 'motile', environment: 'tracking', words: 'SCIP', settings: {} },
  { program: 'trackpy', environment: 'tracking', words: '1.2 spacings', settings: {} },
];

/** Given detections, linked by each program; all tracks scored by `morula score`. */
export async function linkPart(context: Context, report: (section: Section) => void): Promise<void> {
  const section: Section = { part: 'link', title: 'Linking given detections', notes: [], rows: [] };
  for (const name of SETS) {
    const path = join(context.data, 'points', `${name}.csv`);
    if (!wanted(context, name, path)) continue;
    const { frames } = context;
    if (frames === null) section.rows.push(...(await race(context, name, path, path)));
    else {
      const part = join(context.work, `${name}-${frames}.csv`);
      writeFileSync(part, firstFrames(readFileSync(path, 'utf8'), frames));
      section.rows.push(...(await race(context, `${name}, ${frames} frames`, part, part)));
    }
    const rows = withEarlier(context, section);
    report({ ...section, rows, notes: [...NOTES, ...losses(rows)] });
  }
}

/** How many detections the short form of a set should have. */
const FEW = 600;

/** The first frames of every set, so that programs that do not end on a whole one are on each of them too. */
export async function firstPart(context: Context, report: (section: Section) => void): Promise<void> {
  const section: Section = { part: 'first', title: 'Linking the first frames', notes: [], rows: [] };
  for (const name of SETS) {
    const path = join(context.data, 'points', `${name}.csv`);
    if (!wanted(context, name, path)) continue;
    const table = readFileSync(path, 'utf8');
    const frames = context.frames ?? framesFor(table, FEW);
    const part = join(context.work, `${name}-first.csv`);
    writeFileSync(part, firstFrames(table, frames));
    section.rows.push(...(await race(context, `${name}, ${frames} frames`, part, part)));
    const rows = withEarlier(context, section);
    report({ ...section, rows, notes: [FEW_WORDS, ...NOTES, ...losses(rows)] });
  }
}

/** How many first frames hold at least `few` detections; three at least. */
export function framesFor(table: string, few: number): number {
  const times = table
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',')[1]));
  times.sort((a, b) => a - b);
  return Math.max(3, (times[Math.min(few, times.length) - 1] ?? 0) + 1);
}

/** Points CSV of the first frames alone, for programs that take long. */
export function firstFrames(table: string, frames: number): string {
  const [head = '', ...lines] = table.trim().split('\n');
  const kept = lines.filter((line) => Number(line.split(',')[1]) < frames);
  return `${[head, ...kept].join('\n')}\n`;
}

/** The same on simulated clouds of about 10,000 and 100,000 detections. */
export async function scalePart(context: Context, report: (section: Section) => void): Promise<void> {
  const section: Section = {
    part: 'scale',
    title: 'Linking at scale, simulated',
    notes: NOTES.slice(0, 2),
    rows: [],
  };
  for (const frames of [10, 100]) {
    const path = join(context.work, `cloud-${frames}.csv`);
    const small = join(context.work, 'cloud-10.csv');
    writeFileSync(path, cloudTable(frames));
    section.rows.push(...(await race(context, `cloud of ${frames} frames`, path, small)));
    const rows = withEarlier(context, section);
    report({ ...section, rows, notes: [...section.notes, ...losses(rows)] });
  }
}

const FEW_WORDS = `The first frames of each set, as many as hold ${FEW} detections (three at least): few divisions, so that one more or less moves F1 far. No set to judge quality by, but all programs end on most.`;

const NOTES = [
  'Seconds, processor seconds and peak memory are of whole processes that start, read the points and write their tracks; for morula `import --detections-only` and `link` together. Linking CPU s leaves out starting, reading and writing. Other work shares the cores: processor time is the steadier figure.',
  'laptrack documented: the defaults of its documentation, 15 in the units of the data, with splitting. Tuned: the best of a grid on a window of 2,000 detections of the same set, judged by its truth, which no user has. motile has no default costs: distance in spacings, 1 for a start or an end, 0.8 for a division, up to 1.5 spacings. btrack: the numbers of its cell configuration, points scaled to a spacing of 30 pixels. trackpy: no divisions by design.',
];

async function race(context: Context, name: string, path: string, tuneOn: string): Promise<Row[]> {
  const rows = asked(context, 'morula') ? [await ours(context, name, path)] : [];
  for (const peer of PEERS) {
    if (!asked(context, `${peer.program} ${peer.words}`)) continue;
    const python = interpreter(context, peer.environment);
    if (python === null) continue;
    console.log(`peers: ${name}: ${peer.program}, ${peer.words}`);
    rows.push(await theirs(context, peer, python, name, path, tuneOn));
  }
  return rows;
}

async function ours(context: Context, name: string, path: string): Promise<Row> {
  const result = join(context.work, `${name.replaceAll(/[ ,]+/g, '-')}.morula`);
  const read = await morula(context, [
    ...['import', path, '-o', result, '--detections-only'],
    ...['--overwrite', '--quiet'],
  ]);
  const link = await morula(context, ['link', result, '--quiet']);
  const both: Measured = {
    ...link,
    ended: read.ended === 'done' ? link.ended : read.ended,
    complaint: read.ended === 'done' ? link.complaint : read.complaint,
    seconds: read.seconds + link.seconds,
    cpuSeconds: read.cpuSeconds + link.cpuSeconds,
    peakMb: Math.max(read.peakMb, link.peakMb),
  };
  return row(context, name, 'morula', 'defaults', both, result, path);
}

async function theirs(
  context: Context,
  peer: Peer,
  python: string,
  name: string,
  path: string,
  tuneOn: string,
): Promise<Row> {
  const out = join(context.work, `${name.replaceAll(/[ ,]+/g, '-')}-${peer.program}.csv`);
  let settings = JSON.stringify(peer.settings);
  if (peer.settings === 'tuned') {
    const tuned = await measure(python, [script('link.py'), 'tune', peer.program, tuneOn], context.limits);
    if (tuned.ended !== 'done')
      return row(context, name, peer.program, `${peer.words}: ${tuned.ended} while tuning`, tuned, out, path);
    settings = tuned.stdout.trim().split('\n').at(-1) ?? '{}';
  }
  const run = await measure(python, [script('link.py'), peer.program, path, out, settings], context.limits);
  const words = peer.settings === 'tuned' ? `${peer.words} ${shortly(settings)}` : peer.words;
  return row(context, name, peer.program, words, run, out, path);
}

/** `{"link":1.2,"frames":0}` as `link 1.2 frames 0`. */
function shortly(settings: string): string {
  return settings
    .replaceAll(/[{}":,]+/g, ' ')
    .trim()
    .replaceAll(/ +/g, ' ');
}

async function row(
  context: Context,
  name: string,
  program: string,
  words: string,
  run: Measured,
  tracks: string,
  truth: string,
): Promise<Row> {
  const done = run.ended === 'done';
  const scores = done
    ? jsonOf<Scores>(await morula(context, ['score', tracks, '--truth', truth, '--json', '--quiet']))
    : null;
  return {
    set: name,
    program,
    settings: words,
    LNK: rounded(scores?.LNK, 4),
    'division F1 (1)': rounded(scores?.divisions.f1[1], 4),
    CHOTA: rounded(scores?.CHOTA, 4),
    seconds: rounded(run.seconds, 1),
    'CPU s': rounded(run.cpuSeconds, 1),
    'linking CPU s': done ? rounded(run.innerCpuSeconds, 1) : null,
    'peak MB': rounded(run.peakMb, 0),
    remark: endedWords(context, run),
  };
}

/** Where a peer is ahead of morula: every such cell of quality, and how often in processor time. */
function losses(rows: readonly Row[]): string[] {
  const said: string[] = [];
  for (const our of rows.filter(({ program }) => program === 'morula')) {
    for (const measure of ['LNK', 'division F1 (1)', 'CHOTA']) {
      const mine = our[measure] ?? null;
      const ahead = rows.filter(
        (other) =>
          other.set === our.set && other[measure] !== null && (mine === null || other[measure]! > mine),
      );
      for (const other of ahead)
        said.push(`behind: ${our.set}, ${measure}: morula ${mine}, ${other.program} ${other[measure]}`);
    }
    const sooner = rows.filter(
      (other) => other.set === our.set && other.LNK !== null && Number(other['CPU s']) < Number(our['CPU s']),
    );
    if (sooner.length > 0) {
      const names = sooner.map((other) => `${other.program} ${other['CPU s']}`).join(', ');
      said.push(`behind: ${our.set}, processor seconds: morula ${our['CPU s']}, ${names}`);
    }
  }
  const ran = rows.some(({ program }) => program === 'morula');
  return said.length === 0 && ran ? ['morula is behind in no cell.'] : said;
}

function cloudTable(frames: number): string {
  const { detections, links } = simulateCloud(frames, 1);
  const parent = new Int32Array(detections.count).fill(-1);
  for (let k = 0; k < links.count; k++) parent[links.target[k]!] = links.source[k]!;
  const { t, x, y, z, radius } = detections;
  const lines = Array.from(
    t,
    (frame, i) => `${i},${frame},${x[i]},${y[i]},${z[i]},${radius[i]},${parent[i]}`,
  );
  return `id,t,x,y,z,radius,parent\n${lines.join('\n')}\n`;
}
