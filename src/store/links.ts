import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { decodeColumns, encodeColumns } from '../codec/columns.ts';
import { sha256Hex, writeFileAtomic } from '../codec/files.ts';
import { asStorageError, MorulaError } from '../errors/index.ts';
import type { Links } from '../link/types.ts';
import { stageKey } from './canonical.ts';
import { layout } from './layout.ts';
import type { FrameMarker, LinkSettings, Summary } from './types.ts';

/** links.json, the done-marker of the link stage. */
export interface LinksMarker {
  v: 1;
  key: string;
  /** Of links.bin. */
  bytes: number;
  sha256: string;
  /** Every file of the stage: links, graph and tables; paths relative to the result folder. */
  outputs: { path: string; bytes: number }[];
  settings: LinkSettings;
  summary: Summary;
  /** Entries of the edit log that graph and tables show; absent = none. */
  edits?: number;
}

/** Key of the link stage: its settings and the content of every frame's outputs. */
export function linkKey(settings: LinkSettings, markers: readonly FrameMarker[]): string {
  return stageKey(
    'link/1',
    settings,
    markers.map((marker) => (marker.segmented ?? marker.outputs).map((output) => output.sha256)),
  );
}

/** Writes links.bin. The marker follows when the tables and the graph are in place too, see `commitLinksMarker`. */
export async function writeLinks(folder: string, links: Links): Promise<{ bytes: number; sha256: string }> {
  const { count, ...columns } = links;
  return writeFileAtomic(layout.links(folder), encodeColumns({ meta: { count }, columns }));
}

/** Declares the link stage not done: comes before the first of its files is replaced. */
export async function removeLinksMarker(folder: string): Promise<void> {
  try {
    await rm(layout.linksMarker(folder), { force: true });
  } catch (error) {
    throw asStorageError('store', layout.linksMarker(folder), error);
  }
}

/** Declares the link stage done, with the size of every file that it wrote. */
export async function commitLinksMarker(
  folder: string,
  marker: Omit<LinksMarker, 'v' | 'outputs'>,
): Promise<void> {
  const whole: LinksMarker = { ...marker, v: 1, outputs: await listOutputs(folder) };
  await writeFileAtomic(layout.linksMarker(folder), JSON.stringify(whole));
}

/** Files of the link stage as they are. */
async function listOutputs(folder: string): Promise<LinksMarker['outputs']> {
  const paths = [layout.links('')];
  for (const path of [layout.motion(''), layout.certainty(''), layout.rescued('')]) {
    if ((await stat(join(folder, path)).catch(() => null)) !== null) paths.push(path);
  }
  for (const part of [layout.geff(''), layout.tables('')]) {
    const entries = await readdir(join(folder, part), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    paths.push(...files.map((entry) => relative(folder, join(entry.parentPath, entry.name))));
  }
  return Promise.all(
    paths.sort().map(async (path) => ({ path, bytes: (await stat(join(folder, path))).size })),
  );
}

/** True when every file that the marker names is there with its size. */
export async function linksStand(folder: string, marker: LinksMarker): Promise<boolean> {
  for (const { path, bytes } of marker.outputs ?? []) {
    const found = await stat(join(folder, path)).catch(() => null);
    if (found?.size !== bytes) return false;
  }
  return (marker.outputs?.length ?? 0) > 0;
}

/** True when links.bin itself is there with its size: graph and tables can be made from it. */
export async function linksFileStands(folder: string, marker: LinksMarker): Promise<boolean> {
  const found = await stat(layout.links(folder)).catch(() => null);
  return found?.size === marker.bytes;
}

/** The link stage's marker, or null when it is not done. */
export async function readLinksMarker(folder: string): Promise<LinksMarker | null> {
  try {
    const marker = JSON.parse(await readFile(layout.linksMarker(folder), 'utf8')) as LinksMarker | null;
    return marker?.v === 1 ? marker : null;
  } catch {
    return null;
  }
}

/**
 * The links of a result.
 *
 * @throws `invalid-data` when the stage is not done or its file is damaged
 */
export async function loadLinks(folder: string): Promise<Links> {
  const marker = await readLinksMarker(folder);
  if (marker === null) {
    throw new MorulaError('invalid-data', `store: ${folder} is not linked yet; run: morula link ${folder}`);
  }
  const path = layout.links(folder);
  const bytes = await readFile(path).catch(() => new Uint8Array());
  if (sha256Hex(bytes) !== marker.sha256) {
    throw new MorulaError(
      'invalid-data',
      `store: ${path} is damaged (its checksum differs); run: morula link ${folder} --overwrite`,
    );
  }
  const { meta, columns } = decodeColumns(bytes, path);
  return { count: meta.count, ...columns } as unknown as Links;
}
