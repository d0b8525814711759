import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDerived } from './derivedMovie.ts';
import type { Scene } from './imageScene.ts';
import { inChromium, launchBrowser, serve } from './page.ts';
import { openScenePage } from './scenePage.ts';
import { openTab, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('the two backends');

/** Grey values by which a byte of the two pictures may differ: both round, each once. */
const ROUNDING = 1;
const SCENE: Scene = {
  seed: 3,
  width: 201,
  height: 153,
  cells: 30,
  type: 'uint16',
  colours: [0xffffff],
  gamma: 0.85,
  marking: 'outline',
  labelled: true,
  strong: [3, 7],
  view: { k: 2.3, x: 10.3, y: -5.7, aspect: 1 },
  screen: [420, 310],
  lineScale: 1,
};
const at = (k: number, x: number, y: number, aspect = 1) => ({ view: { k, x, y, aspect } });
const SCENES: Record<string, Partial<Scene>> = {
  'outlines, magnified': {},
  'without labels': { labelled: false },
  'pixel for pixel': { ...at(1, 0, 0) },
  'between the pixels': { ...at(1, 10.5, 3.25) },
  'a little smaller': { ...at(0.8, 10.5, 3.25) },
  'much smaller': { ...at(0.3, 10.5, 3.25), seed: 9 },
  'pixels as squares': { ...at(12, -210.5, -303.25) },
  'pixels that are no squares': { ...at(2, -21.5, -30.25, 1.7) },
  filled: { marking: 'fill', seed: 11 },
  unmarked: { marking: 'none' },
  'a dense screen': { lineScale: 2 },
  'three colours': { colours: [0xff0000, 0x2fbf96, 0x56b4e9], width: 90, height: 211 },
  'three whites, too bright': { colours: [0xffffff, 0xffffff, 0xffffff] },
  uint8: { type: 'uint8' },
  int8: { type: 'int8' },
  int16: { type: 'int16' },
  uint32: { type: 'uint32' },
  int32: { type: 'int32' },
  float32: { type: 'float32', gamma: 1.6 },
  float64: { type: 'float64', gamma: 0.4 },
  'many cells': { cells: 3000, width: 700, height: 500, seed: 5, ...at(0.6, 0, 0) },
};

/** Bytes of everything that is drawn of the movie: red, green, blue and opacity. */
async function pixelsOf(page: Page): Promise<Buffer> {
  const text = await page.evaluate(async () => {
    const layers = [...document.querySelectorAll<HTMLCanvasElement>('.movie-stage canvas')];
    const sheet = new OffscreenCanvas(layers[0]!.width, layers[0]!.height);
    const context = sheet.getContext('2d')!;
    for (const layer of layers) context.drawImage(layer, 0, 0);
    const { data } = context.getImageData(0, 0, sheet.width, sheet.height);
    return new Promise<string>((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result as string);
      reader.readAsDataURL(new Blob([data]));
    });
  });
  return Buffer.from(text.slice(text.indexOf(',') + 1), 'base64');
}

