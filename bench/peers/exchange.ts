import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeTiff } from '../../src/codec/tiff/index.ts';
import type { Scores } from '../../src/score/index.ts';
import { type Context, interpreter, jsonOf, morula, script } from './context.ts';
import { measure } from './measure.ts';
import type { Section } from './table.ts';
import { makeTrips } from './trips.ts';

/** Lineage of the made movie: id, first and last frame, parent; 35 nodes, 32 links, one division. */
const TRACKS: readonly [number, number, number, number][] = [
  [1, 0, 4, 0],
  [2, 5, 9, 1],
  [3, 5, 9, 1],
  [4, 0, 9, 0],
  [5, 0, 9, 0],
];
const FRAMES = 10;
const COUNTS = { nodes: 35, links: 32, divisions: 1 };
const LABELS = { labels: 35, pixels: 35 * 36 };

/** What a check found: null = as it must be, else what is wrong. */
type Verdict = string | null;

/**
 * Files between morula and other programs, both ways. A check that fails makes the whole bench fail.
 */
export async function exchangePart(context: Context, report: (section: Section) => void): Promise<void> {
  const section: Section = { part: 'exchange', title: 'Files between programs', notes: [], rows: [] };
  const python = interpreter(context, 'tracking');
  if (python === null) return;
  const note = (file: string, check: string, verdict: Verdict): void => {
    section.rows.push({ file, check, verdict: verdict === null ? 'ok' : 'failed', remark: verdict ?? '' });
    if (verdict !== null) process.exitCode = 1;
    report(section);
  };
  const ask = async (file: string, check: string, path: string, expected: object): Promise<void> => {
    const run = await measure(python, [script('exchange.py'), check, path], context.limits);
    note(
      file,
      check,
      run.ended === 'done' ? compare(run.stdout, expected) : `${run.ended}: ${run.complaint}`,
    );
  };

  const folder = join(context.work, 'exchange');
  const result = await madeResult(context, folder);
  const geff = join(result, 'tracks.geff');
  await ask('our GEFF', 'geff-read', geff, COUNTS);
  await ask('our GEFF', 'traccuracy-geff', geff, COUNTS);
  const named = join(await namedResult(context, folder), 'tracks.geff');
  await ask('our GEFF, with names', 'geff-read', named, { nodes: 4, links: 3, divisions: 1 });
  const ctc = join(folder, 'out', '01_RES');
  jsonOf(await morula(context, ['export', result, '--format', 'ctc', '-o', ctc, '--json', '--quiet']));
  await ask('our CTC folder', 'ctcmetrics', ctc, {});
  await ask('our CTC folder', 'traccuracy-ctc', ctc, COUNTS);
  for (const check of ['zarr', 'ome-zarr', 'ome-zarr-models'])
    await ask('our labels, 0.5', check, join(result, 'labels'), check === 'ome-zarr-models' ? {} : LABELS);
  const older = await olderLabels(context, folder);
  for (const check of ['zarr', 'ome-zarr', 'ome-zarr-models'])
    await ask(
      'our labels, 0.4',
      check,
      older.path,
      check === 'ome-zarr-models' ? {} : { labels: older.labels },
    );

  const foreign = join(folder, 'foreign');
  await ask("geff's GEFF", 'geff-write', foreign, {});
  for (const version of [2, 3]) {
    const path = join(foreign, `v${version}.geff`);
    note(
      "geff's GEFF",
      `morula reads zarr ${version}`,
      await readsBack(context, path, join(foreign, 'foreign.csv')),
    );
  }
  await makeTrips(context, result, COUNTS, note);
}

/** A morula result with labels, imported from masks made here. */
async function madeResult(context: Context, folder: string): Promise<string> {
  const [masks, result] = [join(folder, '01_RES'), join(folder, 'made.morula')];
  mkdirSync(masks, { recursive: true });
  const lines = TRACKS.map((track) => `${track.join(' ')}\n`);
  writeFileSync(join(masks, 'res_track.txt'), lines.join(''));
  for (let t = 0; t < FRAMES; t++)
    writeFileSync(join(masks, `mask00${t}.tif`), encodeTiff([{ data: madeFrame(t), shape: [64, 64] }]));
  const scale = ['--pixel-size', '1,0.5,0.5', '--time-step', '60'];
  jsonOf(await morula(context, ['import', masks, '-o', result, ...scale, '--json', '--quiet']));
  return result;
}

/** A morula result of points whose cells have names, colours and tags: properties of texts. */
async function namedResult(context: Context, folder: string): Promise<string> {
  const [points, result] = [join(folder, 'named.csv'), join(folder, 'named.morula')];
  const rows = [
    '1,0,1,1,-1,P0,#ff0000,',
    '2,1,1,1,1,P0,,late',
    '3,2,0,1,2,\u03b1-AB,,',
    '4,2,2,1,2,,,late;odd',
  ];
  writeFileSync(points, `${['id,t,x,y,parent,name,colour,tags', ...rows].join('\n')}\n`);
  jsonOf(await morula(context, ['import', points, '-o', result, '--json', '--quiet']));
  return result;
}

/** Squares of 6 x 6 pixels on 64 x 64: a division in frame 5 and two cells beside it. */
function madeFrame(t: number): Uint16Array {
  const data = new Uint16Array(64 * 64);
  const paint = (label: number, y0: number, x0: number): void => {
    for (let y = y0; y < y0 + 6; y++) data.fill(label, y * 64 + x0, y * 64 + x0 + 6);
  };
  const since = t - 5;
  if (since < 0) paint(1, 10, 4 + 3 * t);
  else {
    paint(2, 6 - (since >> 1), 16 + 3 * since);
    paint(3, 16 + (since >> 1), 16 + 3 * since);
  }
  paint(4, 34, 4 + 4 * t);
  paint(5, 46, 4 + 4 * t);
  return data;
}

/** Labels for older readers, of a simulated movie segmented here, and how many there are. */
async function olderLabels(context: Context, folder: string): Promise<{ path: string; labels: number }> {
  const [movie, result] = [join(folder, 'movie.ome.zarr'), join(folder, 'older.morula')];
  jsonOf(await morula(context, ['simulate', movie, '--frames', '2', '--cells', '5', '--json', '--quiet']));
  const run = await morula(context, [
    ...['segment', movie, '-o', result, '--ome-zarr', '0.4', '--device', 'cpu'],
    ...['--json', '--quiet'],
  ]);
  return { path: join(result, 'labels'), labels: jsonOf<{ detections: number }>(run).detections };
}

/** Reads a foreign graph and scores it against the same lineage as points. */
async function readsBack(context: Context, path: string, truth: string): Promise<Verdict> {
  const run = await morula(context, ['score', path, '--truth', truth, '--json', '--quiet']);
  if (run.ended !== 'done') return `${run.ended}: ${run.complaint}`;
  const { DET, LNK, n_result_nodes, n_truth_nodes } = jsonOf<Scores>(run);
  const equal = DET === 1 && LNK === 1 && n_result_nodes === n_truth_nodes;
  return equal ? null : `must be the same lineage, found DET ${DET}, LNK ${LNK}, ${n_result_nodes} nodes`;
}

function compare(stdout: string, expected: object): Verdict {
  const found = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, unknown>;
  const wrong = Object.entries(expected).filter(([key, value]) => found[key] !== value);
  return wrong.length === 0
    ? null
    : wrong.map(([key, value]) => `${key} must be ${value}, found ${found[key]}`).join('; ');
}
