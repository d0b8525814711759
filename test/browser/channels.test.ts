import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDerived } from './derivedMovie.ts';
import { inChromium, launchBrowser, serve } from './page.ts';
import { openTab, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('channels');

describe.skipIf(skip)(title, { timeout: 240_000 }, () => {
  let browser: Browser;
  let folder: string;
  let server: { url: string; stop(): Promise<void> };
  let tab: Tab;

  beforeAll(async () => {
    if (chromium === null) throw new Error('CI needs Chromium: install it, or set CHROMIUM to its path');
    folder = mkdtempSync(join(tmpdir(), 'morula-channels-'));
    const stains = ['nuclei', 'glow', 'even'] as const;
    const colours = ['FF0000', '00FF00', null];
    server = await serve(await makeDerived(folder, { frames: 2, cells: 8, seed: 4, stains, colours }));
    browser = await launchBrowser(chromium);
    tab = await openTab(browser, server.url, { viewport: { width: 1000, height: 700 } });
  }, 240_000);

  afterAll(async () => {
    await tab?.context.close();
    await browser?.close();
    await server?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  /** Sums of red, green and blue over the image, without cells. */
  const light = async (): Promise<number[]> => {
    await tab.page.mouse.move(2, 2);
    await tab.page.keyboard.down('v');
    await tab.ready();
    const sums = await tab.page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.movie-canvas')!;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      const sums = [0, 0, 0];
      for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c++) sums[c]! += data[i + c]!;
      return sums;
    });
    await tab.page.keyboard.up('v');
    await tab.ready();
    return sums;
  };
  const chip = (name: string) => tab.page.locator('.channels').getByRole('button', { name });

  it('are named over the movie in their colours, the file’s or distinct ones', async () => {
    const shown = await tab.page.locator('.channel').evaluateAll((all) =>
      all.map((one) => {
        const dot = one.querySelector('.channel-dot')!;
        return [one.textContent, getComputedStyle(dot).borderTopColor, one.getAttribute('aria-pressed')];
      }),
    );
    expect(shown).toEqual([
      ['nuclei', 'rgb(255, 0, 0)', 'true'],
      ['glow', 'rgb(0, 255, 0)', 'true'],
      ['even', 'rgb(74, 163, 255)', 'true'],
    ]);
  });

  it('go off and on by their names and by their keys, each in its colour alone', async () => {
    const all = await light();
    await chip('glow').click();
    await tab.ready();
    expect(await chip('glow').getAttribute('aria-pressed')).toBe('false');
    const less = await light();
    expect(less[1]).toBeLessThan(all[1]! * 0.7);
    expect(less[0]).toBe(all[0]);
    await tab.press('Shift+Digit1');
    expect(await chip('nuclei').getAttribute('aria-pressed')).toBe('false');
    expect((await light())[0]).toBeLessThan(all[0]! * 0.5);
    await tab.press('Shift+Digit1');
    await chip('glow').click();
    await tab.ready();
    expect(await light()).toEqual(all);
  });

  it('have each its own contrast and colour', async () => {
    const before = await light();
    await tab.page.getByRole('button', { name: 'Contrast' }).click();
    expect(await tab.page.locator('.contrast-row').count()).toBe(3);
    await tab.page.getByLabel('Gamma of nuclei').fill('2');
    await tab.ready();
    const darker = await light();
    expect(darker[0]).toBeLessThan(before[0]! * 0.9);
    expect(darker[1]).toBe(before[1]);
    await tab.page.getByLabel('Colour of glow').fill('#0000ff');
    await tab.ready();
    const bluer = await light();
    expect(bluer[1]).toBeLessThan(darker[1]! * 0.7);
    expect(bluer[2]).toBeGreaterThan(darker[2]!);
    await tab.page.keyboard.press('Escape');
  });

  it('that are the same everywhere are no reason to say that the movie holds no image', async () => {
    expect(await tab.page.locator('.movie-note').innerText()).toBe('');
    const [first, second] = [chip('nuclei'), chip('glow')];
    await first.click();
    await second.click();
    await tab.ready();
    expect(await tab.page.locator('.movie-note').innerText()).toMatch(/every pixel is 700/);
    await first.click();
    await second.click();
    await tab.ready();
  });
});
