import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, type Random } from '../../src/array/index.ts';
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

/** Tracks whose labels mean something else from a frame on, or in their last frame. */
interface Mixed {
  tracks: TrackLine[];
  labelAt(label: number, t: number): number;
}

/**
 * Exchanges every thirtieth track with another from a frame on, children with it, and with `merges` paints the last
 * object of every thirtieth as part of another of its frame. The track table stays valid.
 */
function mixTracks(tracks: readonly TrackLine[], seed: number, merges: boolean): Mixed {
  const random = createRandom(seed);
  const after = new Map<number, { from: number; other: number }>();
  const last = new Map<number, { frame: number; other: number }>();
  const used = new Set<number>();
  const mixed = tracks.map((track) => ({ ...track }));
  const free = (from: number, to: number, id: number): TrackLine | undefined =>
    mixed.find((track) => track.id !== id && !used.has(track.id) && track.begin < from && track.end > to);
  for (const track of mixed) {
    const chance = random.uniform();
    if (chance > 1 / 15 || used.has(track.id) || track.end - track.begin < 3) continue;
    const exchange = chance < 1 / 30;
    const frame = exchange ? track.begin + 1 + random.int(track.end - track.begin - 1) : track.end;
    const other = free(frame, frame, track.id);
    if (other === undefined) continue;
    used.add(track.id).add(other.id);
    if (!exchange && !merges) continue;
    if (!exchange) {
      last.set(track.id, { frame, other: other.id });
      track.end--;
      continue;
    }
    after.set(track.id, { from: frame, other: other.id });
    after.set(other.id, { from: frame, other: track.id });
    [track.end, other.end] = [other.end, track.end];
    for (const child of mixed) {
      if (child.parent === track.id) child.parent = other.id;
      else if (child.parent === other.id) child.parent = track.id;
    }
  }
  return {
    tracks: mixed,
    labelAt(label, t) {
      const swap = after.get(label);
      if (swap !== undefined) return t >= swap.from ? swap.other : label;
      const merge = last.get(label);
      return merge !== undefined && t === merge.frame ? merge.other : label;
    },
  };
}

/** Paints a square of 5 x 5 on background, if there is room in some tries. */
function addSquare(data: Uint16Array, shape: readonly number[], label: number, random: Random): boolean {
  const [height, width] = shape;
  for (let tries = 0; tries < 20; tries++) {
    const [y0, x0] = [random.int(height - 5), random.int(width - 5)];
    const rows = [0, 1, 2, 3, 4].map((dy) => (y0 + dy) * width + x0);
    if (rows.some((at) => data.subarray(at, at + 5).some((value) => value > 0))) continue;
    for (const at of rows) data.fill(label, at, at + 5);
    return true;
  }
  return false;
}

/**
 * Lays masks out as a challenge's truth, `01_GT` with whole outlines, and beside it a damaged copy of them, `01_RES`:
 * a fifth of the tracks cut in two without a link, every twentieth gone, every thirtieth exchanged with another from a
 * frame on, a false object in every third frame and, with `merges`, every thirtieth merged into another in its last
 * frame (seeded).
 */
export async function damagedMasks(masks: string, folder: string, merges: boolean): Promise<Sides> {
  const [truth, result] = [join(folder, '01_GT'), join(folder, '01_RES')];
  for (const path of [join(truth, 'TRA'), join(truth, 'SEG'), result]) mkdirSync(path, { recursive: true });
  const ctc = await readCtc(masks);
  const cut = damageTracks(ctc.tracks, 1);
  const { tracks, labelAt } = mixTracks(cut.tracks, 2, merges);
  const random = createRandom(3);
  let fresh = tracks.reduce((most, { id }) => Math.max(most, id), 0);
  for (let t = 0; t < ctc.nFrames; t++) {
    const { data, shape } = await ctc.masks(t);
    const name = `${String(t).padStart(3, '0')}.tif`;
    const marker = join(truth, 'TRA', `man_track${name}`);
    writeFileSync(marker, encodeTiff([{ data: Uint16Array.from(data), shape }]));
    symlinkSync(marker, join(truth, 'SEG', `man_seg${name}`));
    const changed = Uint16Array.from(data, (label) => labelAt(cut.labelAt(label, t), t));
    if (random.uniform() < 1 / 3 && addSquare(changed, shape, fresh + 1, random))
      tracks.push({ id: ++fresh, begin: t, end: t, parent: 0 });
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
