import type { CellMarks } from '../../lineage/index.ts';
import type { Lineage } from '../../lineage/types.ts';
import { cleanName, fromArgb, toArgb } from '../marks.ts';
import type { TrackMateFile } from './file.ts';
import { encodeText } from './xml.ts';

/** Feature of a spot that holds its colour, and the one that TrackMate gives every spot itself. */
export const COLOUR = 'MANUAL_SPOT_COLOR';
const OWN_COLOUR = '#595959';

/** The colour that a person gave a spot; empty where TrackMate gave its own. */
export function givenColour(value: number): string {
  const colour = fromArgb(value);
  return colour === OWN_COLOUR ? '' : colour;
}

/** The one value of several that are not empty; an empty text where there are none or they differ. */
function agreed(values: Iterable<string>): string {
  const found = new Set(values);
  found.delete('');
  const [first] = found;
  return found.size === 1 ? first : '';
}

/** Attributes that spots of a file get: by spot, texts of `name` and of the colour's feature, as the file writes them. */
export type Relabelled = ReadonlyMap<number, ReadonlyMap<string, string>>;

/**
 * What spots of a file are called and coloured now, where it is not what the file says already: names that differ along
 * a track are the file's own affair, and stay until somebody names the cell.
 *
 * @param spotOf spot by row of the lineage, -1 = none
 */
export function relabel(
  file: TrackMateFile,
  { tracklet, tracklets }: Lineage,
  spotOf: Int32Array,
  marks: CellMarks | undefined,
): Relabelled {
  const changes = new Map<number, Map<string, string>>();
  if (marks === undefined || marks.names.size + marks.colours.size === 0) return changes;
  const spotsOf: number[][] = Array.from({ length: tracklets.count }, () => []);
  for (const [row, spot] of spotOf.entries()) if (spot >= 0) spotsOf[tracklet[row] - 1].push(spot);
  const colours = file.spots.colour.values();
  const set = (spots: readonly number[], key: string, value: string): void => {
    for (const spot of spots) {
      const own = changes.get(spot) ?? new Map<string, string>();
      changes.set(spot, own.set(key, value));
    }
  };
  for (const [k, spots] of spotsOf.entries()) {
    const name = marks.names.get(k + 1);
    const before = agreed(spots.map((spot) => cleanName(file.spots.names.get(spot) ?? '')));
    // Characters of the file are bytes.
    if (name && name !== before) set(spots, 'name', Buffer.from(encodeText(name), 'utf8').toString('latin1'));
    const colour = marks.colours.get(k + 1);
    const shown = agreed(spots.map((spot) => givenColour(colours[spot])));
    if (colour && colour !== shown && file.declared.has(COLOUR)) set(spots, COLOUR, toArgb(colour));
  }
  return changes;
}

/** A tag with attributes in place of those that it had, or behind the others. */
export function withAttributes(raw: string, attributes: ReadonlyMap<string, string>): string {
  let tag = raw;
  for (const [key, value] of attributes) {
    const there = new RegExp(`(\\s${key}\\s*=\\s*)("[^"]*"|'[^']*')`);
    if (there.test(tag)) tag = tag.replace(there, (_, head: string) => `${head}"${value}"`);
    else
      tag = tag.replace(/\s*(\/?>)$/, (_, end: string) => ` ${key}="${value}"${end === '/>' ? ' />' : end}`);
  }
  return tag;
}
