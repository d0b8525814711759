import { basename } from 'node:path';
import type { Lineage } from '../../lineage/types.ts';
import { markNotes } from '../marks.ts';
import { writeTextAtomic } from '../textFile.ts';
import type { ExportContext, Exported } from '../types.ts';
import { type Additions, createAdditions } from './additions.ts';
import { HELD_MARKS } from './features.ts';
import { readFile, type TrackMateFile } from './file.ts';
import { type Match, matchFile } from './match.ts';
import { COLOUR, type Relabelled, relabel, withAttributes } from './relabel.ts';
import { lengthUnit } from './units.ts';
import { writeNew } from './write.ts';
import { attribute, readXml, type XmlToken } from './xml.ts';

/** A copy that does not hold on to the text it was cut from. */
const detached = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');

/** Where a walk through the file stands. */
interface Walk {
  /** Frame of the list of spots that it is in, or was in last. */
  frame: number;
  /** The file's own texts of edges whose track has gone, by index. */
  edgeTexts: Map<number, string>;
  /** Spot that was met last, by index. */
  spot: number;
  /** True for an element that stays; to be asked once an element, in order. */
  stays(token: XmlToken): boolean;
  /** Goes on inside an element that has gone; false at its end. */
  passOver(token: XmlToken): boolean;
  enter(name: string): void;
  leave(): void;
}

function createWalk(file: TrackMateFile, match: Match): Walk {
  const trackAt = new Map(file.trackIds.map((id, k) => [id, k]));
  const inside: string[] = [];
  const within = (section: string): boolean => inside.includes(section);
  let [track, edge, depth] = [0, 0, 1];
  const walk: Walk = {
    frame: 0,
    spot: -1,
    edgeTexts: new Map(),
    enter: (name) => inside.push(name),
    leave: () => inside.pop(),
    stays(token) {
      const { name } = token;
      if (name === 'SpotsInFrame') walk.frame = Number(attribute(token, 'frame'));
      if (name === 'Spot' && within('AllSpots')) return match.keepSpot[++walk.spot] === 1;
      if (name === 'Track' && within('AllTracks')) return match.keepTrack[track++] === 1;
      if (name === 'Edge' && within('AllTracks')) edge++;
      if (name !== 'TrackID' || !within('FilteredTracks')) return true;
      const at = trackAt.get(Number(attribute(token, 'TRACK_ID')));
      return at === undefined || match.keepTrack[at] === 1;
    },
    passOver({ kind, name, raw }) {
      if (name === 'Edge' && kind === 'empty') walk.edgeTexts.set(edge, detached(raw));
      if (name === 'Edge' && kind !== 'close') edge++;
      if (kind === 'open') depth++;
      if (kind === 'close') depth--;
      if (depth > 0) return true;
      depth = 1;
      return false;
    },
  };
  return walk;
}

/** A tag as it is now: the list of spots with their number, a spot with its name and colour. */
function currentTag(
  { raw, name }: XmlToken,
  file: TrackMateFile,
  match: Match,
  walk: Walk,
  marked: Relabelled,
): string {
  const attributes = name === 'Spot' ? marked.get(walk.spot) : undefined;
  if (attributes !== undefined) return withAttributes(raw, attributes);
  if (name !== 'AllSpots') return raw;
  const total = match.keepSpot.reduce((n, keep) => n + keep, 0) + match.newRows.length;
  if (total === file.spots.id.count) return raw;
  return raw.replace(/(nspots\s*=\s*)("[^"]*"|'[^']*')/, `$1"${total}"`);
}

/** `<A b="c" />` with what is new inside. */
function* opened({ name }: XmlToken, tag: string, inner: Generator<string>): Generator<string> {
  const first = inner.next();
  if (first.done) {
    yield tag;
    return;
  }
  yield tag.replace(/\s*\/>$/, '>') + first.value;
  yield* inner;
  yield `\n${name === 'SpotsInFrame' ? '      ' : '    '}</${name}>`;
}

/**
 * The file with what is new in place of what is gone; every other byte as it was. Whitespace before an element goes
 * with it.
 */
async function* rewritten(
  path: string,
  file: TrackMateFile,
  match: Match,
  additions: Additions,
  marked: Relabelled,
): AsyncGenerator<string> {
  const current = (token: XmlToken): string => currentTag(token, file, match, walk, marked);
  const walk = createWalk(file, match);
  const added = (name: string): Generator<string> => additions.into(name, walk.frame, walk.edgeTexts);
  let gone = false;
  let space = '';
  for await (const tokens of readXml(path, file.place)) {
    for (const token of tokens) {
      const { kind, name, raw } = token;
      if (gone) {
        gone = walk.passOver(token);
        continue;
      }
      if (kind === 'text' && raw.trim() === '') {
        space += raw;
        continue;
      }
      const element = kind === 'open' || kind === 'empty';
      if (element && !walk.stays(token)) {
        gone = kind === 'open';
        space = '';
        continue;
      }
      if (kind === 'close') {
        walk.leave();
        yield* added(name);
      }
      yield space;
      space = '';
      if (kind === 'empty') yield* opened(token, current(token), added(name));
      else yield kind === 'open' ? current(token) : raw;
      if (kind === 'open') walk.enter(name);
    }
  }
  yield space;
}

/**
 * Writes a TrackMate session. Where the lineage came from a session (`context.original`), that one is written again
 * with what has changed, names and colours that people gave too: unknown features, outlines of spots, log, settings and view are carried over to the byte, and
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
  const additions = createAdditions(file, match, lineage, context, scale);
  const marked = relabel(file, lineage, match.spotOf, context.marks);
  await writeTextAtomic(path, rewritten(original, file, match, additions, marked), 'latin1');
  const kept = (flags: Uint8Array): string => `${flags.reduce((n, keep) => n + keep, 0)} of ${flags.length}`;
  const carried = `${kept(match.keepSpot)} spots, ${kept(match.keepTrack)} tracks`;
  const added = `${match.newRows.length} spots, ${match.newTracks.length} tracks`;
  return {
    paths: [path],
    notes: [
      `trackmate: carried over from ${basename(original)}: ${carried}; new: ${added}`,
      ...markNotes('trackmate', context.marks, file.declared.has(COLOUR) ? HELD_MARKS : ['name']),
    ],
  };
}
