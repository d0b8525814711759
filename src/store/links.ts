import { readFile } from 'node:fs/promises';
import { decodeColumns, encodeColumns } from '../codec/columns.ts';
import { sha256Hex, writeFileAtomic } from '../codec/files.ts';
import { MorulaError } from '../errors/index.ts';
import type { Links } from '../link/types.ts';
import { stageKey } from './canonical.ts';
import { layout } from './layout.ts';
import type { FrameMarker, LinkSettings, Summary } from './types.ts';

/** links.json, the done-marker of the link stage. */
export interface LinksMarker {
  v: 1;
  key: string;
  bytes: number;
  sha256: string;
  settings: LinkSettings;
  summary: Summary;
}

/** Key of the link stage: its settings and the content of every frame's outputs. */
export function linkKey(settings: LinkSettings, markers: readonly FrameMarker[]): string {
  return stageKey(
    'link/1',
    settings,
    markers.map((marker) => marker.outputs.map((output) => output.sha256)),
  );
}

/** Writes links.bin. The marker follows when the tables and the graph are in place too, see `commitLinksMarker`. */
export async function writeLinks(folder: string, links: Links): Promise<{ bytes: number; sha256: string }> {
  const { count, ...columns } = links;
  return writeFileAtomic(layout.links(folder), encodeColumns({ meta: { count }, columns }));
}

/** Declares the link stage done. */
export async function commitLinksMarker(folder: string, marker: LinksMarker): Promise<void> {
  await writeFileAtomic(layout.linksMarker(folder), JSON.stringify(marker));
}

/** The link stage's marker, or null when it is not done. */
export async function readLinksMarker(folder: string): Promise<LinksMarker | null> {
  try {
    const marker = JSON.parse(await readFile(layout.linksMarker(folder), 'utf8')) as LinksMarker;
    return marker.v === 1 ? marker : null;
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
