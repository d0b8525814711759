import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type {} from '../../viewer/src/testHook.ts';
import { findChromium, launchBrowser, serve } from './page.ts';

/**
 * Makes the pictures of the README: `tsx test/browser/screenshot.ts <result> [folder]`. The result is served by the
 * built command line and photographed as a new user sees it, in both themes.
 *
 * Arguments: result folder, folder of the pictures (default `viewer/pictures`).
 */
const SIZE = { width: 1400, height: 900 };

async function photograph(result: string, folder: string): Promise<void> {
  const chromium = findChromium();
  if (chromium === null) throw new Error('screenshot: Chromium must be installed; set CHROMIUM to its path');
  mkdirSync(folder, { recursive: true });
  const server = await serve(result);
  const browser = await launchBrowser(chromium);
  try {
    for (const theme of ['dark', 'light']) {
      const context = await browser.newContext({ viewport: SIZE, reducedMotion: 'reduce' });
      const page = await context.newPage();
      await page.addInitScript((value) => localStorage.setItem('morula-theme', value), theme);
      await page.goto(server.url);
      await page.waitForFunction(() => window.__viewer !== undefined);
      await page.evaluate(() => window.__viewer!.ready());
      const path = join(folder, `viewer-${theme}.png`);
      const picture = await page.screenshot({ animations: 'disabled' });
      writeFileSync(path, picture);
      console.log(`${path}  ${Math.round(picture.length / 1000)} kB`);
      await context.close();
    }
  } finally {
    await browser.close();
    await server.stop();
  }
}

const [result, folder = 'viewer/pictures'] = process.argv.slice(2);
if (result === undefined) {
  console.error('usage: tsx test/browser/screenshot.ts <result> [folder]');
  process.exitCode = 64;
} else await photograph(result, folder);
