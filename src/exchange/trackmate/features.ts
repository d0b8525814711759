import type { Lineage } from '../../lineage/types.ts';
import { markTexts, toArgb } from '../marks.ts';
import { wholeRadii } from '../shortfalls.ts';
import type { ExportContext } from '../types.ts';

/** What TrackMate calls the units of lengths and times. */
export interface Units {
  length: 'micron' | 'pixel';
  time: 'sec' | 'frame';
}

/** Micrometres and seconds, or what TrackMate has where those are not known. */
export function unitsOf({ voxelSizeKnown = true, timeStep }: ExportContext): Units {
  return { length: voxelSizeKnown ? 'micron' : 'pixel', time: timeStep > 0 ? 'sec' : 'frame' };
}

/** The context with times in frames where no seconds are known. */
export function inFrames(context: ExportContext): ExportContext {
  return context.timeStep > 0 ? context : { ...context, timeStep: 1 };
}

/** What TrackMate measures a feature in; the sign of its unit in a table. */
const SIGNS = {
  NONE: () => '',
  QUALITY: () => '(quality)',
  POSITION: ({ length }: Units) => `(${length})`,
  LENGTH: ({ length }: Units) => `(${length})`,
  AREA: ({ length }: Units) => `(${length}^2)`,
  VOLUME: ({ length }: Units) => `(${length}^3)`,
  TIME: ({ time }: Units) => `(${time})`,
  VELOCITY: ({ length, time }: Units) => `(${length}/${time})`,
  COST: () => '(cost)',
  INTENSITY: () => '(counts)',
} as const;

/** A feature of TrackMate: a column of its tables, an attribute of its files. `R` is what it is a feature of. */
export interface Feature<R> {
  key: string;
  name: string;
  short: string;
  dimension: keyof typeof SIGNS;
  whole: boolean;
  /** The value as text, whatever the locale; empty for none. */
  text(row: R): string;
}

/** Unit of a feature as the fourth line of a table has it. */
export const unitSign = (feature: Feature<never>, units: Units): string => SIGNS[feature.dimension](units);

/** A link with its track: index in `Links`, number of the track. */
export interface EdgeRow {
  link: number;
  track: number;
}

/** One lineage with links: what TrackMate calls a track. */
export interface TrackRow {
  /** From 0, in order of lineages; TRACK_ID and TRACK_INDEX. */
  id: number;
  lineage: number;
  links: number[];
  nSpots: number;
  nGaps: number;
  nSplits: number;
  longestGap: number;
  first: number;
  last: number;
}

/** A double in its shortest form, with a point; empty for NaN. */
const double = (value: number): string => (Number.isNaN(value) ? '' : String(value));

/** A number of 32 bits in the shortest form that reads back as the same one; empty for NaN. */
function single(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return double(value);
}

/** The tracks of a lineage, one a lineage that has a link, in order; -1 in `trackOf` = no link (a lone spot). */
export function findTracks(lineage: Lineage): { tracks: TrackRow[]; trackOf: Int32Array } {
  const { detections, links, parent, childB } = lineage;
  const { t, count } = detections;
  const linksOf: number[][] = Array.from({ length: lineage.nLineages }, () => []);
  for (let k = 0; k < links.count; k++) linksOf[lineage.lineage[links.target[k]] - 1].push(k);
  const tracks: TrackRow[] = [];
  const trackAt = new Int32Array(lineage.nLineages).fill(-1);
  for (const [at, own] of linksOf.entries()) {
    if (own.length === 0) continue;
    trackAt[at] = tracks.length;
    const row = { id: tracks.length, lineage: at + 1, links: own, nSpots: 0, nGaps: 0 };
    tracks.push({ ...row, nSplits: 0, longestGap: 0, first: -1, last: -1 });
  }
  const trackOf = new Int32Array(count).fill(-1);
  for (let i = 0; i < count; i++) {
    const track = tracks[trackAt[lineage.lineage[i] - 1]];
    if (track === undefined) continue;
    trackOf[i] = track.id;
    track.nSpots++;
    if (track.first < 0) track.first = i;
    track.last = i;
    if (childB[i] >= 0) track.nSplits++;
    const gap = parent[i] < 0 ? 0 : t[i] - t[parent[i]] - 1;
    if (gap > 0) track.nGaps++;
    track.longestGap = Math.max(track.longestGap, gap);
  }
  return { tracks, trackOf };
}

