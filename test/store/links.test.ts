import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/codec/index.ts';
import {
  commitLinksMarker,
  linkKey,
  linksStand,
  loadLinks,
  readLinksMarker,
  removeLinksMarker,
  writeLinks,
} from '../../src/store/links.ts';
import type { FrameMarker, LinkSettings, Summary } from '../../src/store/types.ts';
import { makeLinks } from '../cases/index.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const root = tempFolder();
const settings: LinkSettings = { kind: 'lap', maxDistance: null, maxFrameInterval: 2, divisions: true };
const summary: Summary = {
  frames: 2,
  detections: 3,
  tracklets: 3,
  lineages: 1,
  divisions: 1,
  links: 2,
  maxDistance: 4.5,
};
const links = makeLinks([
  [0, 1],
  [0, 2],
]);
let made = 0;
let folder: string;

beforeEach(async () => {
  folder = join(root, String(made++));
  mkdirSync(join(folder, 'tables'), { recursive: true });
  mkdirSync(join(folder, 'tracks.geff', 'nodes'), { recursive: true });
  writeFileSync(join(folder, 'tables', 'nodes.csv'), 'node\n');
  writeFileSync(join(folder, 'tracks.geff', 'nodes', '0'), 'abc');
  await commitLinksMarker(folder, { key: 'k', settings, summary, ...(await writeLinks(folder, links)) });
});

describe('commitLinksMarker', () => {
  it('names every file of the stage with its size and checksum', async () => {
    const marker = (await readLinksMarker(folder))!;
    expect(marker).toMatchObject({ v: 1, key: 'k', settings, summary });
    expect(marker.outputs).toEqual([
      { path: 'links.bin', bytes: marker.bytes, sha256: marker.sha256 },
      { path: 'tables/nodes.csv', bytes: 5, sha256: sha256Hex('node\n') },
      { path: 'tracks.geff/nodes/0', bytes: 3, sha256: sha256Hex('abc') },
    ]);
    expect(await linksStand(folder, marker)).toBe(true);
  });
});

describe('linksStand', () => {
  it.each(['links.bin', 'tables/nodes.csv', 'tracks.geff/nodes/0'])(
    'is false when %s is gone or cut',
    async (path) => {
      const marker = (await readLinksMarker(folder))!;
      truncateSync(join(folder, path), 2);
      expect(await linksStand(folder, marker)).toBe(false);
      rmSync(join(folder, path));
      expect(await linksStand(folder, marker)).toBe(false);
    },
  );
});

describe('loadLinks', () => {
  it('gives back what was written', async () => {
    expect(await loadLinks(folder)).toEqual(links);
  });

  it('says how to link when it is not done', async () => {
    await removeLinksMarker(folder);
    await expect(loadLinks(folder)).rejects.toThrow(
      `store: ${folder} is not linked yet; run: morula link ${folder}`,
    );
  });

  it('refuses links that changed after they were committed', async () => {
    const path = join(folder, 'links.bin');
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path, bytes);
    await expect(loadLinks(folder)).rejects.toThrow(/links\.bin is damaged/);
    rmSync(path);
    await expect(loadLinks(folder)).rejects.toThrow(/links\.bin is damaged/);
  });
});

describe('readLinksMarker', () => {
  it.each(['', 'null', '{"v":2}', '[]'])('is null when the marker is %j', async (text) => {
    writeFileSync(join(folder, 'links.json'), text);
    expect(await readLinksMarker(folder)).toBeNull();
  });
});

describe('linkKey', () => {
  const markers = (sha256: string): FrameMarker[] => [
    {
      v: 1,
      unit: 'segment/0',
      key: 'k',
      count: 1,
      outputs: [{ path: 'frames/000000.bin', bytes: 1, sha256 }],
      seconds: { read: 0, network: 0, total: Math.random() },
      env: { morula: '1', node: '20' },
      warnings: [],
    },
  ];

  it('follows settings and content, and nothing else', () => {
    const key = linkKey(settings, markers('a'));
    expect(linkKey({ ...settings }, markers('a'))).toBe(key);
    expect(linkKey(settings, markers('b'))).not.toBe(key);
    expect(linkKey({ ...settings, maxDistance: 1 }, markers('a'))).not.toBe(key);
    expect(linkKey({ ...settings, divisions: false }, markers('a'))).not.toBe(key);
  });
});
