import { readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findMissing } from '../../src/pipeline/cluster/missing.ts';
import { type LinkJob, linkResult } from '../../src/pipeline/linkResult.ts';
import { verifyResult } from '../../src/pipeline/verifyResult.ts';
import { createWeak } from '../../src/segment/weak.ts';
import {
  type FrameTable,
  loadDetections,
  openResult,
  prepareResult,
  readLabels,
  readMarkers,
  sliceTable,
} from '../../src/store/index.ts';
import { weakToPhysical } from '../../src/store/weakTable.ts';
import { makeDetections } from '../cases/index.ts';
import { commitFrame } from '../helpers/commitFrame.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { samplePlan } from '../store/samples.ts';

const root = tempFolder();
const FRAMES = 7;
const SIDE = 64;
const RADIUS = 3;
/** Cells that the network sees below its threshold alone, and when; the second lies behind its neighbour's label. */
const MISSED = { cell: 12, t: 3 };
const HIDDEN = { cell: 7, t: 5 };
const report = { seconds: { read: 0, network: 0, total: 0 }, warnings: [] };
const job: LinkJob = {
  linker: 'global',
  maxDistance: Number.NaN,
  maxFrameInterval: 1,
  divisions: true,
  scorer: 'none',
};

/** Where cell `i` of 25 is in frame `t`, pixels. */
const place = (i: number, t: number): { y: number; x: number } => ({
  y: 8 + 12 * Math.floor(i / 5) + Math.round(Math.sin(12.9 * i)) + (t % 2),
  x: 8 + 12 * (i % 5) + Math.round(Math.sin(78.2 * i)),
});

function disc(data: Uint32Array, y: number, x: number, label: number): void {
  for (let dy = -RADIUS; dy <= RADIUS; dy++)
    for (let dx = -RADIUS; dx <= RADIUS; dx++)
      if (dy * dy + dx * dx <= RADIUS * RADIUS) data[(y + dy) * SIDE + x + dx] = label;
}

/** A segmented result; its candidates are the two missed cells. */
async function segmented(name: string): Promise<string> {
  const folder = join(root, name);
  const movie = { nFrames: FRAMES, shape: [1, SIDE, SIDE], voxelSize: [1, 0.5, 0.5], path: null } as const;
  const run = await prepareResult(folder, samplePlan(movie), false);
  for (let t = 0; t < FRAMES; t++) {
    const missed = [MISSED, HIDDEN].filter((each) => each.t === t).map(({ cell }) => cell);
    const isMissed = (i: number): boolean => missed.includes(i);
    const cells = Array.from({ length: 25 }, (_, i) => i).filter((i) => !isMissed(i));
    const labels = new Uint32Array(SIDE * SIDE);
    for (const [k, i] of cells.entries()) disc(labels, place(i, t).y, place(i, t).x, k + 1);
    const rows = cells.map((i) => ({ t, y: place(i, t).y / 2, x: place(i, t).x / 2, radius: RADIUS / 2 }));
    if (t === HIDDEN.t) disc(labels, place(HIDDEN.cell, t).y, place(HIDDEN.cell, t).x, 7);
    const found = makeDetections(rows);
    const places = missed.map((i) => place(i, t));
    const weak = createWeak(places.length, 16, null);
    places.forEach(({ y, x }, k) => {
      [weak.y[k], weak.x[k], weak.prob[k], weak.radius[k]] = [y, x, 0.3, RADIUS];
      weak.dist.fill(weak.distSteps * (RADIUS - 0.5), k * 16, (k + 1) * 16);
    });
    const table: FrameTable = {
      ...sliceTable(found, t, 0, found.count),
      weak: weakToPhysical(weak, [1, 0.5, 0.5], 2),
    };
    await commitFrame(folder, run.segmentKey, table, { data: labels, shape: [SIDE, SIDE] }, report);
  }
  return folder;
}

