import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { must } from '../helpers/must.ts';
import { type Firefox, findFirefox, launchFirefox } from './marionette.ts';
import { runMorula, serve } from './page.ts';

const firefox = findFirefox();
const reason = firefox === null ? ' (skipped: no Firefox at FIREFOX or /usr/bin/firefox-esr)' : '';

/** The picture is composed without WebGL, which a headless Firefox does not have. */
describe.skipIf(firefox === null && !must('firefox'))(
  `viewer in Firefox${reason}`,
  { timeout: 240_000 },
  () => {
    let folder: string;
    let server: { url: string; stop(): Promise<void> };
    let browser: Firefox;
    const ready = (): Promise<unknown> => browser.run('return window.__viewer.ready();');
    const state = (): Promise<{ t: number; marking: string; treeDown: boolean }> =>
      browser.run('return window.__viewer.state();');

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'morula-view-'));
      const movie = join(folder, 'm.ome.zarr');
      await runMorula('simulate', movie, '--frames', '8', '--cells', '6', '--seed', '3', '--quiet');
      const result = join(folder, 'm.morula');
      await runMorula('import', join(folder, 'm_GT'), '--movie', movie, '-o', result, '--quiet');
      server = await serve(result);
      browser = await launchFirefox(firefox!);
      await browser.command('WebDriver:SetTimeouts', { script: 120_000, pageLoad: 120_000 });
      await browser.command('WebDriver:Navigate', { url: server.url });
      await browser.run(
        'return new Promise((done) => { const look = () => (window.__viewer ? done(true) : setTimeout(look, 50)); look(); });',
      );
      await ready();
    }, 240_000);

    afterAll(async () => {
      await browser?.end();
      await server?.stop();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    it('composes the picture on the processor', async () => {
      const seen = await browser.run<{ greys: number; bright: number }>(`
      const canvas = document.querySelector('.movie-canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const levels = new Set();
      let bright = 0;
      for (let i = 0; i < data.length; i += 4) { levels.add(data[i]); if (data[i] > 128) bright++; }
      return {
        greys: levels.size,
        bright: bright / (data.length / 4),
      };
    `);
      expect(seen.greys).toBeGreaterThan(60);
      expect(seen.bright).toBeGreaterThan(0.005);
      expect(seen.bright).toBeLessThan(0.6);
    });

    it('obeys the keys, and draws tree and inspector', async () => {
      const before = await state();
      await browser.press(']', 'o', 'f');
      await ready();
      const after = await state();
      expect(after).toMatchObject({ t: before.t + 1, marking: 'fill', treeDown: !before.treeDown });
      expect(
        await browser.run<number>("return document.querySelectorAll('.crop canvas').length;"),
      ).toBeGreaterThan(3);
      const { bars } = await browser.run<{ bars: number }>('return window.__viewer.stats().marks;');
      expect(bars).toBeGreaterThan(5);
    });
  },
);
