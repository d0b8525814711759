import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forestResult } from './forestPoints.ts';
import { inChromium, launchBrowser, serve } from './page.ts';
import { openTab, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('large tables');
const BRANCHES = 12_000;

describe.skipIf(skip)(title, { timeout: 240_000 }, () => {
  let made: { result: string; end(): void };
  let browser: Browser;
  let server: { url: string; stop(): Promise<void> };
  let tab: Tab;
  let cells: number;

  beforeAll(async () => {
    if (chromium === null) throw new Error('CI needs Chromium: install it, or set CHROMIUM to its path');
    made = await forestResult(BRANCHES);
    server = await serve(made.result);
    browser = await launchBrowser(chromium);
    tab = await openTab(browser, server.url);
    cells = (await tab.parents()).length;
    await tab.page.locator('#tab-cells').click();
    await tab.ready();
  }, 240_000);

  afterAll(async () => {
    await tab?.context.close();
    await browser?.close();
    await server?.stop();
    made?.end();
  });

  const table = () => tab.page.locator('.table:visible');
  const counted = async (): Promise<string> => table().locator('.muted').innerText();
  /** Numbers of a column in the rows that are made, from above. */
  const column = async (name: string): Promise<number[]> => {
    const heads = await table().locator('.head [role=columnheader]').allInnerTexts();
    const at = heads.indexOf(name);
    expect(at, name).toBeGreaterThanOrEqual(0);
    return table()
      .locator('.rows .row')
      .evaluateAll((rows, k) => rows.map((row) => Number(row.children[k]!.textContent)), at);
  };
  const scrollTo = async (part: number): Promise<void> => {
    await table()
      .locator('.scroller')
      .evaluate((scroller, p) => {
        scroller.scrollTop = p * scroller.scrollHeight;
      }, part);
    await tab.ready();
  };

  it('hold every detection of the movie, arranged beside the page', async () => {
    expect(cells).toBeGreaterThan(50_000);
    expect((await counted()).replace(/\D/g, '')).toBe(String(cells));
    expect(tab.page.workers().length).toBe(1);
    expect((await column('Frame'))[0]).toBe(0);
    await scrollTo(1);
    const last = await tab.page.evaluate(() => {
      const hook = window.__viewer!;
      let t = 0;
      while (hook.nodesOfFrame(t + 1).length > 0) t++;
      return t;
    });
    expect((await column('Frame')).at(-1)).toBe(last);
    await scrollTo(0);
  });

  it('are sorted by any column, both ways, and rows are one with the selection', async () => {
    const head = table().getByRole('button', { name: 'x µm' });
    await head.click();
    await tab.ready();
    const up = await column('x µm');
    expect(up).toEqual([...up].sort((a, b) => a - b));
    await head.click();
    await tab.ready();
    const down = await column('x µm');
    expect(down).toEqual([...down].sort((a, b) => b - a));
    expect(down[0]).toBeGreaterThan(up[0]!);
    const row = table().locator('.rows .row').nth(3);
    await row.click();
    await tab.ready();
    const chosen = await tab.page.evaluate(() => window.__viewer!.state().selectedNode);
    expect(await row.getAttribute('data-row')).toBe(String(chosen));
    expect(await row.getAttribute('aria-selected')).toBe('true');
  });

  it('are filtered, also while another order is on its way; the last wish counts', async () => {
    const input = table().locator('.filter');
    await input.fill('frame=2');
    await input.fill('frame=3');
    await tab.ready();
    const there = await tab.page.evaluate(() => window.__viewer!.nodesOfFrame(3).length);
    expect((await counted()).replace(/ of .*/, '').replace(/\D/g, '')).toBe(String(there));
    expect(new Set(await column('Frame'))).toEqual(new Set([3]));
    await input.fill('');
    await tab.ready();
    expect((await counted()).replace(/\D/g, '')).toBe(String(cells));
  });

  it('show the row of a cell that is selected elsewhere', async () => {
    await scrollTo(0.5);
    await tab.press('Home');
    await tab.page.locator('#tab-tracks').click();
    await tab.ready();
    await table().locator('.rows .row').nth(2).click();
    await tab.page.locator('#tab-cells').click();
    await tab.ready();
    const chosen = await tab.page.evaluate(() => window.__viewer!.state().selectedNode);
    await expect
      .poll(() => table().locator('.rows .row[aria-selected=true]').getAttribute('data-row'))
      .toBe(String(chosen));
  });

  it('begin with a whole row under the head after a jump, and on the last page', async () => {
    const hidden = (): Promise<number> =>
      table().evaluate((one) => {
        const below = one.querySelector('.head')!.getBoundingClientRect().bottom;
        const tops = [...one.querySelectorAll('.rows .row')].map((row) => row.getBoundingClientRect().top);
        return Math.min(...tops.map((top) => Math.abs(top - below)));
      });
    expect(await hidden()).toBeLessThan(1);
    await scrollTo(1);
    expect(await hidden()).toBeLessThan(1);
  });
});
