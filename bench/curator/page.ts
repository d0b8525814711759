import type { Browser } from 'playwright-core';
import { openTab } from '../../test/browser/session.ts';
import { type Point, scoreParents } from './curve.ts';
import { decide, type Offer } from './robot.ts';
import type { Scene } from './scene.ts';

/**
 * The robot curator at the real page, with nothing but the keyboard: `N` goes to the first place, and then one key
 * decides and goes to the next. A point every `every` decisions; ends early where the queue is empty.
 */
export async function queueCurve(
  scene: Scene,
  browser: Browser,
  address: string,
  most: number,
  every: number,
): Promise<Point[]> {
  const tab = await openTab(browser, address);
  try {
    const curve = [await scoreParents(scene, await tab.parents(), 0)];
    await tab.press('n');
    for (let n = 1; n <= most; n++) {
      const offer = (await tab.page.evaluate(() => window.__viewer!.offer())) as Offer | null;
      if (offer === null) break;
      await tab.press(decide(offer, await tab.parents(), scene.parent));
      if (n % every === 0) curve.push(await scoreParents(scene, await tab.parents(), n));
    }
    return curve;
  } finally {
    await tab.context.close();
  }
}