/** Radius where no detection has one, in pixels. */
const RADIUS_PX = 5;

function feature<R>(
  key: string,
  name: string,
  short: string,
  dimension: keyof typeof SIGNS,
  text: (row: R) => string,
  whole = false,
): Feature<R> {
  return { key, name, short, dimension, whole, text };
}

const some = (values: ArrayLike<number>): boolean => Array.prototype.some.call(values, Number.isFinite);

/** Features of spots; a row is a row of `Detections`. `madeUp` radii were not known. */
export function spotFeatures(
  lineage: Lineage,
  { timeStep, voxelSize, marks }: ExportContext,
): { features: Feature<number>[]; madeUp: number } {
  const { detections: d } = lineage;
  const { radius, madeUp } = wholeRadii(d, RADIUS_PX * voxelSize[2]);
  const features: Feature<number>[] = [
    feature('QUALITY', 'Quality', 'Quality', 'QUALITY', (i) => single(d.prob[i]) || '-1'),
    feature('POSITION_X', 'X', 'X', 'POSITION', (i) => double(d.x[i])),
    feature('POSITION_Y', 'Y', 'Y', 'POSITION', (i) => double(d.y[i])),
    feature('POSITION_Z', 'Z', 'Z', 'POSITION', (i) => double(d.z[i])),
    feature('POSITION_T', 'T', 'T', 'TIME', (i) => double(d.t[i] * timeStep)),
    feature('FRAME', 'Frame', 'Frame', 'NONE', (i) => String(d.t[i]), true),
    feature('RADIUS', 'Radius', 'R', 'LENGTH', (i) => double(radius[i])),
    feature('VISIBILITY', 'Visibility', 'Visibility', 'NONE', () => '1', true),
  ];
  for (let c = 0; c < d.nChannels; c++) {
    const text = (i: number): string => single(d.intensity[i * d.nChannels + c]);
    const [name, short] = [`Mean intensity ch${c + 1}`, `Mean ch${c + 1}`];
    features.push(feature(`MEAN_INTENSITY_CH${c + 1}`, name, short, 'INTENSITY', text));
  }
  const size = (i: number): string => double(d.size[i]);
  if (some(d.size) && d.ndim === 2) features.push(feature('AREA', 'Area', 'Area', 'AREA', size));
  if (some(d.size) && d.ndim === 3) features.push(feature('VOLUME', 'Volume', 'Volume', 'VOLUME', size));
  if (d.label.some((label) => label > 0)) {
    const label = (i: number): string => (d.label[i] > 0 ? String(d.label[i]) : '');
    features.push(feature('MASK_LABEL', 'Label in the mask', 'Mask label', 'NONE', label, true));
  }
  const { texts, kinds } = markTexts(lineage, marks);
  if (kinds.includes('colour')) {
    const colour = (i: number): string => toArgb(texts.colour(i));
    features.push(feature('MANUAL_SPOT_COLOR', 'Manual spot color', 'Spot color', 'NONE', colour, true));
  }
  return { features, madeUp };
}

/** What TrackMate holds of what people said: the name of a spot and its colour. */
export const HELD_MARKS = ['name', 'colour'] as const;

/** Name of a detection for TrackMate: that of its cell, else `ID` and its number, as that program has it. */
export function spotNames(
  lineage: Lineage,
  marks: ExportContext['marks'],
): (row: number, id: number) => string {
  const { texts } = markTexts(lineage, marks);
  return (row, id) => texts.name(row) || `ID${id}`;
}

