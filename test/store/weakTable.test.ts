import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeColumns, encodeColumns } from '../../src/codec/columns.ts';
import type { Links } from '../../src/link/types.ts';
import type { WeakCandidates } from '../../src/segment/index.ts';
import { createWeak } from '../../src/segment/weak.ts';
import { answer } from '../../src/serve/routes.ts';
import { openSource } from '../../src/serve/source.ts';
import { loadDetections, loadWeak, readMarker, surveyFrames } from '../../src/store/frames.ts';
import { decodeFrameTable, encodeFrameTable, type FrameTable } from '../../src/store/frameTable.ts';
import { commitLinksMarker, writeLinks } from '../../src/store/links.ts';
import { prepareResult } from '../../src/store/result.ts';
import type { RunFile } from '../../src/store/types.ts';
import { weakToPhysical } from '../../src/store/weakTable.ts';
import { here } from '../cli/morula.ts';
import { commitFrame } from '../helpers/commitFrame.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { sampleLabels, samplePlan, sampleTable } from './samples.ts';

const root = tempFolder();
const report = { seconds: { read: 0, network: 0, total: 0 }, warnings: [] };
let made = 0;

const weak: WeakCandidates = {
  count: 2,
  nRays: 8,
  z: Float64Array.of(0, 3),
  y: Float64Array.of(10, 20),
  x: Float64Array.of(4, 8),
  prob: Float32Array.of(0.375, 0.25),
  radius: Float64Array.of(6, 3),
  dist: Uint16Array.from({ length: 16 }, (_, i) => 16 * i),
  distSteps: 16,
  anisotropy: null,
};

const withWeak = (t: number): FrameTable => ({
  ...sampleTable(t, 2),
  weak: weakToPhysical(weak, [1, 0.5, 0.25], 2),
});

/** A result of three frames, of which the last is of an older version. */
async function result(): Promise<{ folder: string; run: RunFile }> {
  const folder = join(root, String(made++));
  const run = await prepareResult(folder, samplePlan(), false);
  for (const t of [0, 1, 2]) {
    const table = t < 2 ? withWeak(t) : sampleTable(t, 2);
    await commitFrame(folder, run.segmentKey, table, sampleLabels([4, 6], t), report);
  }
  return { folder, run };
}

describe('weakToPhysical', () => {
  it('turns centres and radii into micrometres, and leaves ray lengths in pixels', () => {
    const plane = weakToPhysical(weak, [9, 0.5, 0.125], 2);
    expect([...plane.y, ...plane.x, ...plane.radius]).toEqual([5, 10, 0.5, 1, 1.5, 0.75]);
    expect(plane.dist).toBe(weak.dist);
    const stack = weakToPhysical(weak, [2, 0.5, 1], 3);
    expect([...stack.z, ...stack.radius]).toEqual([0, 6, 6, 3]);
  });
});

describe('a frame table with weak candidates', () => {
  it('comes back as it went, three-dimensional rays too', () => {
    for (const anisotropy of [null, [2, 1, 1]] as const) {
      const table = { ...sampleTable(7, 3), weak: { ...weak, anisotropy } };
      expect(decodeFrameTable(encodeFrameTable(table), 'here')).toEqual(table);
    }
    const none = { ...sampleTable(1, 0), weak: createWeak(0, 8, null) };
    expect(decodeFrameTable(encodeFrameTable(none), 'here')).toEqual(none);
  });

  it('is read without them where an older version wrote it', () => {
    const { t, count, nChannels, weak: _, ...columns } = sampleTable(4, 2);
    const old = encodeColumns({ meta: { t, count, nChannels }, columns });
    expect(decodeFrameTable(old, 'here')).toEqual(sampleTable(4, 2));
    expect(encodeFrameTable(sampleTable(4, 2))).toEqual(old);
  });

  it('is refused in one line where a newer version wrote it', () => {
    const { meta, columns } = decodeColumns(encodeFrameTable(withWeak(1)), 'here');
    const newer = encodeColumns({ meta: { ...meta, version: 3 }, columns });
    expect(() => decodeFrameTable(newer, 'frames/000001.bin')).toThrow(
      'store: frames/000001.bin must be of version 2 or older, got 3; it was made by a newer morula, install that',
    );
  });

  it.each(['z', 'y', 'x', 'prob', 'radius', 'dist'])('is refused without its column %s', (name) => {
    const { meta, columns } = decodeColumns(encodeFrameTable(withWeak(1)), 'here');
    delete columns[`weak.${name}`];
    expect(() => decodeFrameTable(encodeColumns({ meta, columns }), 'here')).toThrow(
      `here: not a whole table, weak candidates lack "${name}"`,
    );
  });
});

describe('loadWeak', () => {
  it('gives the candidates of one frame, and null for an older one', async () => {
    const { folder, run } = await result();
    expect(await loadWeak(folder, run, 1)).toEqual(withWeak(1).weak);
    expect(await loadWeak(folder, run, 2)).toBeNull();
    await expect(loadWeak(folder, run, 3)).rejects.toMatchObject({ tag: 'invalid-data', exit: 65 });
  });

  it('keeps them out of the detections', async () => {
    const { folder, run } = await result();
    const detections = await loadDetections(folder, run);
    expect(detections.count).toBe(6);
    expect(detections).not.toHaveProperty('weak');
  });
});

describe('weak candidates in a result', () => {
  it('are counted by marker, survey and description', async () => {
    const { folder, run } = await result();
    expect((await readMarker(folder, run.segmentKey, 0))?.weak).toBe(2);
    expect((await readMarker(folder, run.segmentKey, 2))?.weak).toBeUndefined();
    expect(await surveyFrames(folder, run.segmentKey, 0, 3)).toEqual({
      missing: [],
      masked: [],
      detections: 6,
      weak: 4,
    });
    const { stdout } = await here('info', folder);
    expect(stdout).toMatch(/^below {7}4 candidates under the threshold, to mend missed cells from$/m);
  });

  it('are served frame by frame as columns', async () => {
    const { folder } = await result();
    const links: Links = {
      ...{ count: 0, source: new Int32Array(0), target: new Int32Array(0) },
      ...{ cost: new Float32Array(0), prob: new Float32Array(0) },
    };
    for (const part of ['tracks.geff', 'tables']) await mkdir(join(folder, part), { recursive: true });
    const written = await writeLinks(folder, links);
    const settings = { kind: 'lap', maxDistance: null, maxFrameInterval: 1, divisions: false } as const;
    const counts = { frames: 3, detections: 6, tracklets: 6, lineages: 6, divisions: 0, links: 0 };
    await commitLinksMarker(folder, {
      key: 'k',
      ...written,
      settings,
      summary: { ...counts, maxDistance: null },
    });
    const source = await openSource(folder);
    const get = async (t: number) =>
      decodeColumns((await answer(source, new URL(`http://h/api/weak?t=${t}`))).body as Uint8Array, 'reply');
    const { meta, columns } = await get(1);
    expect(meta).toEqual({ t: 1, count: 2, nRays: 8, anisotropy: null, distSteps: 16 });
    const { z, y, x, prob, radius, dist } = withWeak(1).weak!;
    expect({ ...columns }).toEqual({ z, y, x, prob, radius, dist });
    expect((await get(2)).meta).toEqual({ t: 2, count: 0 });
    await expect(answer(source, new URL('http://h/api/weak?t=3'))).rejects.toThrow(
      /t must be an integer in \[0, 3\)/,
    );
    await source.close();
  });
});
