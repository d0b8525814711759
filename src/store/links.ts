import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { decodeColumns, encodeColumns } from '../codec/columns.ts';
import { readChecksum, sha256Hex, syncFolder, writeFileAtomic } from '../codec/files.ts';
import { asStorageError, MorulaError, quoted } from '../errors/index.ts';
import type { Links } from '../link/types.ts';
import { stageKey } from './canonical.ts';
import { layout } from './layout.ts';
import { openMarker, sealMarker } from './sealed.ts';
import type { FrameMarker, LinkSettings, Summary } from './types.ts';

/** links.json, the done-marker of the link stage. */
export interface LinksMarker {
  v: 1;
  key: string;
  /** Of links.bin. */
  bytes: number;
  sha256: string;
  /**
   * Every file of the stage: links, graph and tables; paths relative to the result folder. Older results have no checksums
   * here.
   */
  outputs: { path: string; bytes: number; sha256?: string }[];
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

/**
 * Declares the link stage not done: comes before the first of its files is replaced, and is durable before. What a
 * killed run left of a graph goes too; the caller holds the lock.
 */
export async function removeLinksMarker(folder: string): Promise<void> {
  try {
    await rm(layout.linksMarker(folder), { force: true });
    await syncFolder(folder);
    for (const name of await readdir(folder)) {
      if (LEFT_OVER.test(name)) await rm(join(folder, name), { recursive: true, force: true });
    }
  } catch (error) {
    throw asStorageError('store', layout.linksMarker(folder), error);
  }
}

/** A graph that was being written, see `writeGeff`. */
const LEFT_OVER = /^tracks\.geff\.\d+\.tmp$/;

/** Declares the link stage done, with size and checksum of every file that it wrote. */
export async function commitLinksMarker(
  folder: string,
  marker: Omit<LinksMarker, 'v' | 'outputs'>,
): Promise<void> {
  const outputs = await listOutputs(folder).catch((error: unknown) => {
    throw asStorageError('store', folder, error);
  });
  const whole: LinksMarker = { ...marker, v: 1, outputs };
  await writeFileAtomic(layout.linksMarker(folder), sealMarker(whole));
}

/** Files of the link stage as they are. */
async function listOutputs(folder: string): Promise<LinksMarker['outputs']> {
  const paths = [layout.links('')];
  for (const path of [layout.motion(''), layout.certainty(''), layout.rescued(''), 'README.txt']) {
    if ((await stat(join(folder, path)).catch(() => null)) !== null) paths.push(path);
  }
  for (const part of [layout.geff(''), layout.tables('')]) {
    const entries = await readdir(join(folder, part), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    paths.push(...files.map((entry) => relative(folder, join(entry.parentPath, entry.name))));
  }
  const outputs: LinksMarker['outputs'] = [];
  for (const path of paths.sort()) outputs.push({ path, ...(await readChecksum(join(folder, path))) });
  return outputs;
}

/** True when every file that the marker names is there with its size. */
export async function linksStand(folder: string, marker: LinksMarker): Promise<boolean> {
  return (marker.outputs?.length ?? 0) > 0 && (await haveSizes(folder, marker.outputs));
}

/** True when what the linker found is there, each file with its size: graph and tables can be made from it. */
export async function linksFileStands(folder: string, marker: LinksMarker): Promise<boolean> {
  const found = (marker.outputs ?? []).filter(({ path }) => path.endsWith('.bin'));
  return haveSizes(folder, [{ path: layout.links(''), bytes: marker.bytes }, ...found]);
}

async function haveSizes(folder: string, files: LinksMarker['outputs']): Promise<boolean> {
  for (const { path, bytes } of files) {
    const found = await stat(join(folder, path)).catch(() => null);
    if (found?.size !== bytes) return false;
  }
  return true;
}

/** The link stage's marker, or null when it is not done. */
export async function readLinksMarker(folder: string): Promise<LinksMarker | null> {
  try {
    const marker = openMarker(await readFile(layout.linksMarker(folder))) as LinksMarker | null;
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
    throw new MorulaError(
      'invalid-data',
      `store: ${folder} is not linked yet; run: morula link ${quoted(folder)}`,
    );
  }
  const path = layout.links(folder);
  const bytes = await readFile(path).catch(() => new Uint8Array());
  if (sha256Hex(bytes) !== marker.sha256) {
    throw new MorulaError(
      'invalid-data',
      `store: ${path} is damaged (its checksum differs); the command that mends it is named by: morula verify ${quoted(folder)}`,
    );
  }
  const { meta, columns } = decodeColumns(bytes, path, true);
  return { count: meta.count, ...columns } as unknown as Links;
}
