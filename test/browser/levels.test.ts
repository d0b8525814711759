import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDerived } from './derivedMovie.ts';
import { inChromium, launchBrowser, serve } from './page.ts';
import { openTab, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('large planes');
const SMALL = { viewport: { width: 1000, height: 700 } };

describe.skipIf(skip)(title, { timeout: 400_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    if (chromium === null) throw new Error('CI needs Chromium: install it, or set CHROMIUM to its path');
    browser = await launchBrowser(chromium);
  });
  afterAll(() => browser?.close());

  const step = (tab: Tab): Promise<number> =>
    tab.page.evaluate(() => window.__viewer!.stats().planeStep as number);
  const zoom = async (tab: Tab, notches: number): Promise<void> => {
    const box = (await tab.page.locator('.movie-canvas').boundingBox())!;
    await tab.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    for (let k = 0; k < Math.abs(notches); k++) await tab.page.mouse.wheel(0, notches > 0 ? -240 : 240);
    await tab.page.mouse.move(2, 2);
    await tab.ready();
  };
  /** Share of pixels that are brighter than the ground. */
  const lit = (tab: Tab): Promise<number> =>
    tab.page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.movie-canvas')!;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let n = 0;
      for (let i = 0; i < data.length; i += 4) if (data[i + 1]! > 40) n++;
      return n / (data.length / 4);
    });

  describe('of a movie with several levels', () => {
    let folder: string;
    let server: { url: string; stop(): Promise<void> };
    let tab: Tab;
    const asked: URL[] = [];

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'morula-levels-'));
      const movie = {
        frames: 6,
        cells: 8,
        seed: 4,
        stains: ['nuclei', 'glow'],
        levels: 3,
        magnify: 6,
      } as const;
      server = await serve(await makeDerived(folder, movie));
      tab = await openTab(browser, server.url, SMALL);
      tab.page.on('request', (request: Request) => {
        const url = new URL(request.url());
        if (url.pathname === '/api/plane') asked.push(url);
      });
    }, 240_000);
    afterAll(async () => {
      await tab?.context.close();
      await server?.stop();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    it('are shown at the level that the screen can show, and in full where one looks closely', async () => {
      const far = await step(tab);
      expect(far).toBeGreaterThan(1);
      expect(await lit(tab)).toBeGreaterThan(0.01);
      await zoom(tab, 5);
      expect(await step(tab)).toBe(1);
      await tab.press('r');
      expect(await step(tab)).toBe(far);
    });

    it('are coarser while the movie plays, and sharp again when it rests', async () => {
      await zoom(tab, 2);
      const sharp = await step(tab);
      await tab.page.keyboard.press(' ');
      await expect.poll(() => step(tab)).toBe(2 * sharp);
      const { t } = await tab.state();
      await expect.poll(async () => (await tab.state()).t).not.toBe(t);
      await tab.page.keyboard.press(' ');
      await tab.ready();
      expect(await step(tab)).toBe(sharp);
      await tab.press('r');
    });

    it('are fetched ahead no more than a few frames, and coarse', async () => {
      await tab.press('Home');
      const from = asked.length;
      await tab.press(']');
      const more = asked.slice(from).map((url) => Number(url.searchParams.get('t')));
      expect(Math.max(0, ...more)).toBeLessThanOrEqual(1 + 8);
      expect(asked.some((url) => url.searchParams.get('level') !== null)).toBe(true);
    });

    it('select the cell that is clicked, at every level', async () => {
      for (const notches of [0, 5]) {
        await tab.press('r', 'Home');
        const nodes = await tab.page.evaluate(() => window.__viewer!.nodesOfFrame(0));
        const at = await tab.page.evaluate((n) => window.__viewer!.toScreen(n), nodes[0]!);
        if (notches > 0) {
          await tab.page.mouse.move(at!.x, at!.y);
          for (let k = 0; k < notches; k++) await tab.page.mouse.wheel(0, -240);
          await tab.ready();
        }
        const where = (await tab.page.evaluate((n) => window.__viewer!.toScreen(n), nodes[0]!))!;
        await tab.page.mouse.click(where.x, where.y);
        await tab.ready();
        const chosen = await tab.page.evaluate(() => window.__viewer!.state().selectedNode);
        expect(chosen).toBe(nodes[0]);
      }
    });

    it('are the same picture from the graphics card', async () => {
      const other = await openTab(browser, `${server.url}&backend=webgl2`, SMALL);
      await tab.press('r', 'Home');
      await other.press('r', 'Home', 'Escape');
      await tab.press('Escape');
      for (const one of [tab, other]) await one.page.mouse.move(2, 2);
      await Promise.all([tab.ready(), other.ready()]);
      expect(await step(other)).toBe(await step(tab));
      expect(Math.abs((await lit(other)) - (await lit(tab)))).toBeLessThan(1e-3);
      await other.context.close();
    });
  });

  describe('of more than 4096 x 4096 pixels', () => {
    let folder: string;
    let server: { url: string; stop(): Promise<void> };
    let tab: Tab;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'morula-tiles-'));
      const movie = {
        frames: 1,
        cells: 6,
        seed: 4,
        stains: ['nuclei'],
        levels: 4,
        magnify: 20,
        chunk: 512,
      } as const;
      server = await serve(await makeDerived(folder, movie));
      tab = await openTab(browser, server.url, SMALL);
    }, 400_000);
    afterAll(async () => {
      await tab?.context.close();
      await server?.stop();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    it('are seen as a whole at a coarse level', async () => {
      expect(await step(tab)).toBe(8);
      expect(await lit(tab)).toBeGreaterThan(0.01);
    });

    it('come in squares of what is in view when one looks closely; the view is filled, cells are found', async () => {
      const nodes = await tab.page.evaluate(() => window.__viewer!.nodesOfFrame(0));
      const node = nodes[0]!;
      const at = (await tab.page.evaluate((n) => window.__viewer!.toScreen(n), node))!;
      await tab.page.mouse.move(at.x, at.y);
      for (let k = 0; k < 9; k++) await tab.page.mouse.wheel(0, -240);
      await tab.ready();
      expect(await step(tab)).toBe(1);
      const asked = await tab.page.evaluate(() =>
        performance.getEntriesByType('resource').map(({ name }) => name),
      );
      const planes = asked
        .map((name) => new URL(name))
        .filter(({ pathname }) => pathname.startsWith('/api/'));
      // Whole planes come at coarse levels alone.
      const whole = planes.filter(({ pathname, searchParams }) => {
        return /plane|labels/.test(pathname) && !searchParams.has('part') && !searchParams.has('level');
      });
      expect(whole).toEqual([]);
      const parts = planes.filter(({ searchParams }) => searchParams.has('part'));
      const tiles = new Set(parts.map((url) => `${url.pathname} ${url.searchParams.get('part')}`));
      expect(tiles.size).toBeGreaterThan(1);
      expect(tiles.size).toBeLessThan(60);
      for (const url of parts) {
        const [y0, y1, x0, x1] = url.searchParams.get('part')!.split(',').map(Number) as [
          number,
          number,
          number,
          number,
        ];
        expect(Math.max(y1 - y0, x1 - x0)).toBeLessThanOrEqual(512);
      }
      const where = (await tab.page.evaluate((n) => window.__viewer!.toScreen(n), node))!;
      await tab.page.mouse.click(where.x, where.y);
      await tab.ready();
      expect(await tab.page.evaluate(() => window.__viewer!.state().selectedNode)).toBe(node);
      expect(await lit(tab)).toBeGreaterThan(0.05);
    });
  });
});
