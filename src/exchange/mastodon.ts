import type { Lineage } from '../lineage/types.ts';
import { assembleTracks, tableDetections } from './assemble.ts';
import { fixed, tableBlocks, textCell } from './csv.ts';
import { linkParents } from './idLinks.ts';
import { emptyMarks, keepMark, markNotes, markTexts, type RowMarks } from './marks.ts';
import { headerOf, type NumberTable, readNumberTable, type TableRules } from './numberTable.ts';
import { measureNotes, radiusNotes, scaleNotes, wholeRadii } from './shortfalls.ts';
import { writeTextAtomic } from './textFile.ts';
import type { ExportContext, Exported, ReadOptions, Tracks } from './types.ts';

/** Radius where no detection has one, in pixels. */
const RADIUS_PX = 5;

const RULES: TableRules<'id' | 't' | 'z' | 'y' | 'x' | 'parent' | 'radius' | 'quality'> = {
  format: 'mastodon',
  columns: {
    id: ['id'],
    t: ['frame'],
    z: ['z'],
    y: ['y'],
    x: ['x'],
    parent: ['parent_id', 'parent id'],
    radius: ['radius'],
    quality: ['quality'],
  },
  required: ['id', 't', 'z', 'y', 'x', 'parent'],
  whole: ['id'],
  finite: ['z', 'y', 'x'],
  frame: 't',
  texts: ['label', 'tag'],
};

/** Labels and tags that `writeMastodon` makes up. */
const MADE_UP = { label: /^tracklet \d+$/, tag: /^generation \d+$/ };

/** Names and tags of the table but those made up. */
function marksOf(texts: NumberTable<'id'>['texts']): RowMarks {
  const marks = emptyMarks();
  for (const [kind, name] of [
    ['name', 'label'],
    ['tags', 'tag'],
  ] as const)
    for (const [row, text] of texts.get(name) ?? [])
      if (!MADE_UP[name].test(text)) keepMark(marks, row, kind, text);
  return marks;
}

/** True for a table with the columns of Mastodon's importer: x, y, z, frame, id, parent_id. */
export async function looksLikeMastodon(path: string): Promise<boolean> {
  const names = await headerOf(path);
  if (names === null || names.includes('t')) return false;
  return RULES.required.every((key) => names.some((name) => RULES.columns[key].includes(name)));
}

/** True if every known value is in [0, 1]. */
const isProbability = (values: Float64Array): boolean => {
  return values.every((value) => Number.isNaN(value) || value === -1 || (value >= 0 && value <= 1));
};

/**
 * Reads the table that Mastodon's CSV importer takes, whose unit it does not name; `label` is the name of a cell, `tag` its tags.
 * The importer itself takes quotes for part of a text.
 *
 * @throws `invalid-data` (exit 65) that names the row
 */
export async function readMastodon(path: string, options: ReadOptions = {}): Promise<Tracks> {
  const table = await readNumberTable(path, RULES);
  const { place, line } = table;
  const { id, parent, radius, quality } = table.values;
  const nameOf = (i: number): string => `row ${line[i]} (id ${id[i]})`;
  const detections = tableDetections(table);
  detections.radius.set(radius);
  const known = isProbability(quality);
  if (known) detections.prob.set(quality.map((value) => (value === -1 ? Number.NaN : value)));
  const links = linkParents({ place, ids: id, nameOf }, parent);
  const tracks = assembleTracks(
    {
      ...{ format: 'mastodon', place, detections, ...links, sourceId: id, unit: 'unknown', nameOf },
      marks: marksOf(table.texts),
    },
    options,
  );
  if (!known) tracks.warnings.push(`${place}: quality is no probability between 0 and 1, it is left out`);
  return tracks;
}

/**
 * Writes a table for Mastodon's CSV importer: `x,y,z,frame,radius,quality,id,parent_id,label,tag`, micrometres, id =
 * row, parent -1 = none; label is the name of the cell, else that of the tracklet, tag its tags where there are any, else
 * the generation. Quotes and commas in names become blanks, which the importer would take for more. It skips a row with an empty number,
 * so none is empty: an unknown quality is -1.
 *
 * Source: mastodon-pasteur, CSV importer.
 */
export async function writeMastodon(
  path: string,
  lineage: Lineage,
  context: ExportContext,
): Promise<Exported> {
  const { detections: d, parent, tracklet, tracklets } = lineage;
  const { radius, madeUp } = wholeRadii(d, RADIUS_PX * context.voxelSize[2]);
  const { texts } = markTexts(lineage, context.marks);
  const plain = (text: string): string => text.replaceAll(/[",]/g, ' ').trim();
  const header = ['x', 'y', 'z', 'frame', 'radius', 'quality', 'id', 'parent_id', 'label', 'tag'];
  const blocks = tableBlocks(header, d.count, (i) => {
    const place = `${fixed(d.x[i])},${fixed(d.y[i])},${fixed(d.z[i])},${d.t[i]}`;
    const label = plain(texts.name(i)) || `tracklet ${tracklet[i]}`;
    const tag = plain(texts.tags(i)) || `generation ${tracklets.generation[tracklet[i] - 1]}`;
    const names = `${textCell(label)},${textCell(tag)}`;
    return `${place},${fixed(radius[i])},${fixed(d.prob[i]) || -1},${i},${parent[i]},${names}`;
  });
  await writeTextAtomic(path, blocks);
  return {
    paths: [path],
    notes: [
      ...scaleNotes('mastodon', context, d, 'micrometres'),
      ...radiusNotes('mastodon', madeUp),
      ...measureNotes('mastodon', lineage, ['radius', 'prob']),
      ...markNotes('mastodon', context.marks, ['name', 'tags']),
    ],
  };
}
