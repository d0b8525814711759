import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createRandom } from '../src/array/index.ts';
import { findChromium, launchBrowser, serve } from '../test/browser/page.ts';
import { decisionsFor, meanCurve, type Point, randomCurve } from './curator/curve.ts';
import { openDesk } from './curator/desk.ts';
import { curatorFigure } from './curator/figure.ts';
import { queueCurve } from './curator/page.ts';
import { HARD, makeScene, type Scene } from './curator/scene.ts';

/** Decisions of the robot at the page, and in random order, with a point of the curve every so many; orders averaged. */
const DECISIONS = 100;
const EVERY = 10;
const RANDOM_DECISIONS = 600;
const RANDOM_EVERY = 50;
const ORDERS = 3;

/**
 * The robot curator: drives the page by keyboard on a hard simulated movie and decides by the truth; TRA and division
 * F1 per decision against the same places in random order. `args`: `--seed <n>`, `--out <file>` for the figure
 * (default: in the system's folder for temporary files).
 */
export async function run(args: readonly string[]): Promise<void> {
  const option = (name: string, absent: string): string => {
    const at = args.indexOf(`--${name}`);
    return at >= 0 ? args[at + 1]! : absent;
  };
  const chromium = findChromium();
  if (chromium === null) {
    console.log('curator: no Chromium at CHROMIUM or /usr/bin/chromium');
    process.exitCode = 69;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'morula-curator-'));
  try {
    const scene = await makeScene(folder, { ...HARD, seed: Number(option('seed', '1')) });
    const random = await randomOrders(scene, 'queue');
    const anywhere = await randomOrders(scene, 'lineage');
    const queue = await atThePage(scene, chromium);
    print(scene, queue, random, anywhere);
    const out = resolve(option('out', join(tmpdir(), 'morula-curator.svg')));
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, curatorFigure(queue, random, anywhere));
    console.log(`figure: ${out}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function randomOrders(scene: Scene, among: 'queue' | 'lineage'): Promise<Point[]> {
  const curves: Point[][] = [];
  for (let seed = 1; seed <= ORDERS; seed++) {
    const desk = await openDesk(scene.result);
    curves.push(await randomCurve(scene, desk, among, createRandom(seed), RANDOM_DECISIONS, RANDOM_EVERY));
  }
  return meanCurve(curves);
}

async function atThePage(scene: Scene, chromium: string): Promise<Point[]> {
  const server = await serve(scene.result);
  const browser = await launchBrowser(chromium);
  try {
    return await queueCurve(scene, browser, server.url, DECISIONS, EVERY);
  } finally {
    await browser.close();
    await server.stop();
  }
}

function print(
  scene: Scene,
  queue: readonly Point[],
  random: readonly Point[],
  anywhere: readonly Point[],
): void {
  console.log(`${scene.detections.count} detections with faults, ${HARD.frames} frames`);
  const head = ['queue', 'its places in random order', 'any places'];
  console.log(`| decisions | ${head.map((name) => `TRA, ${name} | division F1 |`).join(' ')}`);
  console.log(`|${'---|'.repeat(7)}`);
  for (const { decisions } of random) {
    const cells = [queue, random, anywhere].flatMap((curve) => {
      const point = curve.find((one) => one.decisions === decisions);
      return [point?.TRA.toFixed(5) ?? '', point?.divisions.toFixed(4) ?? ''];
    });
    console.log(`| ${[decisions, ...cells].join(' | ')} |`);
  }
  const last = queue.at(-1)!;
  const needs = (curve: readonly Point[], of: 'TRA' | 'divisions'): string => {
    const needed = decisionsFor(curve, of, last[of]);
    return Number.isFinite(needed) ? String(Math.round(needed)) : `more than ${curve.at(-1)!.decisions}`;
  };
  for (const of of ['TRA', 'divisions'] as const) {
    console.log(
      `${of}: what the queue reaches with ${last.decisions} decisions takes ${needs(random, of)} at its places in random order, ${needs(anywhere, of)} at any places`,
    );
  }
}
