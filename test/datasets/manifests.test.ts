import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** One data set: what it is, under which terms, and what of it is checked. Units: micrometres `[z, y, x]`, seconds. */
interface Manifest {
  name: string;
  title: string;
  source: string;
  licence: string;
  voxelSize: [number, number, number] | null;
  timeStep: number | null;
  frames: number | null;
  purpose: string;
  files: { path: string; sha256: string }[];
}

const root = new URL('../..', import.meta.url).pathname;
const folder = join(root, 'datasets', 'manifests');
const data = process.env.MORULA_DATA ?? join(root, '..', 'shared', 'data');
const manifests = readdirSync(folder).map((file): [string, Manifest] => [
  file,
  JSON.parse(readFileSync(join(folder, file), 'utf8')),
]);

describe('datasets/manifests', () => {
  it.each(manifests)('names source, licence and purpose: %s', (file, manifest) => {
    expect(`${manifest.name}.json`).toBe(file);
    for (const text of [manifest.title, manifest.source, manifest.licence, manifest.purpose]) {
      expect(text.length).toBeGreaterThan(2);
    }
    for (const size of manifest.voxelSize ?? []) expect(size).toBeGreaterThan(0);
    if (manifest.timeStep !== null) expect(manifest.timeStep).toBeGreaterThan(0);
    for (const { path, sha256 } of manifest.files) {
      expect(path).not.toMatch(/^\/|\.\./);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  describe.skipIf(!existsSync(data))(`the shared data, if there is any (MORULA_DATA)`, () => {
    it.each(manifests)('has the checksums of %s', (_, manifest) => {
      for (const { path, sha256 } of manifest.files) {
        const digest = createHash('sha256')
          .update(readFileSync(join(data, path)))
          .digest('hex');
        expect({ path, sha256: digest }).toEqual({ path, sha256 });
      }
    });
  });
});
