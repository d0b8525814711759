import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ExportContext,
  type RowMarks,
  readTracks,
  type Tracks,
  writeTracks,
} from '../../src/exchange/index.ts';
import { cleanName } from '../../src/exchange/marks.ts';
import { buildLineage, type CellMarks, noMarks } from '../../src/lineage/index.ts';
import type { EndKind, Lineage } from '../../src/lineage/types.ts';
import { division, randomLineage, twoGenerations } from '../cases/index.ts';
import { findRows, withFolder } from './helpers.ts';

type Kind = 'names' | 'colours' | 'tags' | 'ends' | 'groups';

/** Formats that hold some of it, what they write, the file that is read, and what of it they hold. */
const FORMS: [format: string, name: string, inner: string, held: Kind[]][] = [
  ['geff', 'tracks.geff', '', ['names', 'colours', 'tags', 'ends', 'groups']],
  ['csv', 'points.csv', '', ['names', 'colours', 'tags', 'ends', 'groups']],
  ['csv', 'tables', 'nodes.csv', ['names', 'colours', 'tags', 'ends', 'groups']],
  ['trackmate', 'session.xml', '', ['names', 'colours']],
  ['trackmate-csv', 'spots', '', ['names', 'colours']],
  ['napari', 'tracks.csv', '', ['names', 'colours']],
  ['mastodon', 'spots.csv', '', ['names', 'tags']],
];

const contextOf = (marks: CellMarks, original?: string): ExportContext => ({
  ...{ name: 'movie', voxelSize: [1, 1, 1] as const, timeStep: 60, marks },
  ...(original === undefined ? {} : { original }),
});

async function trip(
  lineage: Lineage,
  marks: CellMarks,
  format: string,
  name: string,
  inner: string,
): Promise<Tracks> {
  return withFolder(async (folder) => {
    await writeTracks(format, lineage, contextOf(marks), join(folder, name));
    return (await readTracks(join(folder, name, inner))) as Tracks;
  });
}

/** What a file calls the cells of a lineage: values by tracklet (tags by row), as one where its rows agree. */
function byCell(
  { marks, detections }: Tracks,
  { tracklet, detections: own }: Lineage,
  kind: Kind,
): [number, string][] {
  const rows = findRows(detections, own);
  const found = new Map<number, Set<string>>();
  for (const [row, value] of (marks?.[kind] ?? new Map()) as RowMarks['tags']) {
    const at = kind === 'tags' || kind === 'groups' ? rows[row]! : tracklet[rows[row]!]!;
    found.set(at, (found.get(at) ?? new Set()).add([value].flat().join(';')));
  }
  return [...found]
    .map(([at, values]): [number, string] => [at, [...values].join(' | ')])
    .sort((a, b) => a[0] - b[0]);
}

function expected(marks: CellMarks, kind: Kind): [number, string][] {
  const values = (kind === 'groups' ? groupsByRow(marks) : [...marks[kind]]) as [
    number,
    string | readonly string[],
  ][];
  return values
    .map(([at, value]): [number, string] => [at, [value].flat().join(';')])
    .sort((a, b) => a[0] - b[0]);
}

/** Every row with the names of its groups, sorted. */
function groupsByRow({ groups }: CellMarks): [number, string[]][] {
  const rows = [...new Set([...groups.values()].flat())];
  const namesOf = (row: number): string[] =>
    [...groups].flatMap(([name, members]) => (members.includes(row) ? [name] : [])).sort();
  return rows.map((row) => [row, namesOf(row)]);
}

