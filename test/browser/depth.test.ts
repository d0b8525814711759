import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inChromium, runMorula } from './page.ts';
import { launchBrowser, openTab, serve, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('volumes');

describe.skipIf(skip)(title, { timeout: 240_000 }, () => {
  let folder: string;
  let browser: Browser;
  let server: { url: string; stop(): Promise<void> };
  let tab: Tab;
  const depth = 24;
  const z = async (): Promise<number | 'max'> => ((await tab.state()) as unknown as { z: number | 'max' }).z;
  const stamp = (): Promise<string | null> => tab.page.locator('.plane-stamp').textContent();
  /** Cells of a frame with their position, as the server's table has them. */
  const cells = (t: number): Promise<number[]> =>
    tab.page.evaluate((f) => window.__viewer!.nodesOfFrame(f), t);

  beforeAll(async () => {
    if (chromium === null) throw new Error('CI needs Chromium: install it, or set CHROMIUM to its path');
    folder = mkdtempSync(join(tmpdir(), 'morula-depth-'));
    const movie = join(folder, 'm.ome.zarr');
    await runMorula(
      'simulate',
      movie,
      '--preset',
      '3d',
      '--frames',
      '3',
      '--cells',
      '6',
      '--seed',
      '5',
      '--quiet',
    );
    const result = join(folder, 'm.morula');
    await runMorula('import', join(folder, 'm_GT'), '--movie', movie, '-o', result, '--quiet');
    server = await serve(result);
    browser = await launchBrowser(chromium);
    tab = await openTab(browser, server.url);
  }, 240_000);

  afterAll(async () => {
    await tab?.context.close();
    await browser?.close();
    await server?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it('opens as a projection and says so; P goes to the plane of the selected cell and back', async () => {
    expect(await z()).toBe('max');
    expect(await stamp()).toBe(`projection of ${depth} planes`);
    await tab.press('p');
    const plane = await z();
    expect(plane).toBeGreaterThan(0);
    expect(await stamp()).toMatch(new RegExp(`^plane ${(plane as number) + 1} of ${depth}, z [0-9.]+ µm$`));
    await tab.press('p');
    expect(await z()).toBe('max');
  });

  it('goes through the planes by keys, by Shift and wheel, and no further than the last one', async () => {
    await tab.press('p');
    const start = (await z()) as number;
    await tab.press('.', '.', ',');
    expect(await z()).toBe(start + 1);
    const box = (await tab.page.locator('.movie-canvas').boundingBox())!;
    await tab.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const view = async (): Promise<string> => ((await tab.state()) as unknown as { link: string }).link;
    const before = (await view()).replace(/z=\d+/, '');
    await tab.page.keyboard.down('Shift');
    await tab.page.mouse.wheel(0, -120);
    await tab.page.keyboard.up('Shift');
    await tab.ready();
    expect(await z()).toBe(start);
    expect((await view()).replace(/z=\d+/, '')).toBe(before);
    for (let k = 0; k < depth; k++) await tab.page.keyboard.press('.');
    expect(await z()).toBe(depth - 1);
  });

  it('shows in a plane the cells that it cuts, and selects them by their pixels', async () => {
    const all = await cells(0);
    await tab.page.locator('.time').fill('0');
    await tab.ready();
    let cut = 0;
    for (const node of all) {
      const at = await tab.page.evaluate((n) => window.__viewer!.toScreen(n), node);
      await tab.press('p');
      if ((await z()) !== 'max') await tab.press('p');
      await tab.page.mouse.click(at!.x, at!.y);
      await tab.ready();
      const first = ((await tab.state()) as unknown as { selectedNode: number }).selectedNode;
      await tab.press('p');
      await tab.page.mouse.click(at!.x, at!.y);
      await tab.ready();
      const again = ((await tab.state()) as unknown as { selectedNode: number }).selectedNode;
      if (first === node) {
        expect(again).toBe(node);
        cut++;
      }
    }
    expect(cut).toBeGreaterThan(2);
  });

  it('moves to the plane of a cell that is selected elsewhere', async () => {
    if ((await z()) === 'max') await tab.press('p');
    await tab.page.locator('#tab-tracks').click();
    for (let k = 0; k < depth; k++) await tab.page.keyboard.press('.');
    const seen = new Set<number | 'max'>();
    for (let row = 0; row < 6; row++) {
      await tab.page.locator('.side .rows .row:visible').nth(row).click();
      await tab.ready();
      seen.add(await z());
    }
    expect(seen.size).toBeGreaterThan(1);
    expect(seen.has('max')).toBe(false);
  });

  it('cuts the strip of the inspector in the plane of its cells', async () => {
    const asked: string[] = [];
    tab.page.on('request', (request) => asked.push(request.url()));
    await tab.page.goto('about:blank');
    await tab.page.goto(server.url);
    await tab.page.waitForFunction(() => window.__viewer !== undefined);
    await tab.ready();
    expect(await z()).toBe('max');
    const planes = asked.filter((url) => url.includes('/api/plane'));
    expect(planes.some((url) => url.endsWith('z=max'))).toBe(true);
    expect(planes.some((url) => /z=\d+$/.test(url))).toBe(true);
  });
});
