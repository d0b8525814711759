import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitFrames, missingFrames, packFrame } from '../../src/store/frames.ts';
import { prepareResult } from '../../src/store/result.ts';
import type { RunFile } from '../../src/store/types.ts';
import { commitFrame } from '../helpers/commitFrame.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { sampleLabels, samplePlan, sampleTable } from './samples.ts';

const root = tempFolder();
const report = { seconds: { read: 0, network: 0, total: 0 }, warnings: [] };
const labels = sampleLabels([4, 6]);

/** A result with frames 0 to 2 committed, one after another or at once. */
async function result(name: string, atOnce: boolean): Promise<{ folder: string; run: RunFile }> {
  const folder = join(root, name);
  const run = await prepareResult(folder, samplePlan(), false);
  const frames = [0, 1, 2].map((t) => sampleTable(t));
  if (!atOnce) for (const table of frames) await commitFrame(folder, run.segmentKey, table, labels, report);
  else {
    const packed = frames.map((table) => packFrame(folder, run.segmentKey, table, labels, report));
    const markers = await commitFrames(folder, await Promise.all(packed));
    expect(markers.map(({ unit }) => unit)).toEqual(['segment/0', 'segment/1', 'segment/2']);
  }
  return { folder, run };
}

/** Path and bytes of every file, run.json (with its time) left out. */
function contents(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile() && entry.name !== 'run.json')
    .map(({ parentPath, name }): [string, string] => {
      const path = join(parentPath, name);
      return [path.slice(folder.length), readFileSync(path, 'latin1')];
    })
    .sort();
}

describe('commitFrames of several frames', () => {
  it('leaves the bytes that committing frame by frame leaves', async () => {
    const [one, all] = [await result('one', false), await result('all', true)];
    expect(contents(all.folder)).toEqual(contents(one.folder));
    expect(await missingFrames(all.folder, all.run.segmentKey, 0, 3)).toEqual([]);
  });

  it('marks no frame when a file of another cannot be written', async () => {
    const { folder, run } = await result('full', true);
    for (const name of readdirSync(join(folder, 'frames'))) rmSync(join(folder, 'frames', name));
    const packed = await packFrame(folder, run.segmentKey, sampleTable(0), null, report);
    const bad = { ...packed, t: 1, files: [{ path: 'labels', bytes: new Uint8Array(1) }] };
    await expect(commitFrames(folder, [packed, bad])).rejects.toMatchObject({ exit: 64 });
    expect(await missingFrames(folder, run.segmentKey, 0, 3)).toEqual([0, 1, 2]);
  });
});