/** The largest difference of two pictures of one size. */
function apart(a: Buffer, b: Buffer): number {
  expect(a.length).toBe(b.length);
  expect(new Set(a).size).toBeGreaterThan(40);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

/** The smallest page that the viewer is made for: fewer pixels to carry. */
const SMALL = { viewport: { width: 1000, height: 700 } };

const drawnBy = (tab: Tab): Promise<unknown> => tab.page.evaluate(() => window.__viewer!.stats().drawnBy);

describe.skipIf(skip)(title, { timeout: 400_000 }, () => {
  let browser: Browser;

  beforeAll(async () => {
    if (chromium === null) throw new Error('CI needs Chromium: install it, or set CHROMIUM to its path');
    browser = await launchBrowser(chromium);
  });
  afterAll(() => browser?.close());

  it('give the same picture of every type, size, colour and marking', async () => {
    const page = await openScenePage(browser);
    const scenes = Object.values(SCENES).map((changes) => ({ ...SCENE, ...changes }));
    const found = await page.evaluate((all) => window.__scene!.differences(all), scenes);
    for (const [k, name] of Object.keys(SCENES).entries()) {
      const { most, mean, greys } = found[k]!;
      expect(most, name).toBeLessThanOrEqual(ROUNDING);
      expect(greys, name).toBeGreaterThan(20);
      expect(mean, name).toBeGreaterThan(3);
    }
    await page.close();
  });

  describe.each([
    { kind: 'flat, one channel', preset: '2d', stains: ['nuclei'] },
    { kind: 'flat, three channels', preset: '2d', stains: ['nuclei', 'glow', 'rims'] },
    { kind: 'a volume of two channels', preset: '3d', stains: ['nuclei', 'rims'] },
  ] as const)('with a movie: $kind', ({ preset, stains }) => {
    let folder: string;
    let server: { url: string; stop(): Promise<void> };
    const tabs: Tab[] = [];
    const names = ['cpu', 'webgl2'] as const;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'morula-backends-'));
      server = await serve(await makeDerived(folder, { preset, frames: 3, cells: 8, seed: 4, stains }));
      for (const name of names) tabs.push(await openTab(browser, `${server.url}&backend=${name}`, SMALL));
    }, 240_000);
    afterAll(async () => {
      for (const tab of tabs) await tab.context.close();
      await server?.stop();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    /** The largest difference of the two pages' pictures, after the same keys. */
    async function difference(...keys: string[]): Promise<number> {
      const pictures: Buffer[] = [];
      for (const tab of tabs) {
        if (keys.length > 0) await tab.press(...keys);
        await tab.page.mouse.move(2, 2);
        await tab.ready();
        pictures.push(await pixelsOf(tab.page));
      }
      return apart(pictures[0]!, pictures[1]!);
    }

    it('draws what it was told to draw with', async () => {
      for (const [k, name] of names.entries()) expect(await drawnBy(tabs[k]!)).toBe(name);
    });

    it('is the same picture with outlines, filled, without cells, in the next frame, and near', async () => {
      expect(await difference()).toBeLessThanOrEqual(ROUNDING);
      for (const key of ['o', 'o', 'o', ']'])
        expect(await difference(key), key).toBeLessThanOrEqual(ROUNDING);
      for (const tab of tabs) {
        const box = (await tab.page.locator('.movie-canvas').boundingBox())!;
        await tab.page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.45);
        for (let k = 0; k < 4; k++) await tab.page.mouse.wheel(0, -240);
      }
      expect(await difference()).toBeLessThanOrEqual(ROUNDING);
    });

    it('is the same picture after the contrast was changed', async () => {
      const before = await pixelsOf(tabs[1]!.page);
      for (const tab of tabs) {
        await tab.page.getByRole('button', { name: 'Contrast' }).click();
        await tab.page.getByLabel(`Gamma of ${stains[0]}`).fill('1.5');
      }
      expect(await difference()).toBeLessThanOrEqual(ROUNDING);
      const after = await pixelsOf(tabs[1]!.page);
      expect(apart(after, before)).toBeGreaterThan(20);
      for (const tab of tabs) await tab.page.keyboard.press('Escape');
    });

    if (preset === '3d') {
      it('is the same picture in a single plane', async () => {
        expect(await difference('p')).toBeLessThanOrEqual(ROUNDING);
      });
    }
  });

  describe('the choice', () => {
    let folder: string;
    let server: { url: string; stop(): Promise<void> };
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'morula-choice-'));
      const stains = ['nuclei'] as const;
      server = await serve(await makeDerived(folder, { frames: 2, cells: 6, seed: 2, stains }));
    }, 240_000);
    afterAll(async () => {
      await server?.stop();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    it('is the processor where WebGL2 is a program on it, and then the script of the other is not fetched', async () => {
      const tab = await openTab(browser, server.url, SMALL);
      expect(await drawnBy(tab)).toBe('cpu');
      const scripts = await tab.page.evaluate(() =>
        performance.getEntriesByType('resource').map(({ name }) => name),
      );
      expect(scripts.some((name) => /index-.*\.js/.test(name))).toBe(true);
      expect(scripts.some((name) => /glBackend/.test(name))).toBe(false);
      await tab.context.close();
    });

    it('can be made in the page, and stays', async () => {
      const tab = await openTab(browser, server.url, SMALL);
      await tab.page.getByRole('button', { name: 'Contrast' }).click();
      await tab.page.getByLabel('Drawn by').selectOption('webgl2');
      await expect.poll(() => drawnBy(tab)).toBe('webgl2');
      await tab.page.reload();
      await tab.page.waitForFunction(() => window.__viewer !== undefined);
      await tab.ready();
      expect(await drawnBy(tab)).toBe('webgl2');
      await tab.page.getByRole('button', { name: 'Contrast' }).click();
      await tab.page.getByLabel('Drawn by').selectOption('cpu');
      await tab.ready();
      expect(await drawnBy(tab)).toBe('cpu');
      await tab.context.close();
    });

    it('falls back to the processor, and says so, when the graphics card is lost', async () => {
      const context = await browser.newContext(SMALL);
      const page = await context.newPage();
      await page.addInitScript(() => {
        const made: WebGL2RenderingContext[] = [];
        Object.assign(window, { made });
        const open = OffscreenCanvas.prototype.getContext;
        OffscreenCanvas.prototype.getContext = function (this: OffscreenCanvas, ...args: unknown[]) {
          const context = open.apply(this, args as Parameters<typeof open>);
          if (args[0] === 'webgl2' && context !== null) made.push(context as WebGL2RenderingContext);
          return context;
        } as typeof open;
      });
      await page.goto(`${server.url}&backend=webgl2`);
      await page.waitForFunction(() => window.__viewer?.stats().drawnBy === 'webgl2');
      await page.evaluate(() => window.__viewer!.ready());
      await page.mouse.move(2, 2);
      const before = await pixelsOf(page);
      await page.evaluate(() => {
        for (const gl of (window as unknown as { made: WebGL2RenderingContext[] }).made)
          gl.getExtension('WEBGL_lose_context')?.loseContext();
      });
      await page.waitForFunction(() => window.__viewer?.stats().drawnBy === 'cpu');
      await page.evaluate(() => window.__viewer!.ready());
      expect(await page.locator('.toast').innerText()).toMatch(
        /graphics card was taken away; the processor draws/,
      );
      const after = await pixelsOf(page);
      expect(apart(after, before)).toBeLessThanOrEqual(ROUNDING);
      await page.keyboard.press(']');
      await page.evaluate(() => window.__viewer!.ready());
      const next = await pixelsOf(page);
      expect(apart(next, after)).toBeGreaterThan(20);
      await context.close();
    });

    it('is the processor, and says so, where there is no WebGL2 though it is asked for', async () => {
      const context = await browser.newContext(SMALL);
      const page = await context.newPage();
      await page.addInitScript(() => {
        const open = OffscreenCanvas.prototype.getContext;
        OffscreenCanvas.prototype.getContext = function (this: OffscreenCanvas, ...args: unknown[]) {
          return args[0] === 'webgl2' ? null : open.apply(this, args as Parameters<typeof open>);
        } as typeof open;
      });
      await page.goto(`${server.url}&backend=webgl2`);
      await page.waitForFunction(() => window.__viewer !== undefined);
      await page.evaluate(() => window.__viewer!.ready());
      expect(await page.evaluate(() => window.__viewer!.stats().drawnBy)).toBe('cpu');
      expect(await page.locator('.toast').innerText()).toMatch(/no WebGL2; the processor draws/);
      const seen = await pixelsOf(page);
      expect(new Set(seen).size).toBeGreaterThan(40);
      await context.close();
    });
  });
});
