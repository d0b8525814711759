import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { listZip } from '../../src/model/import/files.ts';

/** Offsets in an entry of the directory at an archive's end (APPNOTE 4.3.12). */
const [SIGNATURE, UNPACKED] = [0x02014b50, 24];

/** An archive of one file whose directory states another size for it. */
function lying(content: Uint8Array, stated: number): Uint8Array {
  const archive = zipSync({ 'a.bin': content });
  const view = new DataView(archive.buffer, archive.byteOffset, archive.length);
  let at = archive.length - 46;
  while (view.getUint32(at, true) !== SIGNATURE) at--;
  view.setUint32(at + UNPACKED, stated, true);
  return archive;
}

describe('listZip', () => {
  const content = Uint8Array.from({ length: 1000 }, (_, i) => (i * i) % 251);

  it('unpacks a file of the size that the archive states', async () => {
    expect(await listZip(zipSync({ 'a.bin': content }), 'a.zip').read('a.bin')).toEqual(content);
    const zeros = new Uint8Array(4 << 20);
    expect((await listZip(zipSync({ 'a.bin': zeros }), 'a.zip').read('a.bin')).length).toBe(zeros.length);
  });

  it.each([2 ** 29 + 1, 2 ** 31 - 1, 1_100_000])(
    'refuses a file that states %i bytes before it takes memory for them',
    async (stated) => {
      await expect(listZip(lying(content, stated), 'a.zip').read('a.bin')).rejects.toThrow(
        /^model: a\.zip: a\.bin must be smaller than 512 MiB and no more than 1032 times as large as packed, got \d+ bytes of \d+/,
      );
    },
  );
});
