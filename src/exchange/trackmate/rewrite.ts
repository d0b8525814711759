import { basename } from 'node:path';
import type { Lineage } from '../../lineage/types.ts';
import { writeTextAtomic } from '../textFile.ts';
import type { ExportContext, Exported } from '../types.ts';
import {
  type EdgeRow,
  edgeFeatures,
  type Feature,
  spotFeatures,
  type TrackRow,
  trackFeatures,
} from './features.ts';
import { readFile, type TrackMateFile } from './file.ts';
import { type Match, matchFile } from './match.ts';
import { type LengthScale, lengthUnit, secondsIn, sizeFactor } from './units.ts';
import { attributesOf, writeNew } from './write.ts';
import { attribute, readXml, type XmlToken } from './xml.ts';

/** Features that every version of TrackMate declares. */
const CORE = new Set([
  ...['QUALITY', 'POSITION_X', 'POSITION_Y', 'POSITION_Z', 'POSITION_T', 'FRAME', 'RADIUS', 'VISIBILITY'],
  ...['SPOT_SOURCE_ID', 'SPOT_TARGET_ID', 'LINK_COST', 'TRACK_ID', 'TRACK_INDEX'],
]);

/** Texts of what is new, in the units of the file. */
interface NewParts {
  spot(row: number): string;
  /** `known`: the file's own text of an edge, by index. */
  track(row: TrackRow, known: Map<number, string>): string;
}

/** The lineage in the units of the file. */
function inFileUnits(
  file: TrackMateFile,
  lineage: Lineage,
  context: ExportContext,
  scale: LengthScale,
): { lineage: Lineage; context: ExportContext } {
  const { factors } = scale;
  const { detections: d } = lineage;
  const over = (values: Float64Array, factor: number): Float64Array => values.map((value) => value / factor);
  const [z, y, x] = [over(d.z, factors[0]), over(d.y, factors[1]), over(d.x, factors[2])];
  const detections = {
    ...{ ...d, z, y, x },
    radius: over(d.radius, factors[2]),
    size: over(d.size, sizeFactor(scale, d.ndim)),
  };
  const [dz, dy, dx] = context.voxelSize.map((size, axis) => size / factors[axis]);
  const { timeInterval } = file.image;
  const timeStep = timeInterval > 0 ? timeInterval : context.timeStep / (secondsIn(file.timeUnits) ?? 1);
  return { lineage: { ...lineage, detections }, context: { ...context, voxelSize: [dz, dy, dx], timeStep } };
}

function newParts(
  file: TrackMateFile,
  match: Match,
  { lineage, context }: { lineage: Lineage; context: ExportContext },
): NewParts {
  const known = <R>(features: Feature<R>[]): Feature<R>[] => {
    return features.filter(({ key }) => CORE.has(key) || file.declared.has(key));
  };
  const spots = known(spotFeatures(lineage, context).features);
  const edges = known<EdgeRow>(edgeFeatures(lineage, context, (row) => match.idOf[row]));
  const tracks = known(trackFeatures(lineage, context));
  return {
    spot(row) {
      const id = match.idOf[row];
      return `\n        <Spot ID="${id}" name="ID${id}"${attributesOf(spots, row)} />`;
    },
    track(row, texts) {
      const lines = row.links.map((link) => {
        const text = texts.get(match.edgeOf[link]);
        return `\n        ${text ?? `<Edge${attributesOf(edges, { link, track: row.id })} />`}`;
      });
      const open = `\n      <Track name="Track_${row.id}"${attributesOf(tracks, row)}>`;
      return `${open}${lines.join('')}\n      </Track>`;
    },
  };
}

/** A copy that does not hold on to the text it was cut from. */
const detached = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');

/** `<A b="c" />` with `inner` inside. */
function opened({ raw, name }: XmlToken, inner: string, indent: string): string {
  return inner === '' ? raw : `${raw.replace(/\s*\/>$/, '>')}${inner}\n${indent}</${name}>`;
}

/**
 * The file with what is new in place of what is gone; every other byte as it was. Whitespace before an element goes
 * with it.
 */
