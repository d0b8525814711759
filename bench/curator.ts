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

/** Decisions of the robot at the page, and in random order; a point of the curves every so many; orders averaged. */
const DECISIONS = 100;
const RANDOM_DECISIONS = 600;
const EVERY = 20;
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
    const random = await randomOrders(scene);
    const queue = await atThePage(scene, chromium);
    print(scene, queue, random);
    const out = resolve(option('out', join(tmpdir(), 'morula-curator.svg')));
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, curatorFigure(queue, random));
    console.log(`figure: ${out}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function randomOrders(scene: Scene): Promise<Point[]> {
  const curves: Point[][] = [];
  for (let seed = 1; seed <= ORDERS; seed++) {
    const desk = await openDesk(scene.result);
    curves.push(await randomCurve(scene, desk, createRandom(seed), RANDOM_DECISIONS, EVERY));
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

function print(scene: Scene, queue: readonly Point[], random: readonly Point[]): void {
  console.log(`${scene.detections.count} detections with faults, ${HARD.frames} frames`);
  console.log('| decisions | TRA queue | TRA random | division F1 queue | division F1 random |');
  console.log('|---|---|---|---|---|');
  for (const [k, { decisions, TRA, divisions }] of random.entries()) {
    const own = queue[k];
    const cells = [own?.TRA, TRA, own?.divisions, divisions].map((v) => v?.toFixed(4) ?? '');
    console.log(`| ${[decisions, ...cells].join(' | ')} |`);
  }
  const last = queue.at(-1)!;
  for (const of of ['TRA', 'divisions'] as const) {
    const needed = decisionsFor(random, of, last[of]);
    const words = Number.isFinite(needed) ? Math.round(needed) : `more than ${random.at(-1)!.decisions}`;
    console.log(
      `${of}: what the queue reaches with ${last.decisions} decisions takes ${words} in random order`,
    );
  }
}
