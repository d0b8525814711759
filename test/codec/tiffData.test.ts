import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/codec/files.ts';
import { readAllPages, withTiff } from './tiffFiles.ts';

const DATA = process.env.MORULA_DATA ?? join(import.meta.dirname, '../../../shared/data');

/** Digest over the pixels of all pages of all TIFFs of a folder, or of one file. */
async function digest(path: string): Promise<string> {
  const files = path.endsWith('.tif')
    ? [path]
    : readdirSync(path)
        .filter((name) => name.endsWith('.tif'))
        .sort()
        .map((name) => join(path, name));
  const parts: Uint8Array[] = [];
  for (const file of files) {
    for (const { data } of await readAllPages(file)) parts.push(new Uint8Array(data.buffer));
  }
  return `${parts.length} ${sha256Hex(...parts).slice(0, 16)}`;
}

// Pages and digests of the same pixels by tifffile 2026.3.3 (little-endian bytes).
const GOLDEN: [path: string, digest: string][] = [
  ['sim-plus-01/01', '65 0987dbab5911fb33'],
  ['sim-plus-01/01_labels', '65 9218703afc6273cd'],
  ['hela-01-silver', '92 e72a0ee0af1f3994'],
  ['dsb2018/test/images', '50 e55e1ea78cece10e'],
  ['dsb2018/test/masks', '50 5ef8ed3817ac2bba'],
  ['cell-migration/every-1/02_GT/TRA', '86 80472c3c7ae048fa'],
  ['fixtures/mastodon/FakeTracks.tif', '50 7b36652571b68b1b'],
  ['fixtures/stardist-samples/img2d.tif', '1 8952cab7611450bd'],
  ['fixtures/stardist-samples/img3d.tif', '31 9fc635b29b1a5c41'],
  ['fixtures/stardist-samples/mask3d.tif', '31 ee06fbf1ea606198'],
];

describe('openTiff on real files (golden: tifffile 2026.3.3)', () => {
  for (const [path, expected] of GOLDEN) {
    it(`reads ${path} to the bit`, async ({ skip }) => {
      const full = join(DATA, path);
      skip(!existsSync(full), `${full} is not there (MORULA_DATA)`);
      expect(await digest(full)).toBe(expected);
    });
  }
});

describe('TiffFile metadata of real files', () => {
  it('gives the axes of the FakeTracks movie', async ({ skip }) => {
    const path = join(DATA, 'fixtures/mastodon/FakeTracks.tif');
    skip(!existsSync(path), `${path} is not there (MORULA_DATA)`);
    await withTiff(path, (file) => {
      expect(file.imagej).toMatchObject({
        images: 50,
        frames: 50,
        slices: 1,
        channels: 1,
        finterval: 1,
        unit: null,
      });
      expect(file.resolution).toBeNull();
    });
  });
});
