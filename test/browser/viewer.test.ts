import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {} from '../../viewer/src/testHook.ts';
import { inChromium, launchBrowser, runMorula, serve } from './page.ts';

const { chromium, skip, title } = inChromium('viewer');

interface Hooked {
  state: Record<string, never> & {
    t: number;
    selected: string | null;
    selectedNode: number;
    tracklet: number;
    lineage: number;
    event: string | null;
    scope: string;
    treeMode: string;
    treeDown: boolean;
    marking: string;
    tails: number;
    playing: boolean;
    bare: boolean;
  };
}

describe.skipIf(skip)(title, { timeout: 120_000 }, () => {
  let folder: string;
  let browser: Browser;
  let server: { url: string; stop(): Promise<void> };
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  const ready = (on = page): Promise<void> => on.evaluate(() => window.__viewer!.ready());
  const state = (on = page): Promise<Hooked['state']> =>
    on.evaluate(() => window.__viewer!.state()) as unknown as Promise<Hooked['state']>;
  const press = async (...keys: string[]): Promise<Hooked['state']> => {
    for (const key of keys) await page.keyboard.press(key);
    await ready();
    return state();
  };

  /** A fresh browser context at an address; everything that the page complains of is kept. */
  async function open(address: string): Promise<{ context: BrowserContext; page: Page }> {
    const fresh = await browser.newContext({
      viewport: { width: 1280, height: 820 },
      reducedMotion: 'reduce',
    });
    const tab = await fresh.newPage();
    tab.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    tab.on('pageerror', (error) => complaints.push(String(error)));
    await tab.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`CSP: ${event.violatedDirective}`),
      );
    });
    await tab.goto(address);
    await tab.waitForFunction(() => window.__viewer !== undefined);
    await ready(tab);
    return { context: fresh, page: tab };
  }

  /** Digest of a panel's picture. */
  async function hash(tab: Page, panel: string): Promise<string> {
    // The browser keeps what it drew of a corner: a grey value otherwise after the panel had another height.
    const style = '* { border-radius: 0 !important }';
    const picture = await tab.locator(panel).screenshot({ animations: 'disabled', style });
    return createHash('sha256').update(picture).digest('hex');
  }

  beforeAll(async () => {
    if (chromium === null) throw new Error('CI needs Chromium: install it, or set CHROMIUM to its path');
    folder = mkdtempSync(join(tmpdir(), 'morula-view-'));
    const movie = join(folder, 'm.ome.zarr');
    await runMorula('simulate', movie, '--frames', '16', '--cells', '8', '--seed', '3', '--quiet');
    await runMorula(
      'import',
      join(folder, 'm_GT'),
      '--movie',
      movie,
      '-o',
      join(folder, 'm.morula'),
      '--quiet',
    );
    server = await serve(join(folder, 'm.morula'));
    browser = await launchBrowser(chromium);
    ({ context, page } = await open(server.url));
  }, 120_000);

  afterAll(async () => {
    await context?.close();
    await browser?.close();
    await server?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it('opens at a division, with its strip, its row and its branch', async () => {
    const now = await state();
    expect(now.event).not.toBeNull();
    expect(now.selected).toBe(now.event);
    expect(await page.locator('.inspector h2').textContent()).toBe('Division');
    expect(await page.locator('.crop canvas').count()).toBeGreaterThan(3);
    expect(await page.locator('.tree .tree-canvas').count()).toBe(1);
    expect(await page.locator('[aria-live]').first().textContent()).toContain(`track ${now.tracklet}`);
  });

  it('selects the cell that is clicked, in every view, for all cells of three frames', async () => {
    await page.locator('#tab-tracks').click();
    for (const t of [0, 7, 15]) {
      await page.locator('.time').fill(String(t));
      await ready();
      const nodes = await page.evaluate((frame) => window.__viewer!.nodesOfFrame(frame), t);
      expect(nodes.length).toBeGreaterThan(4);
      for (const node of nodes) {
        const at = await page.evaluate((n) => window.__viewer!.toScreen(n), node);
        await page.mouse.click(at!.x, at!.y);
        const now = await state();
        expect(now.selectedNode).toBe(node);
        await ready();
        const row = page.locator('#page-tracks .row[aria-selected="true"]');
        expect(await row.locator('div').first().textContent()).toBe(String(now.tracklet));
        expect(await page.locator('.inspector .tools .muted').textContent()).toMatch(/track \d+/);
      }
    }
  });

  it('selects the branch that is clicked in the tree, and goes to its time', async () => {
    await press('r');
    const branch = (await state()).tracklet - 1;
    const other = branch === 0 ? 1 : 0;
    const at = await page.evaluate((b) => window.__viewer!.branchToScreen(b), other);
    await page.mouse.click(at!.x, at!.y);
    await ready();
    const now = await state();
    expect(now.tracklet).toBe(other + 1);
    expect(now.selected!.startsWith(`${now.t}.`)).toBe(true);
  });

  it('selects the cell of a row', async () => {
    await page.locator('#tab-tracks').click();
    await page.locator('#page-tracks .filter').fill('3');
    await page.locator('#page-tracks .rows .row').first().click();
    await ready();
    const now = await state();
    const row = await page.locator('#page-tracks .row[aria-selected="true"] div').allTextContents();
    expect(Number(row[0])).toBe(now.tracklet);
    expect(Number(row[1])).toBe(now.lineage);
    await page.locator('#page-tracks .filter').fill('');
  });

  it('does nothing while a filter is typed', async () => {
    const before = { ...(await state()), link: '' };
    await page.locator('#page-tracks .filter').focus();
    await page.keyboard.type('nqfr[ ?');
    expect({ ...(await state()), link: '' }).toEqual(before);
    expect(await page.locator('dialog[open]').count()).toBe(0);
    await page.locator('#page-tracks .filter').fill('');
    await page.locator('.brand').click();
  });

  it('walks along a lineage by keyboard', async () => {
    const start = await press('PageDown');
    const back = await press('ArrowUp');
    expect(back.t).toBe(start.t - 1);
    expect(back.lineage).toBe(start.lineage);
    const daughter = await press('ArrowDown', 'ArrowDown');
    expect(daughter.t).toBe(start.t + 1);
    expect(daughter.tracklet).not.toBe(start.tracklet);
    const sister = await press('ArrowRight');
    expect([sister.t, sister.event]).toEqual([daughter.t, daughter.event]);
    expect(sister.tracklet).not.toBe(daughter.tracklet);
    expect((await press('ArrowLeft')).tracklet).toBe(daughter.tracklet);
    expect((await press('Alt+ArrowUp')).selected).toBe(start.selected);
  });

  it('steps through divisions and comes back', async () => {
    const first = await press('PageDown');
    const second = await press('PageDown');
    expect(second.event).not.toBe(first.event);
    expect((await press('PageUp')).event).toBe(first.event);
  });

  it('moves in time by keyboard, within the movie', async () => {
    expect((await press('Home')).t).toBe(0);
    expect((await press('[')).t).toBe(0);
    expect((await press(']', ']')).t).toBe(2);
    expect((await press('Shift+]')).t).toBe(12);
    expect((await press('Shift+]')).t).toBe(15);
    expect((await press('End', 'Shift+[')).t).toBe(5);
  });

  it('plays, and stops where it is', async () => {
    // A button used with the mouse does not keep the keyboard.
    await page.locator('.movie .choice').first().click();
    await page.keyboard.press('Home');
    await page.keyboard.press('Space');
    await page.waitForFunction(() => (window.__viewer!.state() as { t: number }).t > 1);
    const stopped = await press('Space');
    expect(stopped.playing).toBe(false);
    expect(stopped.t).toBeGreaterThan(1);
  });

  it('plays at the speed that is chosen from a list, and the address says so', async () => {
    const speed = page.getByRole('combobox', { name: 'Speed' });
    await speed.selectOption('4×');
    expect((await state()).link).toContain('&sp=4&');
    await page.keyboard.press('Home');
    await page.keyboard.press('Space');
    await page.waitForFunction(() => (window.__viewer!.state() as { t: number }).t > 1);
    await press('Space');
    await speed.selectOption('1×');
    expect((await state()).link).not.toContain('sp=');
  });

  it('turns views by their keys and back', async () => {
    expect((await press('o')).marking).toBe('fill');
    expect((await press('o', 'o')).marking).toBe('outline');
    const { tails } = await state();
    expect((await press('h')).tails).toBe(0);
    expect((await press('h')).tails).toBe(tails);
    expect((await press('q')).treeMode).toBe('lineage');
    expect((await press('q', 'q')).treeMode).toBe('all');
    expect((await press('f')).treeDown).toBe(false);
    expect((await press('f')).treeDown).toBe(true);
    expect((await press('Shift+Space')).scope).toBe('lineage');
    await page.keyboard.down('v');
    expect((await state()).bare).toBe(true);
    await page.keyboard.up('v');
    expect((await state()).bare).toBe(false);
    await press('?');
    expect(await page.locator('dialog[open] kbd').count()).toBeGreaterThan(20);
    await page.keyboard.press('Escape');
    expect((await press('Escape')).selected).toBeNull();
  });

  it('restores everything from its address, to the same picture', async () => {
    await press('PageDown', 'ArrowDown', 'o', 'q', ']');
    const box = (await page.locator('.movie-canvas').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.wheel(0, -300);
    await page.locator('#tab-plots').click();
    await page.mouse.move(2, 2);
    await ready();
    await page.waitForFunction(
      () => location.hash.slice(1) === (window.__viewer!.state() as { link: string }).link,
    );
    const [here, address] = [await state(), page.url()];
    // Another browser needs the token of the printed address once.
    const copy = await open(`${server.url}${new URL(address).hash}`);
    try {
      await copy.page.mouse.move(2, 2);
      await ready(copy.page);
      expect(await state(copy.page)).toEqual(here);
      // Not the scrubber, which shows the frames in memory, nor sliders, whose edges depend on how they were moved.
      for (const panel of ['.movie-stage', '.strip', '.tree-stage']) {
        const [first, second] = await Promise.all([page, copy.page].map((tab) => hash(tab, panel)));
        expect(`${panel} ${second}`).toBe(`${panel} ${first}`);
      }
      const plots = (tab: Page): Promise<string> => tab.locator('#page-plots').innerHTML();
      expect(await plots(copy.page)).toBe(await plots(page));
    } finally {
      await copy.context.close();
    }
  });

  it('goes back to the selection before with the back button', async () => {
    const first = await press('PageDown');
    await press('PageDown');
    await page.goBack();
    await ready();
    expect((await state()).selected).toBe(first.selected);
  });

  it('names what a link has lost, and opens all the same', async () => {
    const copy = await open(`${server.url}#v=1&t=2&s=2.9999&zz=kept`);
    try {
      expect(await copy.page.locator('.toast').textContent()).toContain('2.9999');
      expect((await state(copy.page)).t).toBe(2);
    } finally {
      await copy.context.close();
    }
  });

  it('shows a message when planes do not come, and the rest works', async () => {
    const fresh = await browser.newContext();
    try {
      const tab = await fresh.newPage();
      await tab.route('**/api/plane?**', (route) =>
        route.fulfill({ status: 422, json: { error: 'zarr: chunk 0/4 does not decode' } }),
      );
      await tab.goto(server.url);
      await tab.waitForFunction(() => window.__viewer !== undefined);
      await tab.locator('#tab-tracks').click();
      await ready(tab);
      expect(await tab.locator('.movie-note').textContent()).toMatch(
        /^Frame \d+: its image cannot be read: zarr: chunk 0\/4 does not decode\. The lineage and all edits are safe/,
      );
      await tab.keyboard.press('PageDown');
      expect((await state(tab)).event).not.toBeNull();
      expect(await tab.locator('#page-tracks .rows .row').count()).toBeGreaterThan(2);
    } finally {
      await fresh.close();
    }
  });

  it('opens points of one frame, without an image and without a division', async () => {
    const rows = Array.from(
      { length: 5000 },
      (_, k) => `${k + 1},0,${10 * (k % 100)},${10 * Math.floor(k / 100)},0,4,-1`,
    );
    const points = join(folder, 'points.csv');
    writeFileSync(points, `id,t,x,y,z,radius,parent\n${rows.join('\n')}\n`);
    await runMorula('import', points, '-o', join(folder, 'p.morula'), '--quiet');
    const other = await serve(join(folder, 'p.morula'));
    const copy = await open(other.url);
    try {
      expect(await copy.page.locator('.movie-note').textContent()).toContain('No image');
      expect(await copy.page.locator('.inspector h2').textContent()).toBe('Cell');
      await copy.page.keyboard.press('PageDown');
      await copy.page.keyboard.press('Space');
      const { marks } = (await copy.page.evaluate(() => window.__viewer!.stats())) as {
        marks: Record<string, number>;
      };
      expect(marks.bars! + marks.collapsed! + marks.culled!).toBe(5000);
      expect(marks.blocks).toBeLessThan(2000);
    } finally {
      await copy.context.close();
      await other.stop();
    }
  });

  it('has buttons with names and text for every canvas', async () => {
    const nameless = await page.evaluate(
      () =>
        [...document.querySelectorAll('button')].filter(
          (b) => (b.getAttribute('aria-label') ?? b.textContent ?? '').trim() === '',
        ).length,
    );
    expect(nameless).toBe(0);
    expect(await page.locator('canvas[role="img"]:not([aria-label])').count()).toBe(0);
  });

  it('gives no error and breaks no rule of the content policy', () => {
    expect(complaints).toEqual([]);
  });
});
