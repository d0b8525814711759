import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildLineage } from '../../src/lineage/index.ts';
import { commitLineage } from '../../src/pipeline/linkResult.ts';
import { summarise } from '../../src/pipeline/publish.ts';
import {
  linkKey,
  loadDetections,
  prepareResult,
  type RunFile,
  readMarkers,
  sliceTable,
} from '../../src/store/index.ts';
import { randomLineage } from '../cases/index.ts';
import { samplePlan } from '../store/samples.ts';
import { commitFrame } from './commitFrame.ts';

const SIDE = 112;

/**
 * A linked result of cells that walk and divide, 8 frames of 112 x 112 pixels of a micrometre, each cell a square of 3 x 3
 * pixels (as far as no other lies on it), or points without label images.
 */
export async function makeEditable(folder: string, seed = 1, labelled = true): Promise<RunFile> {
  const nFrames = 8;
  const { detections, links } = randomLineage(seed, { nFrames, nFounders: 5, pDivision: 0.2, pGap: 0.05 });
  const shape = labelled ? ([1, SIDE, SIDE] as const) : ([0, 0, 0] as const);
  const movie = { nFrames, shape, path: null, voxelSize: [1, 1, 1] as const };
  const run = await prepareResult(folder, samplePlan(movie, {}, labelled), false);
  const table = labelled ? detections : { ...detections, label: new Uint32Array(detections.count) };
  for (let t = 0, row = 0; t < nFrames; t++) {
    const start = row;
    while (row < table.count && table.t[row] === t) row++;
    const data = new Uint32Array(SIDE * SIDE);
    for (let i = start; i < row; i++) {
      const [y, x] = [Math.round(table.y[i]!), Math.round(table.x[i]!)];
      for (let k = 0; k < 9; k++) {
        const at = (y + Math.floor(k / 3) - 1) * SIDE + x + (k % 3) - 1;
        if (data[at] === 0) data[at] = table.label[i]!;
      }
    }
    const seconds = { read: 0, network: 0, total: 0 };
    const image = labelled ? { data, shape: [SIDE, SIDE] } : null;
    await commitFrame(folder, run.segmentKey, sliceTable(table, t, start, row), image, {
      seconds,
      warnings: [],
    });
  }
  const settings = { kind: 'global' as const, maxDistance: null, maxFrameInterval: 2, divisions: true };
  const lineage = buildLineage(await loadDetections(folder, run), links);
  const key = linkKey(settings, await readMarkers(folder, run));
  await commitLineage(folder, run, lineage, { key, settings, summary: summarise(run, lineage, null) });
  return run;
}

/** A page of one line, to be served in place of the built viewer. */
export function makePage(folder: string): string {
  const page = join(folder, 'page');
  mkdirSync(page, { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(page, 'a.js'), '');
  writeFileSync(join(folder, 'secret.html'), 'secret');
  return page;
}
