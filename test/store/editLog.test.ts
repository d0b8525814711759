import { spawn } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EditEntry } from '../../src/lineage/types.ts';
import { openEditLog, readEditLog } from '../../src/store/index.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { mountTinyDisk } from '../helpers/tinyDisk.ts';

const root = tempFolder();
let folders = 0;
const newFolder = (): string => {
  const folder = join(root, `${folders++}`);
  mkdirSync(folder);
  return folder;
};
const logOf = (folder: string): string => join(folder, 'edits.jsonl');

function entry(seq: number, text = 'ä "quoted"\n'): EditEntry {
  return {
    ...{ seq, id: `id-${seq}`, kind: 'edit', at: '2026-01-01', by: 'me', label: `number ${seq}` },
    changes: [
      { slot: 'name:1.2', after: text },
      { slot: 'parent:1.2', after: null },
    ],
  };
}

async function write(folder: string, count: number): Promise<void> {
  const writer = await openEditLog(folder, 'key');
  for (let seq = writer.log.entries.length + 1; seq <= count; seq++) await writer.append(entry(seq));
  await writer.close();
}

describe('readEditLog', () => {
  it('gives back what was added, in order, over any number of openings', async () => {
    const folder = newFolder();
    expect(await readEditLog(folder, 'key')).toEqual({ entries: [], bytes: 0, torn: null });
    await write(folder, 2);
    await write(folder, 5);
    const { entries, torn } = await readEditLog(folder, 'key');
    expect([entries, torn]).toEqual([[1, 2, 3, 4, 5].map((seq) => entry(seq)), null]);
  });

  it('drops a last line that was cut anywhere, and says so; the next writer goes on before it', async () => {
    const folder = newFolder();
    await write(folder, 3);
    const whole = readFileSync(logOf(folder));
    const last = whole.lastIndexOf(10, whole.length - 2) + 1;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: last + 1, max: whole.length - 1 }), async (length) => {
        writeFileSync(logOf(folder), whole.subarray(0, length));
        const { entries, bytes, torn } = await readEditLog(folder, 'key');
        expect([entries.length, bytes]).toEqual([2, last]);
        expect(torn).toContain('cut short');
        await write(folder, 3);
        expect(readFileSync(logOf(folder))).toEqual(whole);
      }),
      { numRuns: 25 },
    );
  });

  it('starts anew where the very first line was cut', async () => {
    const folder = newFolder();
    await write(folder, 0);
    truncateSync(logOf(folder), 10);
    expect((await readEditLog(folder, 'key')).torn).toContain('cut short');
    await write(folder, 1);
    expect((await readEditLog(folder, 'key')).entries).toEqual([entry(1)]);
  });

  it('names the line where a byte before the last line changed', async () => {
    const folder = newFolder();
    await write(folder, 3);
    const whole = readFileSync(logOf(folder));
    const last = whole.lastIndexOf(10, whole.length - 2);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: last - 1 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bytes = Uint8Array.from(whole);
        bytes[at]! ^= flip;
        writeFileSync(logOf(folder), bytes);
        await expect(readEditLog(folder, 'key')).rejects.toMatchObject({ tag: 'invalid-data', exit: 65 });
      }),
      { numRuns: 200 },
    );
  });

  it('refuses a line that is missing or there twice', async () => {
    const folder = newFolder();
    await write(folder, 4);
    const lines = readFileSync(logOf(folder), 'utf8').split('\n');
    for (const wrong of [lines.toSpliced(2, 1), lines.toSpliced(2, 0, lines[2]!)]) {
      writeFileSync(logOf(folder), wrong.join('\n'));
      await expect(readEditLog(folder, 'key')).rejects.toThrow('damaged at line');
    }
  });

  it('refuses the log of another segmentation', async () => {
    const folder = newFolder();
    await write(folder, 1);
    await expect(readEditLog(folder, 'other')).rejects.toThrow('another segmentation');
  });

  it('refuses a log of a newer version by its name', async () => {
    const folder = newFolder();
    await write(folder, 0);
    const { sealLine } = await import('../../src/store/sealed.ts');
    writeFileSync(logOf(folder), sealLine({ log: 'morula-edits', version: 2, segment: 'key' }));
    await expect(readEditLog(folder, 'key')).rejects.toMatchObject({ tag: 'unsupported' });
  });
});

