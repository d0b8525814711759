import { MorulaError } from '../../errors/index.ts';
import type { Detections } from '../../segment/types.ts';
import { arrange, countFrames, emptyDetections, reorder } from '../build.ts';
import { significant } from '../csv.ts';
import { indexIds } from '../idLinks.ts';
import { emptyMarks, hasMarks, keepMark, moveMarks, type RowMarks } from '../marks.ts';
import type { ReadOptions, Tracks } from '../types.ts';
import { readFile, type TrackMateFile } from './file.ts';
import { givenColour } from './relabel.ts';
import { type LengthScale, lengthUnit, secondsIn, sizeFactor } from './units.ts';

/** Name of a spot in messages. */
const spotName = (file: TrackMateFile, i: number): string => {
  return `spot ${file.spots.id.values()[i]} (line ${file.spots.line.values()[i]})`;
};

/** Edges as rows of the file's spots, turned forward in time: old versions wrote them in any direction. */
export function forwardEdges(file: TrackMateFile): { source: Int32Array; target: Int32Array } {
  const { place, spots, edges } = file;
  const rowOf = indexIds({ place, ids: spots.id.values(), nameOf: (i) => spotName(file, i) });
  const frame = spots.frame.values();
  const [from, to, line] = [edges.source.values(), edges.target.values(), edges.line.values()];
  const source = new Int32Array(from.length);
  const target = new Int32Array(from.length);
  for (let k = 0; k < from.length; k++) {
    const u = rowOf.get(from[k]);
    const v = rowOf.get(to[k]);
    if (u === undefined || v === undefined) {
      const absent = u === undefined ? from[k] : to[k];
      const message = `line ${line[k]}: <Edge>: ${from[k]} to ${to[k]} must join spots, there is no spot ${absent}`;
      throw new MorulaError('invalid-data', `${place}: ${message}`);
    }
    source[k] = frame[u] > frame[v] ? v : u;
    target[k] = frame[u] > frame[v] ? u : v;
  }
  return { source, target };
}

/** What TrackMate shows: per track 1 = visible, per spot 1 = in a visible track, or in no track and visible itself. */
export function findVisible(
  file: TrackMateFile,
  { source, target }: { source: Int32Array; target: Int32Array },
): { tracks: Uint8Array; spots: Uint8Array } {
  const tracks = Uint8Array.from(file.trackIds, (id) => (file.visible?.has(id) === false ? 0 : 1));
  const track = file.edges.track.values();
  const spots = Uint8Array.from(file.spots.visibility.values(), (value) => (value === 0 ? 0 : 1));
  for (let k = 0; k < source.length; k++) {
    if (tracks[track[k]] === 0) spots[source[k]] = spots[target[k]] = 0;
  }
  for (let k = 0; k < source.length; k++) {
    if (tracks[track[k]] === 1) spots[source[k]] = spots[target[k]] = 1;
  }
  return { tracks, spots };
}

/** `values` times `factor`. */
function scaled(values: Float64Array, factor: number): Float64Array {
  return factor === 1 ? values : values.map((value) => value * factor);
}

/** Detections of the spots `rows`, scaled. */
function toDetections(file: TrackMateFile, rows: Int32Array, scale: LengthScale): Detections {
  const { spots, image } = file;
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]);
  const z = pick(spots.z.values());
  const ndim = image.nSlices > 1 || z.some((value) => value !== 0) ? 3 : 2;
  const out = emptyDetections(rows.length, ndim, spots.intensity.length);
  out.t.set(pick(spots.frame.values()));
  if (ndim === 3) out.z.set(scaled(z, scale.factors[0]));
  out.y.set(scaled(pick(spots.y.values()), scale.factors[1]));
  out.x.set(scaled(pick(spots.x.values()), scale.factors[2]));
  out.radius.set(scaled(pick(spots.radius.values()), scale.factors[2]));
  const size = ndim === 3 ? spots.volume : spots.area;
  out.size.set(scaled(pick(size.values()), sizeFactor(scale, ndim)));
  out.prob.set(pick(spots.quality.values()).map((value) => (value === -1 ? Number.NaN : value)));
  out.label.set(
    pick(spots.label.values()).map((label) => (Number.isInteger(label) && label > 0 ? label : 0)),
  );
  for (const [c, column] of spots.intensity.entries()) {
    const values = column.values();
    for (let i = 0; i < rows.length; i++) out.intensity[i * spots.intensity.length + c] = values[rows[i]];
  }
  return out;
}

/** Names and colours of the spots `rows`. */
function toMarks({ spots }: TrackMateFile, rows: Int32Array): RowMarks {
  const marks = emptyMarks();
  const colour = spots.colour.values();
  for (const [i, row] of rows.entries()) {
    keepMark(marks, i, 'name', spots.names.get(row) ?? '');
    keepMark(marks, i, 'colour', givenColour(colour[row]));
  }
  return marks;
}

