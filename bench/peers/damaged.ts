import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../src/array/index.ts';
import { encodeTiff } from '../../src/codec/tiff/index.ts';
import { readCtc } from '../../src/exchange/index.ts';
import { damageTracks } from '../score.ts';

/** Two sides to score, as paths. */
export interface Sides {
  truth: string;
  result: string;
}

interface TrackLine {
  id: number;
  begin: number;
  end: number;
  parent: number;
}

/**
 * Lays masks out as a challenge's truth, `01_GT` with whole outlines, and beside it a damaged copy of them, `01_RES`:
 * a fifth of the tracks cut in two without a link, every twentieth gone (seed 1).
 */
export async function damagedMasks(masks: string, folder: string): Promise<Sides> {
  const [truth, result] = [join(folder, '01_GT'), join(folder, '01_RES')];
  for (const path of [join(truth, 'TRA'), join(truth, 'SEG'), result]) mkdirSync(path, { recursive: true });
  const ctc = await readCtc(masks);
  const { tracks, labelAt } = damageTracks(ctc.tracks, 1);
  for (let t = 0; t < ctc.nFrames; t++) {
    const { data, shape } = await ctc.masks(t);
    const name = `${String(t).padStart(3, '0')}.tif`;
    const marker = join(truth, 'TRA', `man_track${name}`);
    writeFileSync(marker, encodeTiff([{ data: Uint16Array.from(data), shape }]));
    symlinkSync(marker, join(truth, 'SEG', `man_seg${name}`));
    const changed = Uint16Array.from(data, (label) => (label === 0 ? 0 : labelAt(label, t)));
    writeFileSync(join(result, `mask${name}`), encodeTiff([{ data: changed, shape }]));
  }
  writeFileSync(join(truth, 'TRA', 'man_track.txt'), trackText(ctc.tracks));
  writeFileSync(join(result, 'res_track.txt'), trackText(tracks));
  return { truth, result };
}

function trackText(tracks: readonly TrackLine[]): string {
  return tracks.map(({ id, begin, end, parent }) => `${id} ${begin} ${end} ${parent}\n`).join('');
}

/** Points with 2 % of the rows and 3 % of the links gone and every position moved by about `step` (seed 1). */
export function damagedPoints(path: string, folder: string, step: number): Sides {
  const random = createRandom(1);
  const [head, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const rows = lines.map((line) => line.split(','));
  const gone = new Set(rows.filter(() => random.uniform() < 0.02).map((row) => row[0]));
  const moved = (text: string | undefined): string => String(Number(text) + step * random.normal());
  const kept = rows
    .filter((row) => !gone.has(row[0]))
    .map(([id, t, x, y, z, radius, parent]) => {
      const cut = gone.has(parent) || random.uniform() < 0.03;
      return [id, t, moved(x), moved(y), z, radius, cut ? '-1' : parent].join(',');
    });
  mkdirSync(folder, { recursive: true });
  const result = join(folder, 'result.csv');
  writeFileSync(result, `${[head, ...kept].join('\n')}\n`);
  return { truth: path, result };
}
