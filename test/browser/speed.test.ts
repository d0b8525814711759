import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUDGETS, heapOverFrames, SCRIPT_BYTES, SLACK, timeMovie, timeTree, timeZoom } from './budgets.ts';
import { forestResult } from './forestPoints.ts';
import { inChromium, launchBrowser, runMorula, serve } from './page.ts';
import { openTab } from './session.ts';

const { chromium, skip, title } = inChromium('speed');

/** Budgets of time are asserted where nothing else runs: `MORULA_LONG=1`. */
const LONG = process.env.MORULA_LONG === '1';
const INPUTS = 30;
/** Changes of the frame, and the bytes that the heap may grow over nine tenths of them. */
const CHANGES = LONG ? 2000 : 200;
const GROWTH = 12e6;
/** Marks of the tree in a picture, whatever its size. */
const MOST_MARKS = 6000;
const ASSETS = fileURLToPath(new URL('../../dist/viewer/assets', import.meta.url));

describe.skipIf(skip)(title, { timeout: LONG ? 3_600_000 : 600_000 }, () => {
  let browser: Browser;
  let folder: string;
  let movie: { url: string; stop(): Promise<void> };

  beforeAll(async () => {
    if (chromium === null) throw new Error('CI needs Chromium: install it, or set CHROMIUM to its path');
    browser = await launchBrowser(chromium);
    folder = mkdtempSync(join(tmpdir(), 'morula-speed-'));
    const path = join(folder, 'm.ome.zarr');
    await runMorula('simulate', path, '--frames', '16', '--cells', '8', '--seed', '5', '--quiet');
    const result = join(folder, 'm.morula');
    await runMorula('import', join(folder, 'm_GT'), '--movie', path, '-o', result, '--quiet');
    movie = await serve(result);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await movie?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it('starts with a script of at most 150 kB', () => {
    const scripts = readdirSync(ASSETS).filter((name) => /^index-.*\.js$/.test(name));
    expect(scripts.length).toBe(1);
    for (const name of scripts) {
      expect(gzipSync(readFileSync(join(ASSETS, name))).length).toBeLessThan(SCRIPT_BYTES);
    }
  });

  it(`holds no more after ${CHANGES} changes of the frame`, async () => {
    const [first, last] = await heapOverFrames(browser, movie.url, CHANGES);
    expect(last - first).toBeLessThan(GROWTH);
  });

  it('draws every view once for an edit, and a bounded tree, with 20,000 branches', async () => {
    const made = await forestResult(20_000);
    const server = await serve(made.result);
    const tab = await openTab(browser, server.url);
    const stats = (): Promise<{ draws: Record<string, { draws: number }>; marks: Record<string, number> }> =>
      tab.page.evaluate(() => window.__viewer!.stats()) as never;
    try {
      const before = await stats();
      const { version } = await tab.state();
      expect((await tab.press('u')).version).toBe(version + 1);
      const after = await stats();
      for (const [view, { draws }] of Object.entries(after.draws)) {
        expect(draws - before.draws[view]!.draws, view).toBeLessThanOrEqual(2);
      }
      expect(after.draws.tree!.draws).toBe(before.draws.tree!.draws + 1);
      expect(after.marks.bars! + after.marks.blocks!).toBeLessThan(MOST_MARKS);
    } finally {
      await tab.context.close();
      await server.stop();
      made.end();
    }
  });

  it.skipIf(!LONG)('keeps its budgets of time, with their slack (MORULA_LONG=1)', async () => {
    const made = await forestResult(100_000);
    const server = await serve(made.result);
    try {
      const { once, pictures, hover, edit } = await timeTree(browser, server.url, INPUTS);
      expect(once.raster.p95Ms).toBeLessThan(SLACK * BUDGETS.treeFrame);
      expect(pictures.p95Ms).toBeLessThan(SLACK * BUDGETS.treeFrame);
      expect(hover.medianMs).toBeLessThan(SLACK * BUDGETS.hover);
      expect(edit.medianMs).toBeLessThan(SLACK * BUDGETS.edit);
      const { firstMs, change } = await timeMovie(browser, movie.url, INPUTS);
      expect(firstMs).toBeLessThan(SLACK * BUDGETS.firstPicture);
      expect(change.medianMs).toBeLessThan(SLACK * BUDGETS.frameChange);
    } finally {
      await server.stop();
      made.end();
    }
  });

  it.skipIf(!LONG)(
    'zooms the tree of 1,000,000 branches within its budget, with its slack (MORULA_LONG=1)',
    async () => {
      const made = await forestResult(1_000_000);
      const server = await serve(made.result);
      try {
        const { once, pictures } = await timeZoom(browser, server.url, INPUTS);
        expect(once.raster.p95Ms).toBeLessThan(SLACK * BUDGETS.treeFrame);
        expect(pictures.p95Ms).toBeLessThan(SLACK * BUDGETS.treeFrame);
      } finally {
        await server.stop();
        made.end();
      }
    },
  );
});
