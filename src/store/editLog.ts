import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { writeFileAtomic, writeFully } from '../codec/files.ts';
import { asStorageError, MorulaError, quoted } from '../errors/index.ts';
import type { EditEntry } from '../lineage/types.ts';
import { layout } from './layout.ts';
import { readLinksMarker } from './links.ts';
import { takeEditsLock } from './lock.ts';
import { openLine, sealLine } from './sealed.ts';

/**
 * edits.jsonl: one line an entry, each with the CRC-32C of the rest of its line, and a first line that names the
 * segmentation that the entries' detections belong to. Lines are only ever added; one that was cut short by a crash was
 * never acknowledged, and is dropped.
 */
export interface EditLog {
  entries: EditEntry[];
  /** Bytes that are whole lines. */
  bytes: number;
  /** What had to be dropped, in words, or null. */
  torn: string | null;
}

/** A log open for adding to. */
export interface EditLogWriter {
  log: EditLog;
  /**
   * Returns when the entry is durable. @throws `storage` (exit 74), and then it is not in the log; also where the file is
   * no longer as this writer left it
   */
  append(entry: EditEntry): Promise<void>;
  close(): Promise<void>;
}

/** Cause of the error for a log that holds fewer edits than graph and tables show. */
export const TOO_FEW = 'fewer edits than shown';

const emptyLog = (): EditLog => ({ entries: [], bytes: 0, torn: null });

/**
 * The edits of a result; none where there is no log.
 *
 * @param segmentKey of the result: edits of another segmentation name other detections
 * @throws `invalid-data` when a line before the last is damaged, the log belongs to another segmentation, or it holds
 * fewer lines than graph and tables show
 */
export async function readEditLog(folder: string, segmentKey: string): Promise<EditLog> {
  // Before the log: what is published meanwhile is in it.
  const shown = (await readLinksMarker(folder))?.edits ?? 0;
  const log = await readLines(folder, segmentKey);
  if (log.entries.length >= shown) return log;
  throw new MorulaError(
    'invalid-data',
    `store: ${layout.edits(folder)} must hold the ${shown} edits that the tables show, found ${log.entries.length}; restore it, or give them up: rm ${quoted(layout.linksMarker(folder))}, and link again`,
    { cause: TOO_FEW },
  );
}

async function readLines(folder: string, segmentKey: string): Promise<EditLog> {
  const path = layout.edits(folder);
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return emptyLog();
    throw new MorulaError('storage', `store: ${path} cannot be read: ${String(error)}`, { cause: error });
  }
  const end = bytes.lastIndexOf(10) + 1;
  const log = emptyLog();
  for (let i = 0; log.bytes < end; i++) {
    const next = bytes.indexOf(10, log.bytes) + 1;
    const value = openLine(bytes.subarray(log.bytes, next - 1));
    if (value === null || (i > 0 && value.seq !== i)) {
      if (next < end) throw damaged(path, i + 1);
      log.torn = tornWords(path);
      return log;
    }
    if (i === 0) checkHeader(path, value, segmentKey);
    else log.entries.push(value as unknown as EditEntry);
    log.bytes = next;
  }
  if (end < bytes.length) log.torn = tornWords(path);
  return log;
}

function tornWords(path: string): string {
  return `store: the last line of ${path} was cut short by a crash; it was never acknowledged, and is dropped`;
}

/** Its cause is the number of the line, from 1: those before it are whole. */
function damaged(path: string, line: number): MorulaError {
  return new MorulaError(
    'invalid-data',
    `store: ${path} is damaged at line ${line}; restore it, or keep the edits before that line: morula verify says how`,
    { cause: line },
  );
}

function checkHeader(path: string, header: Record<string, unknown>, segmentKey: string): void {
  if (header.log !== 'morula-edits') throw damaged(path, 1);
  if (header.version !== 1) {
    throw new MorulaError(
      'unsupported',
      `store: ${path} must be of version 1, got ${JSON.stringify(header.version)}; it was made by a newer morula, install that`,
    );
  }
  if (header.segment !== segmentKey) {
    throw new MorulaError(
      'invalid-data',
      `store: ${path} belongs to another segmentation, whose detections have other names; move it away`,
    );
  }
}

/**
 * Opens a result's log for adding to, as its only writer: makes it where there is none, and cuts a torn last line off.
 *
 * @throws `busy` (exit 75) when another process edits, `storage`, and what `readEditLog` throws
 */
export async function openEditLog(folder: string, segmentKey: string): Promise<EditLogWriter> {
  const release = await takeEditsLock(folder);
  try {
    const path = layout.edits(folder);
    let log = await readEditLog(folder, segmentKey);
    if (log.bytes === 0) {
      const header = sealLine({ log: 'morula-edits', version: 1, segment: segmentKey });
      await writeFileAtomic(path, header);
      log = { ...log, bytes: Buffer.byteLength(header) };
    }
    const file = await open(path, 'r+');
    if (log.torn !== null) {
      await file.truncate(log.bytes);
      await file.sync();
    }
    return makeWriter(path, file, log, release);
  } catch (error) {
    await release();
    throw asStorageError('store', layout.edits(folder), error);
  }
}

/** Whether the open file is still the one of its name, and nobody else wrote to it: a lock is but a courtesy. */
async function isAsLeft(path: string, file: FileHandle, bytes: number): Promise<boolean> {
  const [own, named] = await Promise.all([file.stat(), stat(path).catch(() => null)]);
  return named !== null && named.ino === own.ino && named.dev === own.dev && own.size === bytes;
}

function makeWriter(
  path: string,
  file: FileHandle,
  log: EditLog,
  release: () => Promise<void>,
): EditLogWriter {
  let broken = false;
  return {
    log,
    async append(entry) {
      if (broken) {
        throw new MorulaError(
          'storage',
          `store: ${path} failed and could not be mended; start the viewer again`,
        );
      }
      const line = Buffer.from(sealLine(entry), 'utf8');
      if (!(await isAsLeft(path, file, log.bytes))) {
        throw new MorulaError(
          'storage',
          `store: ${path} must be as this process left it, somebody replaced, removed or wrote it; start the viewer again`,
        );
      }
      try {
        await writeFully(file, line, log.bytes);
        await file.sync();
      } catch (error) {
        await file.truncate(log.bytes).catch(() => {
          broken = true;
        });
        throw asStorageError('store', path, error, line.byteLength);
      }
      log.bytes += line.byteLength;
      log.entries.push(entry);
    },
    async close() {
      await file.close();
      await release();
    },
  };
}
