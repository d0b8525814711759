import { basename, extname, join } from 'node:path';
import { isRemoteLocation } from '../codec/index.ts';
import { MorulaError } from '../errors/index.ts';
import type { Lineage } from '../lineage/types.ts';
import { findCtc } from './ctc/layout.ts';
import { readCtc } from './ctc/read.ts';
import { writeCtc } from './ctc/write.ts';
import { readGeff } from './geff/read.ts';
import { looksLikeGeff } from './geff/sniff.ts';
import { writeGeff } from './geff/write.ts';
import { kindOf } from './input.ts';
import { looksLikeIntracktive, readIntracktive, writeIntracktive } from './intracktive.ts';
import { MARKS, markNotes, markTexts } from './marks.ts';
import { looksLikeMastodon, readMastodon, writeMastodon } from './mastodon.ts';
import { looksLikeNapari, readNapari, writeNapari } from './napari.ts';
import { writeNewick } from './newick.ts';
import { looksLikePoints, readPoints, writePoints } from './points.ts';
import { writeReadme } from './readme.ts';
import { measureNotes, scaleNotes } from './shortfalls.ts';
import { writeTables } from './tables.ts';
import { looksLikeTrackMateCsv, readTrackMateCsv, writeTrackMateCsv } from './trackmate/csv.ts';
import { readTrackMate } from './trackmate/read.ts';
import { writeTrackMate } from './trackmate/rewrite.ts';
import { looksLikeTrackMate } from './trackmate/sniff.ts';
import type { CtcTracks, ExportContext, Exported, Format, ReadOptions, Tracks } from './types.ts';
import { whatElse } from './unknown.ts';

export { type Finding, lintCtc } from './ctc/lint.ts';
export { readCtc } from './ctc/read.ts';
export { type CtcTruthWriter, createCtcTruthWriter } from './ctc/truth.ts';
export { writeCtc } from './ctc/write.ts';
export { readGeff } from './geff/read.ts';
export { type GeffContext, writeGeff } from './geff/write.ts';
export type { RowMarks } from './marks.ts';
export { newickTrees } from './newick.ts';
export { readPoints, writePoints } from './points.ts';
export { writeReadme } from './readme.ts';
export { countTable, divisionTable, nodeTable, trackletTable, writeTables } from './tables.ts';
export { readTrackMate } from './trackmate/read.ts';
export { writeTrackMate } from './trackmate/rewrite.ts';
export type * from './types.ts';

/**
 * Every format by name; a new one is a file of its own and one entry here. The content of a file is shown to them in
 * this order: tables with more columns of their own come before those that share them.
 */
export const formats: readonly Format[] = [
  {
    name: 'geff',
    title: 'GEFF 1.x lineage graph (zarr)',
    sniff: looksLikeGeff,
    read: async (path, options) => readGeff(await insideResult(path), options),
    write: writeGeff,
    outName: (movie) => `${movie}.geff`,
  },
  {
    name: 'ctc',
    title: 'Cell Tracking Challenge masks and track file',
    sniff: async (path) => (await findCtc(path)) !== null,
    read: readCtc,
    write: writeCtc,
    outName: (movie) => `${movie}_RES`,
  },
  {
    name: 'trackmate',
    title: 'TrackMate session (XML)',
    sniff: looksLikeTrackMate,
    read: readTrackMate,
    write: writeTrackMate,
    outName: (movie) => `${movie}.xml`,
  },
  {
    name: 'trackmate-csv',
    title: 'TrackMate tables of spots, edges and tracks',
    sniff: looksLikeTrackMateCsv,
    read: readTrackMateCsv,
    write: writeTrackMateCsv,
    outName: (movie) => `${movie}-trackmate`,
  },
  {
    name: 'napari',
    title: 'napari tracks (CSV) and graph (JSON)',
    sniff: looksLikeNapari,
    read: readNapari,
    write: writeNapari,
    outName: (movie) => `${movie}-napari.csv`,
  },
  {
    name: 'intracktive',
    title: 'inTRACKtive CSV',
    sniff: looksLikeIntracktive,
    read: readIntracktive,
    write: writeIntracktive,
    outName: (movie) => `${movie}-intracktive.csv`,
  },
  {
    name: 'mastodon',
    title: "CSV for Mastodon's importer",
    sniff: looksLikeMastodon,
    read: readMastodon,
    write: writeMastodon,
    outName: (movie) => `${movie}-mastodon.csv`,
  },
  {
    name: 'newick',
    title: 'Newick trees, one a founder',
    write: writeNewick,
    outName: (movie) => `${movie}.nwk`,
  },
  {
    name: 'csv',
    title: 'CSV: the tables of a result, or points',
    sniff: async (path) => looksLikePoints(await nodesTable(path)),
    read: async (path, options) => readPoints(await nodesTable(path), options),
    write: writeCsv,
    outName: (movie) => `${movie}-tables`,
  },
];

