import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  commitFrames,
  loadDetections,
  missingFrames,
  packFrame,
  readMarker,
  readMarkers,
} from '../../src/store/frames.ts';
import { prepareResult } from '../../src/store/result.ts';
import type { RunFile } from '../../src/store/types.ts';
import { commitFrame } from '../helpers/commitFrame.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { sampleLabels, samplePlan, sampleTable } from './samples.ts';

const root = tempFolder();
const report = { seconds: { read: 0, network: 0, total: 0 }, warnings: [] };
let made = 0;
let folder: string;
let run: RunFile;
const commit = (t: number) =>
  commitFrame(folder, run.segmentKey, sampleTable(t, t + 1), sampleLabels([4, 6], t), report);

beforeEach(async () => {
  folder = join(root, String(made++));
  run = await prepareResult(folder, samplePlan(), false);
  for (const t of [0, 1, 2]) await commit(t);
});

describe('commitFrame', () => {
  it('names label chunk and table in the marker, with size and checksum', async () => {
    const marker = (await readMarker(folder, run.segmentKey, 1))!;
    expect(marker).toMatchObject({ v: 1, unit: 'segment/1', key: run.segmentKey, count: 2 });
    expect(marker.outputs.map(({ path }) => path)).toEqual(['labels/cells/0/c/1/0/0', 'frames/000001.bin']);
    for (const { path, bytes } of marker.outputs) {
      expect(readFileSync(join(folder, path)).length).toBe(bytes);
    }
  });

  it('writes the same bytes when a frame is done twice', async () => {
    const before = (await readMarker(folder, run.segmentKey, 1))!.outputs;
    expect((await commit(1)).outputs).toEqual(before);
  });
});

describe('commitFrames', () => {
  const pack = (t: number, labels = sampleLabels([4, 6], t)) =>
    packFrame(folder, run.segmentKey, sampleTable(t, t + 1), labels, report);

  it('writes a frame that crossed a thread as commitFrame does', async () => {
    const before = (await readMarker(folder, run.segmentKey, 1))!;
    rmSync(join(folder, 'labels/cells/0/c/1'), { recursive: true });
    rmSync(join(folder, 'frames/000001.bin'));
    const [marker] = await commitFrames(folder, [structuredClone(await pack(1))]);
    expect(JSON.stringify(marker)).toBe(JSON.stringify(before));
    expect(await missingFrames(folder, run.segmentKey, 0, 3)).toEqual([]);
  });

  it('does not see what becomes of the label image after packing', async () => {
    const labels = sampleLabels([4, 6], 1);
    const packed = await pack(1, labels);
    labels.data.fill(0);
    expect((await commitFrames(folder, [packed]))[0]?.outputs).toEqual(
      (await readMarker(folder, run.segmentKey, 1))!.outputs,
    );
  });

  it('leaves no marker when one of the files cannot be written', async () => {
    const packed = await pack(1);
    rmSync(join(folder, 'frames/000001.json'));
    rmSync(join(folder, 'labels/cells/0/c/1'), { recursive: true });
    writeFileSync(join(folder, 'labels/cells/0/c/1'), 'a file where a folder is needed');
    await expect(commitFrames(folder, [packed])).rejects.toMatchObject({ name: 'MorulaError' });
    expect(await missingFrames(folder, run.segmentKey, 0, 3)).toEqual([1]);
    expect(existsSync(join(folder, 'frames/000001.json'))).toBe(false);
  });
});

describe('readMarker', () => {
  it('counts a frame of another segmentation as not done', async () => {
    expect(await readMarker(folder, 'another key', 1)).toBeNull();
  });

  it.each(['labels/cells/0/c/1/0/0', 'frames/000001.bin', 'frames/000001.json'])(
    'counts a frame as not done when %s is gone',
    async (path) => {
      rmSync(join(folder, path));
      expect(await missingFrames(folder, run.segmentKey, 0, 3)).toEqual([1]);
    },
  );

  it.each(['labels/cells/0/c/1/0/0', 'frames/000001.bin', 'frames/000001.json'])(
    'counts a frame as not done when %s is cut short',
    async (path) => {
      truncateSync(join(folder, path), readFileSync(join(folder, path)).length - 1);
      expect(await missingFrames(folder, run.segmentKey, 0, 3)).toEqual([1]);
    },
  );

  it.each(['null', '[]', '{}', '{"v":2}', '""'])(
    'counts a frame as not done when its marker is %s',
    async (text) => {
      writeFileSync(join(folder, 'frames/000001.json'), text);
      expect(await readMarker(folder, run.segmentKey, 1)).toBeNull();
    },
  );

  it('looks at the frames asked for alone', async () => {
    rmSync(join(folder, 'frames/000001.json'));
    expect(await missingFrames(folder, run.segmentKey, 2, 3)).toEqual([]);
  });
});

describe('readMarkers', () => {
  it('names the frame that is missing and how to finish it', async () => {
    rmSync(join(folder, 'frames/000001.json'));
    await expect(readMarkers(folder, run)).rejects.toThrow(
      `store: frame 1 of ${folder} is not segmented; the command that makes it whole is named by: morula verify ${folder}`,
    );
  });
});

describe('loadDetections', () => {
  it('joins the frames in order', async () => {
    const detections = await loadDetections(folder, run);
    expect([...detections.t]).toEqual([0, 1, 1, 2, 2, 2]);
    expect([...detections.label]).toEqual([1, 1, 2, 1, 2, 3]);
    expect([...detections.intensity]).toEqual([100, 101, 101, 102, 102, 102]);
  });

  it.each([
    [
      'segmented',
      samplePlan(),
      (at: string) => `the command that makes it whole is named by: morula verify ${at}`,
    ],
    [
      'imported',
      samplePlan({}, { kind: 'import', model: 'ctc' }),
      (at: string) => `import it again with: morula import '<tracks>' -o ${at} --overwrite`,
    ],
  ])('names the file of another size, and what helps where the frames were %s', async (_, plan, remedy) => {
    const place = join(root, String(made++));
    const job = await prepareResult(place, plan, false);
    for (const t of [0, 1, 2])
      await commitFrame(place, job.segmentKey, sampleTable(t, t + 1), sampleLabels([4, 6], t), report);
    const chunk = 'labels/cells/0/c/1/0/0';
    const before = readFileSync(join(place, chunk)).length;
    truncateSync(join(place, chunk), 7);
    await expect(readMarkers(place, job)).rejects.toMatchObject({
      exit: 65,
      message: `store: frame 1 of ${place} is damaged: ${chunk} must have ${before} bytes, it has 7; ${remedy(place)}`,
    });
    rmSync(join(place, chunk));
    await expect(readMarkers(place, job)).rejects.toThrow(`${chunk} is missing; ${remedy(place)}`);
    writeFileSync(join(place, 'frames/000001.json'), '{');
    await expect(readMarkers(place, job)).rejects.toThrow(`its marker does not parse; ${remedy(place)}`);
  });

  it('refuses a table whose content changed but not its size', async () => {
    const path = join(folder, 'frames/000001.bin');
    const bytes = readFileSync(path);
    bytes[bytes.length - 9]! ^= 1;
    writeFileSync(path, bytes);
    await expect(loadDetections(folder, run)).rejects.toMatchObject({
      tag: 'invalid-data',
      message: `store: ${path} is damaged (its checksum differs); the command that makes it whole is named by: morula verify ${folder}`,
    });
  });
});