/** Bytes of label images and frame markers by path. */
async function frameBytes(folder: string): Promise<Map<string, string>> {
  const out = new Map<string, string>();
  for (const part of ['frames', 'labels']) {
    for (const entry of await readdir(join(folder, part), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      out.set(path.slice(folder.length), (await readFile(path)).toString('base64'));
    }
  }
  return out;
}

const nodes = (folder: string): string[][] =>
  readFileSync(join(folder, 'tables', 'nodes.csv'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));

describe('linkResult with candidates below the threshold', { timeout: 120_000 }, () => {
  let folder: string;
  let before: Map<string, string>;
  beforeAll(async () => {
    folder = await segmented('a');
    before = await frameBytes(folder);
    await linkResult(folder, job, false);
  }, 120_000);

  it('makes a missed cell of a candidate: a node with pixels, a flag and the next label', async () => {
    const run = await openResult(folder);
    expect(run.summary).toMatchObject({ detections: 25 * FRAMES - 1, rescued: 1 });
    const { data } = await readLabels(folder, MISSED.t);
    const { y, x } = place(MISSED.cell, MISSED.t);
    expect(data[y * SIDE + x]).toBe(25);
    const [header, ...rows] = nodes(folder);
    const flagged = rows.filter((row) => row[header.indexOf('rescued')] === '1');
    expect(flagged).toHaveLength(1);
    const value = (name: string): number => Number(flagged[0][header.indexOf(name)]);
    expect([value('frame'), value('label')]).toEqual([MISSED.t, 25]);
    expect(Math.hypot(value('y_um') - y / 2, value('x_um') - x / 2)).toBeLessThan(0.25);
    expect(value('area_um2')).toBeCloseTo(data.filter((v) => v === 25).length / 4, 9);
    expect(value('prob')).toBeCloseTo(0.3, 4);
    const kept = await loadDetections(folder, run);
    expect(kept.rescued?.reduce((sum, flag) => sum + flag, 0)).toBe(1);
  });

  it('draws on background only, and passes over a candidate that is hidden altogether', async () => {
    const cells = Array.from({ length: 25 }, (_, i) => i).filter((i) => i !== MISSED.cell);
    const { data } = await readLabels(folder, MISSED.t);
    cells.forEach((i, k) => {
      const { y, x } = place(i, MISSED.t);
      expect(data[y * SIDE + x]).toBe(k + 1);
    });
    const hidden = await readLabels(folder, HIDDEN.t);
    const { y, x } = place(HIDDEN.cell, HIDDEN.t);
    expect([hidden.data[y * SIDE + x], Math.max(...hidden.data)]).toEqual([7, 24]);
  });

  it('finds everything done when it is asked again', async () => {
    expect((await linkResult(folder, job, false)).fresh).toBe(false);
  });

  it('gives the frames their first bytes back without the rescue, and draws again with it', async () => {
    const drawn = await frameBytes(folder);
    expect(drawn).not.toEqual(before);
    const { summary } = await linkResult(folder, { ...job, rescue: false }, false);
    expect(summary.rescued).toBeUndefined();
    expect(summary.detections).toBe(25 * FRAMES - 2);
    expect(await frameBytes(folder)).toEqual(before);
    expect((await readMarkers(folder, await openResult(folder)))[MISSED.t].rescued).toBeUndefined();
    expect((await linkResult(folder, job, false)).fresh).toBe(true);
    expect(await frameBytes(folder)).toEqual(drawn);
  });

  it('keeps what was rescued where a file of constraints builds on it', async () => {
    const file = join(root, 'known.jsonl');
    await writeFile(file, '{"constraint": "cannot-divide", "node": "3.25"}\n');
    const { summary } = await linkResult(folder, { ...job, constraintsFile: file }, false);
    expect(summary).toMatchObject({ detections: 25 * FRAMES - 1, rescued: 1 });
  });

  it('draws a cell again where its frame was segmented anew since', async () => {
    const folder = await segmented('anew');
    const before = await frameBytes(folder);
    await linkResult(folder, job, false);
    const linked = await frameBytes(folder);
    expect(await findMissing(folder, 'link')).toMatchObject({ tasks: [] });
    for (const [path, bytes] of before) await writeFile(join(folder, path), Buffer.from(bytes, 'base64'));
    expect(await findMissing(folder, 'link')).toMatchObject({ tasks: [0] });
    expect((await verifyResult(folder, false)).flaws).toContainEqual({
      kind: 'damage',
      what: 'labels must show the cells of rescued.bin, some were segmented again since',
      mend: expect.stringContaining('morula link'),
    });
    expect((await linkResult(folder, job, false)).fresh).toBe(true);
    expect(await frameBytes(folder)).toEqual(linked);
    expect(await findMissing(folder, 'link')).toMatchObject({ tasks: [] });
  });
});
