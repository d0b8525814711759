import type { CellMarks } from '../lineage/index.ts';
import type { EndKind, Lineage } from '../lineage/types.ts';

/** What a file calls its detections, by row; rows without are absent. */
export interface RowMarks {
  names: Map<number, string>;
  /** `#rrggbb`. */
  colours: Map<number, string>;
  tags: Map<number, readonly string[]>;
  ends: Map<number, EndKind>;
  /** Names of the groups that hold the row. */
  groups: Map<number, readonly string[]>;
}

export const emptyMarks = (): RowMarks => ({
  names: new Map(),
  colours: new Map(),
  tags: new Map(),
  ends: new Map(),
  groups: new Map(),
});

/** Names of the columns of marks in tables, and properties in graphs. */
export const MARKS = ['name', 'colour', 'tags', 'end', 'groups'] as const;
export type Mark = (typeof MARKS)[number];

/** What each says, for those who read the tables. */
export const ABOUT: Readonly<Record<Mark, string>> = {
  name: 'what somebody called the cell, the same in all its rows',
  colour: 'what somebody coloured it in, #rrggbb',
  tags: 'tags of the cell in this frame, separated by semicolons',
  end: 'how its track ends, in its last row: death or leaves',
  groups: 'groups that somebody put the cell of this frame into, separated by semicolons',
};

/** Texts of marks by row, empty for none. */
export type MarkTexts = Readonly<Record<Mark, (row: number) => string>>;

/** Texts of what people said, and which kinds there are. */
export function markTexts(
  lineage: Lineage,
  marks: CellMarks | undefined,
): { texts: MarkTexts; kinds: Mark[] } {
  const { tracklet, tracklets } = lineage;
  const groups = groupsByRow(marks);
  const texts: MarkTexts = {
    name: (row) => marks?.names.get(tracklet[row]) ?? '',
    colour: (row) => marks?.colours.get(tracklet[row]) ?? '',
    tags: (row) => joinTags(marks?.tags.get(row) ?? []),
    end: (row) =>
      tracklets.lastNode[tracklet[row] - 1] === row ? (marks?.ends.get(tracklet[row]) ?? '') : '',
    groups: (row) => joinTags(groups.get(row) ?? []),
  };
  const sizes = { name: marks?.names, colour: marks?.colours, tags: marks?.tags, end: marks?.ends, groups };
  return { texts, kinds: MARKS.filter((kind) => (sizes[kind]?.size ?? 0) > 0) };
}

/** Names of the groups of each row, sorted. */
function groupsByRow(marks: CellMarks | undefined): Map<number, string[]> {
  const byRow = new Map<number, string[]>();
  for (const [name, rows] of [...(marks?.groups ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)))
    for (const row of new Set(rows)) byRow.set(row, [...(byRow.get(row) ?? []), name]);
  return byRow;
}

/** Tags as one text; a semicolon inside of one becomes a comma. */
const joinTags = (tags: readonly string[]): string => tags.map((tag) => tag.replaceAll(';', ',')).join(';');

/** Characters of a name or tag at most, as the edit log has it. */
const MOST = 200;
/** What the edit log refuses: controls, and what turns the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const UNFIT = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff\p{Cs}]/gu;

/** A text of a file as a name may be: on one line, no controls, at most 200 characters. */
export function cleanName(text: string): string {
  return text
    .replaceAll(/\s/g, ' ')
    .replaceAll(UNFIT, '')
    .trim()
    .slice(0, MOST)
    .replace(/\p{Cs}$/u, '');
}

/** Keeps the text of one kind of mark, where it is one. */
export function keepMark(marks: RowMarks, row: number, kind: Mark, text: string): void {
  if (kind === 'tags' || kind === 'groups') {
    const tags = [...new Set(text.split(';').map(cleanName))].filter((tag) => tag !== '').sort();
    if (tags.length > 0) marks[kind].set(row, tags);
  } else if (kind === 'name') {
    const name = cleanName(text);
    if (name !== '') marks.names.set(row, name);
  } else if (kind === 'colour') {
    const colour = text.trim().toLowerCase();
    if (/^#[0-9a-f]{6}$/.test(colour)) marks.colours.set(row, colour);
  } else if (text === 'death' || text === 'leaves') marks.ends.set(row, text);
}

/** True where there is a mark. */
export function hasMarks({ names, colours, tags, ends, groups }: RowMarks): boolean {
  return names.size + colours.size + tags.size + ends.size + groups.size > 0;
}

/** The marks by other rows. */
export function moveMarks(marks: RowMarks, row: ArrayLike<number>): RowMarks {
  const moved = <T>(values: Map<number, T>): Map<number, T> =>
    new Map([...values].map(([from, value]) => [row[from], value]));
  const { names, colours, tags, ends, groups } = marks;
  return {
    names: moved(names),
    colours: moved(colours),
    tags: moved(tags),
    ends: moved(ends),
    groups: moved(groups),
  };
}

/** A note on marks that a format does not hold; a group without members is held by none. */
export function markNotes(format: string, marks: CellMarks | undefined, held: readonly Mark[]): string[] {
  if (marks === undefined) return [];
  const counts: Record<string, number> = {
    names: held.includes('name') ? 0 : marks.names.size,
    colours: held.includes('colour') ? 0 : marks.colours.size,
    tags: held.includes('tags') ? 0 : marks.tags.size,
    'kinds of ends': held.includes('end') ? 0 : marks.ends.size,
    groups: [...marks.groups.values()].filter((rows) => !held.includes('groups') || rows.length === 0).length,
  };
  const lost = Object.entries(counts).filter(([, count]) => count > 0);
  if (lost.length === 0) return [];
  return [`${format}: not held by the format: ${lost.map(([what, n]) => `${n} ${what}`).join(', ')}`];
}

/** A colour as TrackMate has it, a whole number of 32 bits: alpha, red, green, blue. */
export function toArgb(colour: string): string {
  return colour === '' ? '' : String((0xff000000 | Number.parseInt(colour.slice(1), 16)) >> 0);
}

/** The colour of such a number; empty where it is none. */
export function fromArgb(value: number): string {
  if (!Number.isInteger(value) || Math.abs(value) > 2 ** 32) return '';
  return `#${(value & 0xffffff).toString(16).padStart(6, '0')}`;
}
