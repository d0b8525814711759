import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { BUDGETS, heapOverFrames, timeFloor, timeMovie, timeTree } from '../test/browser/budgets.ts';
import { forestResult } from '../test/browser/forestPoints.ts';
import type { Taken } from '../test/browser/meter.ts';
import { findChromium, launchBrowser, runMorula, serve } from '../test/browser/page.ts';

const CHANGES = 2000;

/** A line of the table: the budget, and what was taken by the clock and of the page's processor time. */
function row(what: string, budget: number | '', { medianMs, p95Ms, cpuMs }: Taken): void {
  console.log(`| ${[what, budget, medianMs.toFixed(1), p95Ms.toFixed(1), cpuMs.toFixed(1)].join(' | ')} |`);
}

/**
 * The page's budgets, in Chromium: the tree of so many branches while it is zoomed, pointed at and edited; a movie from
 * frame to frame; the first picture; the heap over 2,000 changes of the frame.
 */
export async function measurePage(branches: number, inputs: number): Promise<void> {
  const chromium = findChromium();
  if (chromium === null) {
    console.log('page: no Chromium at CHROMIUM or /usr/bin/chromium');
    return;
  }
  const browser = await launchBrowser(chromium);
  try {
    console.log('| milliseconds | budget | median | p95 | processor time |\n|---|---|---|---|---|');
    row('a page that draws one rectangle, picture to picture', '', await timeFloor(browser, inputs));
    await measureTree(browser, branches, inputs);
    await measureMovie(browser, inputs);
  } finally {
    await browser.close();
  }
}

async function measureTree(browser: Browser, branches: number, inputs: number): Promise<void> {
  const made = await forestResult(branches);
  const server = await serve(made.result);
  try {
    const { once, pictures, wheel, hover, edit } = await timeTree(browser, server.url, inputs);
    const name = `${branches.toLocaleString('en-US')} branches`;
    row(`tree, one frame, its script, 1x to 10,000x, ${name}`, BUDGETS.treeFrame, once.script);
    row(`tree, one frame, with its pixels, ${name}`, BUDGETS.treeFrame, once.raster);
    row(`tree, zooming, picture to picture, ${name}`, BUDGETS.treeFrame, pictures);
    row(`turn of the wheel to its picture, and the driver's wait, ${name}`, '', wheel);
    row(`hover to highlight, ${name}`, BUDGETS.hover, hover);
    row(`edit to repaint, ${name}`, BUDGETS.edit, edit);
  } finally {
    await server.stop();
    made.end();
  }
}

async function measureMovie(browser: Browser, inputs: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'morula-viewer-'));
  const movie = join(folder, 'm.ome.zarr');
  await runMorula('simulate', movie, '--frames', '16', '--cells', '12', '--seed', '5', '--quiet');
  const result = join(folder, 'm.morula');
  await runMorula('import', join(folder, 'm_GT'), '--movie', movie, '-o', result, '--quiet');
  const server = await serve(result);
  try {
    const { firstMs, change } = await timeMovie(browser, server.url, inputs);
    row('frame change, in memory', BUDGETS.frameChange, change);
    console.log(`first picture: ${Math.round(firstMs)} ms (budget ${BUDGETS.firstPicture})`);
    const heap = await heapOverFrames(browser, server.url, CHANGES);
    const [first, last] = heap.map((bytes) => (bytes / 1e6).toFixed(1));
    console.log(`heap after ${CHANGES / 10} and ${CHANGES} changes of the frame: ${first} and ${last} MB`);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
