import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256Hex, writeFileAtomic, writeFilesAtomic } from '../../src/codec/files.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { mountTinyDisk } from '../helpers/tinyDisk.ts';

const folder = tempFolder();
const disk = mountTinyDisk(64);
afterAll(() => disk?.remove());

describe('sha256Hex', () => {
  it('hashes bytes and texts one after another', () => {
    // FIPS 180-2, appendix B.1
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(sha256Hex('abc')).toBe(abc);
    expect(sha256Hex('a', Uint8Array.of(98), 'c')).toBe(abc);
  });
});

describe('writeFileAtomic', () => {
  it('writes all parts, makes the folder, and says what it wrote', async () => {
    const path = join(folder, 'new', 'deep', 'file.bin');
    const written = await writeFileAtomic(path, 'é', Uint8Array.of(0, 255), '');
    expect([...readFileSync(path)]).toEqual([0xc3, 0xa9, 0, 255]);
    expect(written).toEqual({ bytes: 4, sha256: sha256Hex(readFileSync(path)) });
    expect(readdirSync(join(folder, 'new', 'deep'))).toEqual(['file.bin']);
  });

  it('writes the bytes of a window, not of its whole buffer', async () => {
    const path = join(folder, 'window');
    await writeFileAtomic(path, Uint8Array.of(1, 2, 3, 4).subarray(1, 3));
    expect([...readFileSync(path)]).toEqual([2, 3]);
  });

  it('makes an empty file of no parts', async () => {
    const path = join(folder, 'empty');
    expect((await writeFileAtomic(path)).bytes).toBe(0);
    expect(readFileSync(path).length).toBe(0);
  });

  it('replaces a file, and a write-protected one too', async () => {
    const path = join(folder, 'old');
    writeFileSync(path, 'a longer text than the new one');
    chmodSync(path, 0o444);
    await writeFileAtomic(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('leaves one whole content when many write the same file at once', async () => {
    const path = join(folder, 'race', 'file');
    const texts = Array.from({ length: 8 }, (_, i) => String(i).repeat(10_000));
    await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
    expect(texts).toContain(readFileSync(path, 'utf8'));
    expect(readdirSync(join(folder, 'race'))).toEqual(['file']);
  });

  it('says wrong usage, and leaves nothing behind, where a folder or a file stands in the way', async () => {
    mkdirSync(join(folder, 'stands', 'here'), { recursive: true });
    await expect(writeFileAtomic(join(folder, 'stands', 'here'), 'x')).rejects.toMatchObject({ exit: 64 });
    expect(readdirSync(join(folder, 'stands'))).toEqual(['here']);
    await expect(writeFileAtomic(join(folder, 'old', 'x', 'y'), 'x')).rejects.toMatchObject({ exit: 64 });
    await expect(writeFileAtomic(join(folder, 'old', 'x'), 'x')).rejects.toMatchObject({ exit: 64 });
  });

  it.skipIf(disk === null)(
    'leaves the target alone and no leftovers on a full disk (needs a mount: root)',
    async () => {
      const path = join(disk!.folder, 'file');
      await writeFileAtomic(path, 'old');
      // A part of it fits, so that the write is cut short before it fails.
      await expect(
        writeFileAtomic(path, new Uint8Array(40_000), new Uint8Array(60_000)),
      ).rejects.toMatchObject({
        tag: 'storage',
        exit: 74,
        message: `write: ${path} (100000 bytes) cannot be written: the disk is full; free some space and run again`,
      });
      expect(readFileSync(path, 'utf8')).toBe('old');
      expect(readdirSync(disk!.folder)).toEqual(['file']);
      disk!.resize(256);
      await writeFileAtomic(path, new Uint8Array(100_000));
      expect(readFileSync(path).length).toBe(100_000);
    },
  );
});

describe('writeFilesAtomic', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

  it('writes all files into their folders and says of each, in order, what it wrote', async () => {
    const names = Array.from({ length: 23 }, (_, i) => join(folder, 'many', `${i % 3}`, `${i}`));
    const files = names.map((path, i) => ({ path, bytes: bytes(`content ${i}`) }));
    const written = await writeFilesAtomic(files);
    for (const [i, path] of names.entries()) {
      expect(readFileSync(path, 'utf8')).toBe(`content ${i}`);
      expect(written[i]).toEqual({ bytes: files[i].bytes.length, sha256: sha256Hex(files[i].bytes) });
    }
    expect(readdirSync(join(folder, 'many', '0'))).toHaveLength(8);
  });

  it('names the file that cannot be written, and leaves no part of it', async () => {
    mkdirSync(join(folder, 'mixed', 'here'), { recursive: true });
    const files = ['a', 'here', 'b'].map((name) => ({
      path: join(folder, 'mixed', name),
      bytes: bytes(name),
    }));
    await expect(writeFilesAtomic(files)).rejects.toMatchObject({
      exit: 64,
      message: expect.stringContaining(join('mixed', 'here')),
    });
    expect(readdirSync(join(folder, 'mixed')).sort()).toEqual(['a', 'b', 'here']);
  });

  it('writes nothing for no files', async () => {
    expect(await writeFilesAtomic([])).toEqual([]);
  });
});
