import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { openMovie } from '../../src/read/index.ts';
import { simulate } from '../cli/morula.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

/** Folders that were listed. */
const listed: string[] = [];

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const noting =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      listed.push(String(args[0]));
      return call(...args);
    };
  return { ...real, readdir: noting(real.readdir), opendir: noting(real.opendir) };
});

const folder = tempFolder();
let path: string;

beforeAll(async () => {
  path = await simulate(folder, 'a');
}, 240_000);

describe('a movie whose folders of chunks hold very much', () => {
  it('is read chunk by chunk: no folder of it is listed, whatever else lies there and how it is called', {
    timeout: 120_000,
  }, async () => {
    const read = async (): Promise<Uint8Array> => {
      const movie = await openMovie({ path });
      const { image } = await movie.readFrame(2);
      await movie.close();
      return new Uint8Array(image.data.buffer, image.data.byteOffset, image.data.byteLength);
    };
    const before = await read();
    const chunks = join(path, '0/c/2/0/0');
    for (let i = 1000; i < 6000; i++) writeFileSync(join(chunks, `${i}`), 'x');
    const odd = ['C', '0 ', '00', '0\n', '-0', '0.', '０', 'é', 'e\u0301', '0.tmp', '.0'];
    for (const name of odd) writeFileSync(join(chunks, name), 'x');
    writeFileSync(Buffer.concat([Buffer.from(`${chunks}/`), Buffer.from([0xff, 0xfe, 0x30])]), 'x');
    mkdirSync(join(path, '0/C/2/0/0'), { recursive: true });
    writeFileSync(join(path, '0/C/2/0/0/0'), 'x');
    listed.length = 0;
    expect(await read()).toEqual(before);
    expect(listed.filter((name) => name.startsWith(path))).toEqual([]);
  });
});
