import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createRandom } from '../src/array/index.ts';
import { readCtc, readPoints } from '../src/exchange/index.ts';
import {
  fromCtc,
  fromLinks,
  type MaskReader,
  type ScoreInput,
  type Scores,
  scoreTracks,
} from '../src/score/index.ts';

const DATA = resolve(process.env.MORULA_DATA ?? '../shared/data');

/** Two sides to score, and the seconds that reading masks has taken so far. */
interface Pair {
  truth: ScoreInput;
  result: ScoreInput;
  readingSeconds(): number;
}

interface Track {
  id: number;
  begin: number;
  end: number;
  parent: number;
}

/** Cuts a fifth of the tracks in two without a link, and drops every twentieth, by relabelling. */
export function damageTracks(
  tracks: readonly Track[],
  seed: number,
): { tracks: Track[]; labelAt(label: number, t: number): number } {
  const random = createRandom(seed);
  const cutAt = new Map<number, number>();
  const secondHalf = new Map<number, number>();
  const dropped = new Set<number>();
  let fresh = Math.max(0, ...tracks.map((track) => track.id));
  for (const { id, begin, end } of tracks) {
    const chance = random.uniform();
    if (chance < 0.05) dropped.add(id);
    else if (chance < 0.25 && end > begin) {
      cutAt.set(id, begin + 1 + random.int(end - begin));
      secondHalf.set(id, ++fresh);
    }
  }
  const damaged: Track[] = [];
  for (const track of tracks) {
    if (dropped.has(track.id)) continue;
    const parent = dropped.has(track.parent) ? 0 : (secondHalf.get(track.parent) ?? track.parent);
    const cut = cutAt.get(track.id);
    damaged.push({ ...track, parent, end: cut === undefined ? track.end : cut - 1 });
    const half = secondHalf.get(track.id);
    if (cut !== undefined && half !== undefined)
      damaged.push({ id: half, begin: cut, end: track.end, parent: 0 });
  }
  const labelAt = (label: number, t: number): number =>
    dropped.has(label)
      ? 0
      : t >= (cutAt.get(label) ?? Number.POSITIVE_INFINITY)
        ? (secondHalf.get(label) as number)
        : label;
  return { tracks: damaged, labelAt };
}

/** Side of tracks with masks. */
function toSide(tracks: readonly Track[], masks: MaskReader, nFrames: number): ScoreInput {
  const table = {
    label: tracks.map((track) => track.id),
    begin: tracks.map((track) => track.begin),
    end: tracks.map((track) => track.end),
    parent: tracks.map((track) => track.parent),
  };
  return fromCtc(table, masks, { nFrames, seg: 'masks' });
}

/** A folder of masks against itself with damaged tracks. */
async function maskPair(folder: string): Promise<Pair> {
  const ctc = await readCtc(folder);
  const damaged = damageTracks(ctc.tracks, 1);
  let seconds = 0;
  const timed =
    (read: MaskReader): MaskReader =>
    async (t) => {
      const begin = performance.now();
      const image = await read(t);
      seconds += (performance.now() - begin) / 1000;
      return image;
    };
  const relabelled: MaskReader = async (t) => {
    const { data, shape } = await ctc.masks(t);
    const lut = Uint32Array.from({ length: 65_536 }, (_, label) =>
      label === 0 ? 0 : damaged.labelAt(label, t),
    );
    const changed = new Uint32Array(data.length);
    for (let i = 0; i < data.length; i++) changed[i] = lut[data[i]];
    return { data: changed, shape };
  };
  return {
    truth: toSide(
      ctc.tracks,
      timed((t) => ctc.masks(t)),
      ctc.nFrames,
    ),
    result: toSide(damaged.tracks, timed(relabelled), ctc.nFrames),
    readingSeconds: () => seconds,
  };
}

/** Points against themselves, moved a little, with 3 % of the links left out. */
async function pointPair(path: string): Promise<Pair> {
  const { detections, links } = await readPoints(path);
  const random = createRandom(1);
  const moved = (values: Float64Array): Float64Array => values.map((value) => value + random.normal());
  const kept = Int32Array.from({ length: links.count }, (_, k) => k).filter(() => random.uniform() > 0.03);
  const fewer = {
    count: kept.length,
    source: kept.map((k) => links.source[k]),
    target: kept.map((k) => links.target[k]),
  };
  return {
    truth: fromLinks(detections, links),
    result: fromLinks({ ...detections, y: moved(detections.y), x: moved(detections.x) }, fewer),
    readingSeconds: () => 0,
  };
}

const SETS: readonly { name: string; path: string; open: (path: string) => Promise<Pair> }[] = [
  { name: 'hela-01', path: join(DATA, 'hela-01-silver'), open: maskPair },
  { name: 'cell-migration', path: join(DATA, 'cell-migration', 'every-1'), open: maskPair },
  { name: 'c2c12-bmp2', path: join(DATA, 'points', 'c2c12-bmp2.csv'), open: pointPair },
  { name: 'ascidian-pm02', path: join(DATA, 'points', 'ascidian-pm02.csv'), open: pointPair },
];

/**
 * Times scoring of a truth against a damaged copy of itself; prints a Markdown table. Seconds are without reading and
 * decoding masks, of the second of two runs.
 *
 * @param args names of sets; none = all that are there
 */
export async function run(args: readonly string[]): Promise<void> {
  const sets = SETS.filter(
    ({ name, path }) => existsSync(path) && (args.length === 0 || args.includes(name)),
  );
  if (sets.length === 0) {
    console.log(
      `bench score: skipped, no set found under ${DATA} (or name one that is); MORULA_DATA says where`,
    );
    return;
  }
  console.log(
    '| set | matched by | nodes | seconds | reading s | DET | LNK | TRA | HOTA | CHOTA | division F1 |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|---|');
  for (const { name, path, open } of sets) {
    const pair = await open(path);
    let scores: Scores = await scoreTracks(pair.truth, pair.result);
    const before = pair.readingSeconds();
    const begin = performance.now();
    scores = await scoreTracks(pair.truth, pair.result);
    const reading = pair.readingSeconds() - before;
    const seconds = (performance.now() - begin) / 1000 - reading;
    const measures = [scores.DET, scores.LNK, scores.TRA, scores.HOTA, scores.CHOTA, scores.divisions.f1[0]];
    const figures = [seconds.toFixed(2), reading.toFixed(2), ...measures.map((m) => m?.toFixed(6) ?? '-')];
    console.log(`| ${[name, scores.matched_by, scores.n_truth_nodes, ...figures].join(' | ')} |`);
  }
}