async function* rewritten(
  path: string,
  file: TrackMateFile,
  match: Match,
  parts: NewParts,
  frames: Int32Array,
): AsyncGenerator<string> {
  const rowsOf = new Map<number, number[]>();
  for (const row of match.newRows) rowsOf.set(frames[row], [...(rowsOf.get(frames[row]) ?? []), row]);
  const total = match.keepSpot.reduce((n, keep) => n + keep, 0) + match.newRows.length;
  const trackAt = new Map(file.trackIds.map((id, k) => [id, k]));
  const edgeTexts = new Map<number, string>();
  const inside: string[] = [];
  let spot = 0;
  let track = 0;
  let edge = 0;
  let frame = 0;
  let gone = 0;
  let space = '';

  const takeSpots = (at: number): string => {
    const rows = rowsOf.get(at) ?? [];
    rowsOf.delete(at);
    return rows.map(parts.spot).join('');
  };
  const lists = (): string => {
    const texts = [...rowsOf.keys()].map((at) => {
      return `\n      <SpotsInFrame frame="${at}">${takeSpots(at)}\n      </SpotsInFrame>`;
    });
    return texts.join('');
  };
  /** What is new at the end of an element. */
  const newInside = (name: string): string => {
    if (name === 'SpotsInFrame') return takeSpots(frame);
    if (name === 'AllSpots') return lists();
    if (name === 'AllTracks') return match.newTracks.map((row) => parts.track(row, edgeTexts)).join('');
    if (name !== 'FilteredTracks') return '';
    return match.newTracks.map(({ id }) => `\n      <TrackID TRACK_ID="${id}" />`).join('');
  };
  const INDENT: Readonly<Record<string, string>> = { SpotsInFrame: '      ' };
  /** True for an element that stays. */
  const stays = (token: XmlToken): boolean => {
    const within = (section: string): boolean => inside.includes(section);
    if (token.name === 'SpotsInFrame') frame = Number(attribute(token, 'frame'));
    if (token.name === 'Spot' && within('AllSpots')) return match.keepSpot[spot++] === 1;
    if (token.name === 'Track' && within('AllTracks')) return match.keepTrack[track++] === 1;
    if (token.name === 'Edge' && within('AllTracks')) edge++;
    if (token.name !== 'TrackID' || !within('FilteredTracks')) return true;
    const at = trackAt.get(Number(attribute(token, 'TRACK_ID')));
    return at === undefined || match.keepTrack[at] === 1;
  };
  const textOf = (token: XmlToken): string => {
    let { raw } = token;
    if (token.name === 'AllSpots' && total !== file.spots.id.count) {
      raw = raw.replace(/(nspots\s*=\s*)("[^"]*"|'[^']*')/, `$1"${total}"`);
    }
    if (token.kind !== 'empty') return raw;
    return opened({ ...token, raw }, newInside(token.name), INDENT[token.name] ?? '    ');
  };

  for await (const tokens of readXml(path, file.place)) {
    for (const token of tokens) {
      const { kind, name, raw } = token;
      if (gone > 0) {
        if (name === 'Edge' && kind === 'empty') edgeTexts.set(edge, detached(raw));
        if (name === 'Edge' && kind !== 'close') edge++;
        if (kind === 'open') gone++;
        if (kind === 'close') gone--;
      } else if (kind === 'text' && raw.trim() === '') space += raw;
      else if (kind === 'close') {
        inside.pop();
        yield newInside(name) + space + raw;
        space = '';
      } else if (kind === 'text' || kind === 'other' || stays(token)) {
        yield space + (kind === 'empty' || kind === 'open' ? textOf(token) : raw);
        space = '';
        if (kind === 'open') inside.push(name);
      } else {
        space = '';
        if (kind === 'open') gone = 1;
      }
    }
  }
  yield space;
}

/**
 * Writes a TrackMate session. Where the lineage came from a session (`context.original`), that one is written again
 * with what has changed: unknown features, outlines of spots, log, settings and view are carried over to the byte, and
 * so is the whole file where nothing has changed. See `matchFile`, `writeNew`.
 *
 * @throws what `readTrackMate` throws for the original; `storage`
 */
export async function writeTrackMate(
  path: string,
  lineage: Lineage,
  context: ExportContext,
): Promise<Exported> {
  const { original } = context;
  if (original === undefined) return writeNew(path, lineage, context);
  const file = await readFile(original);
  // Without these two there is no place for anything new.
  if (!file.sections.has('AllSpots') || !file.sections.has('AllTracks'))
    return writeNew(path, lineage, context);
  const scale = lengthUnit(file.spatialUnits, context.voxelSize);
  const match = matchFile(file, lineage, scale);
  const parts = newParts(file, match, inFileUnits(file, lineage, context, scale));
  await writeTextAtomic(path, rewritten(original, file, match, parts, lineage.detections.t), 'latin1');
  const kept = (flags: Uint8Array): string => `${flags.reduce((n, keep) => n + keep, 0)} of ${flags.length}`;
  const carried = `${kept(match.keepSpot)} spots, ${kept(match.keepTrack)} tracks`;
  const added = `${match.newRows.length} spots, ${match.newTracks.length} tracks`;
  return {
    paths: [path],
    notes: [`trackmate: carried over from ${basename(original)}: ${carried}; new: ${added}`],
  };
}