async function writeCsv(path: string, lineage: Lineage, context: ExportContext): Promise<Exported> {
  if (extname(path).toLowerCase() !== '.csv') {
    const { paths, notes } = await writeTables(path, lineage, context);
    const held = ['label', 'radius', 'prob', 'size', 'intensity'] as const;
    const lost = [...measureNotes('csv', lineage, held), ...markNotes('csv', context.marks, MARKS)];
    const readme = await writeReadme(path, lineage, context);
    const pixels =
      context.voxelSizeKnown === false
        ? ['csv: the size of a pixel is not known, columns in um hold pixels; they are read as um again']
        : [];
    return { paths: [...paths, readme], notes: [...notes, ...pixels, ...lost] };
  }
  const { detections, parent } = lineage;
  await writePoints(path, detections, parent, markTexts(lineage, context.marks));
  const lost = [...measureNotes('csv', lineage, ['radius']), ...markNotes('csv', context.marks, MARKS)];
  const scales = scaleNotes('csv', context, detections, 'micrometres');
  return { paths: [path], notes: [...scales, ...lost] };
}

/** The GEFF inside a morula result folder, or the path itself. */
async function insideResult(path: string): Promise<string> {
  const inner = join(path, 'tracks.geff');
  return (await kindOf(inner)) === 'folder' ? inner : path;
}

/** The table of cells inside a folder of tables, or the path itself. */
async function nodesTable(path: string): Promise<string> {
  const inner = join(path, 'nodes.csv');
  return (await kindOf(inner)) === 'file' ? inner : path;
}

/** Names of the formats that can be read or written. */
export function formatNames(direction: 'read' | 'write'): string[] {
  return formats.filter((format) => format[direction]).map(({ name }) => name);
}

function findFormat(name: string, direction: 'read' | 'write'): Format {
  const found = formats.find((format) => format.name === name && format[direction]);
  if (found) return found;
  const known = formatNames(direction).join(', ');
  throw new MorulaError('usage', `exchange: --format must be one of ${known}, got "${name}"`);
}

/** The first format that can be read and knows the content of `path` as its own; null where none does. */
export async function sniffFormat(path: string): Promise<Format | null> {
  for (const format of formats) if (format.read && (await format.sniff?.(path))) return format;
  return null;
}

/**
 * Reads somebody's tracks: a GEFF (or the one inside a morula result), a challenge folder, a points CSV. Without a
 * format the content decides. A challenge folder comes back open (`CtcTracks`); its `toTracks()` gives columns.
 *
 * @throws `usage` for an unknown format, `not-found`, `invalid-data`, `invalid-metadata`, `unsupported`
 */
export async function readTracks(path: string, options: ReadOptions = {}): Promise<Tracks | CtcTracks> {
  const name = options.format ?? 'auto';
  if (name !== 'auto') return findFormat(name, 'read').read!(path, options);
  if (!isRemoteLocation(path) && (await kindOf(path)) === null) {
    throw new MorulaError('not-found', `import: ${path} must exist, there is no such file or folder`);
  }
  const found = await sniffFormat(path);
  if (found) return found.read!(path, options);
  const wanted = `must be tracks in a known format (${formatNames('read').join(', ')})`;
  throw new MorulaError('invalid-data', `import: ${path} ${wanted}${await whatElse(path)}`);
}

/**
 * Writes a lineage in the named format at `outPath` (file or folder, as the format has it; by default the
 * format's usual name in the working folder).
 *
 * @throws `usage` for an unknown format, `unsupported` for what the format cannot hold, `storage`
 */
export async function writeTracks(
  format: string,
  lineage: Lineage,
  context: ExportContext,
  outPath?: string,
): Promise<Exported> {
  const path = outPath ?? defaultOutPath(format, context.name);
  return findFormat(format, 'write').write!(path, lineage, context);
}

/** Where an export goes when no path is given. */
export function defaultOutPath(format: string, movie: string): string {
  return findFormat(format, 'write').outName?.(movie) ?? basename(movie);
}