/** Qualities of other detectors are no probabilities; they are left out with a warning. */
function checkQuality(place: string, { prob }: Detections): string[] {
  const most = prob.reduce((max, value) => (value > max ? value : max), 0);
  const least = prob.reduce((min, value) => (value < min ? value : min), 0);
  if (most <= 1 && least >= 0) return [];
  prob.fill(Number.NaN);
  const range = `${significant(least)} to ${significant(most)}`;
  return [`${place}: QUALITY is no probability between 0 and 1 (${range}), it is left out`];
}

/** Voxel size and time step that the file gives. */
function findScale(file: TrackMateFile): Pick<Tracks, 'voxelSize' | 'timeStep'> {
  const { image, spatialUnits, timeUnits } = file;
  const { unit, factors } = lengthUnit(spatialUnits);
  const [z, y, x] = image.pixel.map((size) => size * factors[2]);
  const flat = image.nSlices === 1 && !(z > 0);
  const known = unit === 'micrometer' && y > 0 && x > 0 && (z > 0 || flat);
  const seconds = secondsIn(timeUnits);
  const step = seconds === undefined ? Number.NaN : image.timeInterval * seconds;
  return {
    ...(known ? { voxelSize: [flat ? 1 : z, y, x] as const } : {}),
    ...(step > 0 && Number.isFinite(step) ? { timeStep: step } : {}),
  };
}

function hiddenNotes(
  file: TrackMateFile,
  visible: { tracks: Uint8Array; spots: Uint8Array },
  nSpots: number,
): string[] {
  const spots = file.spots.id.count - nSpots;
  if (spots === 0) return [];
  const tracks = visible.tracks.reduce((n, value) => n + 1 - value, 0);
  return [`${file.place}: left out, as TrackMate hides them: ${spots} spots, ${tracks} tracks`];
}

/**
 * Reads a TrackMate session (or MaMuT file): the visible tracks and lone spots, or all with `options.all`; edges are
 * turned forward in time, lengths are micrometres where the file says its unit or is in pixels and a voxel size is
 * given.
 *
 * Source: TrackMate file format, https://imagej.net/plugins/trackmate/
 *
 * @throws `not-found`, `invalid-data` (exit 65) that names line and element, or the spot: malformed XML, a document
 *   type, a position that is no number, an edge to no spot, two parents
 */
export async function readTrackMate(path: string, options: ReadOptions = {}): Promise<Tracks> {
  const file = await readFile(path);
  const { place, spots, edges } = file;
  const ends = forwardEdges(file);
  const visible = findVisible(file, ends);
  const keep = (row: number): boolean => options.all === true || visible.spots[row] === 1;
  const rows = Int32Array.from({ length: spots.id.count }, (_, i) => i).filter(keep);
  const at = new Int32Array(spots.id.count).fill(-1);
  for (const [i, row] of rows.entries()) at[row] = i;
  const track = edges.track.values();
  const shownEdge = (k: number): boolean => options.all === true || visible.tracks[track[k]] === 1;
  const picked = Int32Array.from({ length: edges.source.count }, (_, k) => k).filter(shownEdge);
  const column = (values: Float64Array): Float32Array => Float32Array.from(picked, (k) => values[k]);
  const scale = findScale(file);
  const lengths = lengthUnit(file.spatialUnits, options.voxelSize);
  const read = toDetections(file, rows, lengths);
  const warnings = [...hiddenNotes(file, visible, rows.length), ...checkQuality(place, read)];
  const links = {
    count: picked.length,
    source: Int32Array.from(picked, (k) => at[ends.source[k]]),
    target: Int32Array.from(picked, (k) => at[ends.target[k]]),
    cost: column(edges.cost.values()).map((cost) => (cost === -1 ? Number.NaN : cost)),
    prob: column(edges.prob.values()),
  };
  const arranged = arrange(read, links, {
    place,
    nameOf: (i) => spotName(file, rows[i]),
    strict: options.strict ?? false,
  });
  const { detections } = arranged;
  const marks = toMarks(file, rows);
  const ids = spots.id.values();
  const voxelSize = options.voxelSize ?? scale.voxelSize;
  const timeStep = options.timeStep ?? scale.timeStep;
  return {
    format: 'trackmate',
    detections,
    links: arranged.links,
    ndim: detections.ndim,
    nFrames: Math.max(countFrames(detections), file.image.nFrames || 0),
    unit: lengths.unit,
    ...(voxelSize === undefined ? {} : { voxelSize }),
    ...(timeStep === undefined ? {} : { timeStep }),
    sourceId: reorder(
      Float64Array.from(rows, (row) => ids[row]),
      arranged.row,
    ),
    ...(hasMarks(marks) ? { marks: moveMarks(marks, arranged.row) } : {}),
    warnings: [...warnings, ...arranged.warnings],
  };
}
