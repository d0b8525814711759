import type { Scene, Times } from '../test/browser/imageScene.ts';
import { findChromium, launchBrowser } from '../test/browser/page.ts';
import { openScenePage } from '../test/browser/scenePage.ts';

/** Sides of the square planes that are drawn, pixels, and the screen that shows them. */
const SIDES = [512, 1024];
const SCREEN: [width: number, height: number] = [840, 490];
const ROUNDS = 3;
const PICTURES = 5;

const sceneOf = (side: number, colours: number[]): Scene => ({
  seed: 1,
  width: side,
  height: side,
  cells: 500,
  type: 'uint16',
  colours,
  gamma: 0.85,
  marking: 'outline',
  labelled: true,
  strong: [3, 7],
  view: { k: SCREEN[1] / side, x: 0, y: 0, aspect: 1 },
  screen: SCREEN,
  lineScale: 1,
});

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/**
 * What the two image backends take for a picture with 500 cells, milliseconds of the page by the clock, medians; they take
 * turns, so that what else the machine does meets both. `MORULA_GPU=1` lets Chromium use a graphics card.
 */
export async function run(): Promise<void> {
  const chromium = findChromium();
  if (chromium === null) {
    console.log('no Chromium at CHROMIUM or /usr/bin/chromium');
    return;
  }
  const browser = await launchBrowser(chromium, process.env.MORULA_GPU === '1');
  try {
    const page = await openScenePage(browser);
    console.log(`WebGL2 by: ${await page.evaluate(() => window.__scene!.renderer())}`);
    console.log('| ms | new frame | contrast | view moved | colours |\n|---|---|---|---|---|');
    for (const side of SIDES) {
      for (const colours of [[0xffffff], [0x2fd06a, 0xe64bd0, 0x4aa3ff]]) {
        const scene = sceneOf(side, colours);
        const times = { cpu: [] as Times[], webgl2: [] as Times[] };
        for (let round = 0; round < ROUNDS; round++) {
          for (const which of ['cpu', 'webgl2'] as const) {
            times[which].push(
              await page.evaluate(([s, w, n]) => window.__scene!.time(s, w, n), [
                scene,
                which,
                PICTURES,
              ] as const),
            );
          }
        }
        for (const which of ['cpu', 'webgl2'] as const) {
          const of = (what: keyof Times): string => median(times[which].map((one) => one[what])).toFixed(1);
          const name = `${side} x ${side}, ${colours.length === 1 ? 'one channel' : 'three'}, ${which}`;
          console.log(`| ${[name, of('frame'), of('contrast'), of('pan'), of('colours')].join(' | ')} |`);
        }
      }
    }
  } finally {
    await browser.close();
  }
}