/** Features of edges, in physical units; `idOf` gives the ID of a detection. */
export function edgeFeatures(
  lineage: Lineage,
  { timeStep }: ExportContext,
  idOf: (row: number) => number,
): Feature<EdgeRow>[] {
  const { detections: d, links } = lineage;
  const ends = ({ link }: EdgeRow): [number, number] => [links.source[link], links.target[link]];
  const length = (row: EdgeRow): number => {
    const [a, b] = ends(row);
    return Math.hypot(d.z[b] - d.z[a], d.y[b] - d.y[a], d.x[b] - d.x[a]);
  };
  const speed = (row: EdgeRow): number => {
    const [a, b] = ends(row);
    return length(row) / ((d.t[b] - d.t[a]) * timeStep);
  };
  const middle =
    (column: ArrayLike<number>, factor = 1) =>
    (row: EdgeRow) => {
      const [a, b] = ends(row);
      return double(((column[a] + column[b]) / 2) * factor);
    };
  const features: Feature<EdgeRow>[] = [
    feature('SPOT_SOURCE_ID', 'Source spot ID', 'Source ID', 'NONE', (r) => String(idOf(ends(r)[0])), true),
    feature('SPOT_TARGET_ID', 'Target spot ID', 'Target ID', 'NONE', (r) => String(idOf(ends(r)[1])), true),
    feature('LINK_COST', 'Edge cost', 'Cost', 'COST', ({ link }) => single(links.cost[link]) || '-1'),
    feature('SPEED', 'Speed', 'Speed', 'VELOCITY', (row) => double(speed(row))),
    feature('DISPLACEMENT', 'Displacement', 'Disp.', 'LENGTH', (row) => double(length(row))),
    feature('EDGE_TIME', 'Edge time', 'Edge T', 'TIME', middle(d.t, timeStep)),
    feature('EDGE_X_LOCATION', 'Edge X', 'Edge X', 'POSITION', middle(d.x)),
    feature('EDGE_Y_LOCATION', 'Edge Y', 'Edge Y', 'POSITION', middle(d.y)),
    feature('EDGE_Z_LOCATION', 'Edge Z', 'Edge Z', 'POSITION', middle(d.z)),
  ];
  if (some(links.prob)) {
    const prob = ({ link }: EdgeRow): string => single(links.prob[link]);
    features.push(feature('LINK_PROBABILITY', 'Link probability', 'Link prob.', 'NONE', prob));
  }
  return features;
}

/** Features of tracks, in physical units. */
export function trackFeatures(lineage: Lineage, { timeStep }: ExportContext): Feature<TrackRow>[] {
  const { detections: d } = lineage;
  const time = (row: number): number => d.t[row] * timeStep;
  const whole = (key: string, name: string, short: string, value: (row: TrackRow) => number) => {
    return feature<TrackRow>(key, name, short, 'NONE', (row) => String(value(row)), true);
  };
  const shift = ({ first, last }: TrackRow): number => {
    return Math.hypot(d.z[last] - d.z[first], d.y[last] - d.y[first], d.x[last] - d.x[first]);
  };
  return [
    whole('TRACK_INDEX', 'Track index', 'Index', ({ id }) => id),
    whole('TRACK_ID', 'Track ID', 'ID', ({ id }) => id),
    whole('NUMBER_SPOTS', 'Number of spots in track', 'N spots', ({ nSpots }) => nSpots),
    whole('NUMBER_GAPS', 'Number of gaps', 'N gaps', ({ nGaps }) => nGaps),
    whole('NUMBER_SPLITS', 'Number of split events', 'N splits', ({ nSplits }) => nSplits),
    whole('NUMBER_MERGES', 'Number of merge events', 'N merges', () => 0),
    whole('NUMBER_COMPLEX', 'Number of complex points', 'N complex', () => 0),
    whole('LONGEST_GAP', 'Longest gap', 'Lgst gap', ({ longestGap }) => longestGap),
    feature('TRACK_DURATION', 'Track duration', 'Duration', 'TIME', ({ first, last }) =>
      double(time(last) - time(first)),
    ),
    feature('TRACK_START', 'Track start', 'Track start', 'TIME', ({ first }) => double(time(first))),
    feature('TRACK_STOP', 'Track stop', 'Track stop', 'TIME', ({ last }) => double(time(last))),
    feature('TRACK_DISPLACEMENT', 'Track displacement', 'Track disp.', 'LENGTH', (r) => double(shift(r))),
  ];
}
