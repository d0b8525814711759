import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meanCurve, type Point, randomCurve, scoreParents } from '../../bench/curator/curve.ts';
import { openDesk } from '../../bench/curator/desk.ts';
import { queueCurve } from '../../bench/curator/page.ts';
import { decide } from '../../bench/curator/robot.ts';
import { HARD, makeScene, type Scene } from '../../bench/curator/scene.ts';
import { createRandom } from '../../src/array/index.ts';
import { inChromium, launchBrowser, serve } from './page.ts';

const { chromium, skip, title } = inChromium('robot curator');

/** A scene that is linked in a second or two, and decisions enough to tell the orders apart. */
const SMALL = { ...HARD, cells: 40, frames: 25 };
const DECISIONS = 24;
const EVERY = 4;
const ORDERS = 6;

/** What was gained, wherever somebody stops: the mean over the curve. */
function meanGain(curve: readonly Point[], of: 'TRA' | 'divisions'): number {
  return curve.reduce((sum, point) => sum + point[of] - curve[0]![of], 0) / curve.length;
}

describe.skipIf(skip)(title, { timeout: 240_000 }, () => {
  let folder: string;
  let scene: Scene;

  beforeAll(async () => {
    if (chromium === null) throw new Error('CI needs Chromium: install it, or set CHROMIUM to its path');
    folder = mkdtempSync(join(tmpdir(), 'morula-curator-'));
    scene = await makeScene(folder, SMALL);
  }, 120_000);

  afterAll(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it('mends at the keyboard of the page what its functions mend without it, and more than in random order', async () => {
    const desk = await openDesk(scene.result);
    const { parent } = desk.data.nodes;
    const alone = [await scoreParents(scene, parent, 0)];
    for (let n = 1; n <= DECISIONS; n++) {
      const item = desk.open()[0]!;
      desk.press(item, decide(desk.offer(item), parent, scene.parent));
      if (n % EVERY === 0) alone.push(await scoreParents(scene, parent, n));
    }
    const orders: Point[][] = [];
    for (let seed = 1; seed <= ORDERS; seed++) {
      orders.push(
        await randomCurve(scene, await openDesk(scene.result), 'queue', createRandom(seed), DECISIONS, EVERY),
      );
    }
    const random = meanCurve(orders);
    for (const of of ['TRA', 'divisions'] as const) {
      expect(meanGain(alone, of)).toBeGreaterThan(1.5 * meanGain(random, of));
    }

    const server = await serve(scene.result);
    const browser = await launchBrowser(chromium!);
    try {
      const curve = await queueCurve(scene, browser, server.url, DECISIONS, EVERY);
      expect(curve).toEqual(alone);
    } finally {
      await browser.close();
      await server.stop();
    }
  });
});