/** Texts that people may write; Mastodon's importer has no quotes, so they and commas are left out. */
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.constantFrom('=1+1', "'-5", '-5', 'ABala', 'a<b>&"c"', '名前'),
  )
  .map((value) => cleanName(value.replaceAll(/[;,"]/g, '')).trim())
  .filter((value) => value !== '');

const marked = fc
  .record({
    seed: fc.integer(),
    names: fc.array(text, { maxLength: 5 }),
    colours: fc.array(fc.integer({ min: 0, max: 0xffffff }), { maxLength: 3 }),
    tags: fc.array(fc.uniqueArray(text, { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
    groups: fc.uniqueArray(text, { maxLength: 3 }),
  })
  .map(({ seed, names, colours, tags, groups }) => {
    const { detections, links } = randomLineage(seed, { nFrames: 8 });
    const lineage = buildLineage(detections, links);
    const marks = noMarks();
    const cell = (k: number): number => 1 + ((k * 3) % Math.max(1, lineage.tracklets.count));
    if (detections.count > 0) {
      for (const [k, name] of names.entries()) marks.names.set(cell(k), name);
      for (const [k, colour] of colours.entries())
        marks.colours.set(cell(k), `#${colour.toString(16).padStart(6, '0')}`);
      for (const [k, list] of tags.entries()) marks.tags.set((k * 7) % detections.count, [...list].sort());
      for (const [k, name] of groups.entries())
        marks.groups.set(name, [...new Set([k, 3 * k + 1, 5].map((row) => row % detections.count))]);
      for (let k = 1; k <= lineage.tracklets.count; k += 2) {
        const end: EndKind = k % 4 === 1 ? 'death' : 'leaves';
        if (lineage.tracklets.daughterA[k - 1] === 0) marks.ends.set(k, end);
      }
    }
    return { lineage, marks };
  });

describe.each(FORMS)('names and the like in %s (%s %s)', (format, name, inner, held) => {
  it('come back as they were given', async () => {
    await fc.assert(
      fc.asyncProperty(marked, async ({ lineage, marks }) => {
        if (lineage.detections.count === 0) return;
        const read = await trip(lineage, marks, format, name, inner);
        for (const kind of held) expect(byCell(read, lineage, kind), kind).toEqual(expected(marks, kind));
      }),
      { numRuns: 12 },
    );
  });

  it('are not there where nobody gave any', async () => {
    const lineage = buildLineage(division.detections, division.links);
    expect((await trip(lineage, noMarks(), format, name, inner)).marks).toBeUndefined();
  });
});

describe('writeTracks, of names and the like that a format does not hold', () => {
  const lineage = buildLineage(twoGenerations.detections, twoGenerations.links);
  const marks: CellMarks = {
    names: new Map([[1, 'AB']]),
    colours: new Map([[1, '#ff0000']]),
    tags: new Map([[0, ['odd']]]),
    ends: new Map([[2, 'death']]),
    groups: new Map([['left', [0, 1]]]),
  };

  it.each([
    ['geff', '1 groups'],
    ['csv', '1 groups'],
  ])('says so of a group without members alone: %s', async (format, lost) => {
    await withFolder(async (folder) => {
      const path = join(folder, 'out');
      expect((await writeTracks(format, lineage, contextOf(marks), path)).notes.join()).not.toContain('held');
      const empty = { ...marks, groups: new Map([...marks.groups, ['gone', []]]) };
      const { notes } = await writeTracks(format, lineage, contextOf(empty), join(folder, 'empty'));
      expect(notes).toContain(`${format}: not held by the format: ${lost}`);
    });
  });

  it.each([
    ['trackmate', '1 tags, 1 kinds of ends, 1 groups'],
    ['trackmate-csv', '1 tags, 1 kinds of ends, 1 groups'],
    ['napari', '1 tags, 1 kinds of ends, 1 groups'],
    ['mastodon', '1 colours, 1 kinds of ends, 1 groups'],
    ['newick', '1 colours, 1 tags, 1 kinds of ends, 1 groups'],
    ['intracktive', '1 names, 1 colours, 1 tags, 1 kinds of ends, 1 groups'],
  ])('says so: %s', async (format, lost) => {
    await withFolder(async (folder) => {
      const { notes } = await writeTracks(format, lineage, contextOf(marks), join(folder, 'out'));
      expect(notes).toContain(`${format}: not held by the format: ${lost}`);
    });
  });

  it('names the cells of Newick trees', async () => {
    await withFolder(async (folder) => {
      const path = join(folder, 'a.nwk');
      await writeTracks(
        'newick',
        lineage,
        contextOf({ ...marks, names: new Map([[1, "the 'P' cell"]]) }),
        path,
      );
      expect(await readFile(path, 'utf8')).toMatch(/\)'the ''P'' cell':\d+;/);
    });
  });
});

describe('writeTracks trackmate over an original, with names', () => {
  const lineage = buildLineage(division.detections, division.links);

  /** A session as TrackMate would name its spots, read and written again with what `change` makes of its marks. */
  async function again(
    names: string[],
    change: (marks: CellMarks) => void,
  ): Promise<[before: string, after: string]> {
    return withFolder(async (folder) => {
      const [first, second] = [join(folder, 'first.xml'), join(folder, 'second.xml')];
      await writeTracks(
        'trackmate',
        lineage,
        contextOf({ ...noMarks(), colours: new Map([[1, '#010203']]) }),
        first,
      );
      let k = 0;
      const before = (await readFile(first, 'utf8')).replaceAll(/name="ID(\d+)"/g, (own) => {
        const name = names[k++] ?? '';
        return name === '' ? own : `name="${name}"`;
      });
      await writeFile(first, before);
      const marks = noMarks();
      change(marks);
      await writeTracks('trackmate', lineage, contextOf(marks, first), second);
      return [before, await readFile(second, 'utf8')];
    });
  }

  it('keeps every byte where the names are those of the file', async () => {
    const [before, after] = await again(['AB', 'AB', 'x', 'y'], (marks) => marks.names.set(1, 'AB'));
    expect(after).toBe(before);
  });

  it('keeps names that differ along a track where nobody named the cell', async () => {
    const [before, after] = await again(['a1', 'a2'], (marks) => marks.names.set(3, 'EMS'));
    expect(after).toBe(before.replaceAll(/ID="([35])" name="ID\1"/g, 'ID="$1" name="EMS"'));
  });

  it('gives all spots of a cell its new name and colour, and nothing else', async () => {
    const [before, after] = await again(['AB', 'AB'], (marks) => {
      marks.names.set(1, 'P<é>');
      marks.colours.set(2, '#ff8000');
    });
    const named = before.replaceAll('name="AB"', 'name="P&lt;é&gt;"');
    const coloured = named.replaceAll(/(<Spot ID="[24]" [^>]*?) \/>/g, '$1 MANUAL_SPOT_COLOR="-32768" />');
    expect(after).toBe(coloured);
  });
});