/** Adds edits for ever and prints the id of each when it is acknowledged: to be killed. */
const APPEND = `
import { openEditLog } from '${new URL('../../dist/src/store/index.js', import.meta.url).href}';
const { log, append } = await openEditLog(process.argv[1], 'key');
for (let seq = log.entries.length + 1; ; seq++) {
  const id = process.pid + '-' + seq;
  const changes = [{ slot: 'name:0.' + seq, after: 'x'.repeat((seq * 997) % 5000) }];
  await append({ seq, id, kind: 'edit', at: '', by: '', label: '', changes });
  process.stdout.write(id + '\\n');
}`;

describe('openEditLog', () => {
  it('lets one writer in at a time', async () => {
    const folder = newFolder();
    const first = await openEditLog(folder, 'key');
    await expect(openEditLog(folder, 'key')).rejects.toMatchObject({ tag: 'busy', exit: 75 });
    await first.close();
    await (await openEditLog(folder, 'key')).close();
  });

  const disk = mountTinyDisk(64);
  it.skipIf(disk === null)('keeps nothing of an edit that the disk had no room for', async () => {
    try {
      const writer = await openEditLog(disk!.folder, 'key');
      await writer.append(entry(1));
      await expect(writer.append(entry(2, 'x'.repeat(100_000)))).rejects.toMatchObject({ exit: 74 });
      await writer.append(entry(2, 'short'));
      await writer.close();
      const { entries, torn } = await readEditLog(disk!.folder, 'key');
      expect([entries, torn]).toEqual([[entry(1), entry(2, 'short')], null]);
    } finally {
      disk!.remove();
    }
  });

  it.each<[string, (path: string) => void]>([
    [
      'replaced',
      (path) => {
        renameSync(path, `${path}.old`);
        copyFileSync(`${path}.old`, path);
      },
    ],
    ['removed', (path) => rmSync(path)],
    ['written by another process', (path) => appendFileSync(path, 'x\n')],
  ])('acknowledges no edit where the file was %s under it', async (_, harm) => {
    const folder = newFolder();
    const writer = await openEditLog(folder, 'key');
    await writer.append(entry(1));
    harm(logOf(folder));
    await expect(writer.append(entry(2))).rejects.toMatchObject({
      exit: 74,
      message: expect.stringContaining('start the viewer again'),
    });
    expect(writer.log.entries.length).toBe(1);
    await writer.close();
  });

  it('has every acknowledged edit exactly once after kill -9 at any time', async () => {
    const folder = newFolder();
    const acknowledged: string[] = [];
    for (let round = 0; round < 6; round++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', APPEND, folder]);
      let said = '';
      let wanted = acknowledged.length + 5 + 7 * round;
      await new Promise<void>((done) => {
        child.on('close', () => done());
        child.stdout.setEncoding('utf8').on('data', (part: string) => {
          said += part;
          if (acknowledged.length + said.split('\n').length < wanted) return;
          wanted = Number.POSITIVE_INFINITY;
          // Somewhere in the middle of the next writes.
          setTimeout(() => child.kill('SIGKILL'), round % 3);
        });
      });
      acknowledged.push(...said.split('\n').slice(0, -1));
      const { entries } = await readEditLog(folder, 'key');
      const ids = entries.map(({ id }) => id);
      expect(ids.filter((id) => acknowledged.includes(id))).toEqual(acknowledged);
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, i) => i + 1));
      acknowledged.splice(0, acknowledged.length, ...ids);
      // What a crash leaves behind at the very worst.
      if (round % 2 === 0) appendFileSync(logOf(folder), '{"crc":"00000000","seq":');
    }
    expect(acknowledged.length).toBeGreaterThan(20);
  }, 240_000);
});
