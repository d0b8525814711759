import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type {} from '../../viewer/src/testHook.ts';
import { launchBrowser, runMorula, serve } from './page.ts';

/** What the hook says of the page; see `testHook.ts`. */
export interface PageState {
  t: number;
  selected: string | null;
  item: string;
  open: number;
  items: number;
  standing: string;
  version: number;
}

/** A page of the viewer, driven by mouse and keyboard. */
export interface Tab {
  page: Page;
  context: BrowserContext;
  ready(): Promise<void>;
  state(): Promise<PageState>;
  press(...keys: string[]): Promise<PageState>;
  parents(): Promise<number[]>;
}

/** A fresh browser context at an address, with the means to drive it. */
export async function openTab(
  browser: Browser,
  address: string,
  look: { viewport?: { width: number; height: number }; theme?: string; firstRun?: boolean } = {},
): Promise<Tab> {
  const context = await browser.newContext({
    viewport: look.viewport ?? { width: 1280, height: 820 },
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(90_000);
  const page = await context.newPage();
  const kept = {
    ...(look.theme === undefined ? {} : { 'morula-theme': look.theme }),
    ...(look.firstRun === true ? {} : { 'morula-hints': 'done' }),
  };
  await page.addInitScript((entries) => {
    // Empty documents, between two pages, have no storage.
    if (location.protocol.startsWith('http')) for (const entry of entries) localStorage.setItem(...entry);
  }, Object.entries(kept));
  await page.goto(address);
  await page.waitForFunction(() => window.__viewer !== undefined);
  const ready = (): Promise<void> => page.evaluate(() => window.__viewer!.ready());
  const state = (): Promise<PageState> =>
    page.evaluate(() => window.__viewer!.state()) as unknown as Promise<PageState>;
  await ready();
  return {
    page,
    context,
    ready,
    state,
    async press(...keys) {
      for (const key of keys) {
        await page.keyboard.press(key);
        await ready();
      }
      return state();
    },
    parents: () => page.evaluate(() => window.__viewer!.parents()),
  };
}

/** Ticks of the tree's axis, pixels of its canvas. */
export const ticksOf = (tab: Tab): Promise<{ x: number; y: number; text: string }[]> =>
  tab.page.evaluate(() => window.__viewer!.stats().ticks) as never;

/** What a result is made of: points as CSV, or a function that fills its folder. */
export type Ground = string | ((result: string) => Promise<void>);

/** A result in a folder that `end` removes. */
async function makeResult(ground: Ground): Promise<{ result: string; end(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'morula-points-'));
  if (typeof ground === 'string') {
    writeFileSync(join(folder, 'p.csv'), ground);
    await runMorula('import', join(folder, 'p.csv'), '-o', join(folder, 'p.morula'), '--quiet');
  } else await ground(join(folder, 'p.morula'));
  return {
    result: join(folder, 'p.morula'),
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export { launchBrowser, serve };

/** A result, served and opened in a page. `server` may be replaced by a later one, which `end` then stops. */
export interface Editor {
  result: string;
  server: { url: string; stop(): Promise<void> };
  browser: Browser;
  tab: Tab;
  end(): Promise<void>;
}

/** @param chromium path of the browser; null is a failure, as in CI */
export async function startEditor(chromium: string | null, ground: Ground): Promise<Editor> {
  if (chromium === null) throw new Error('CI needs Chromium: install it, or set CHROMIUM to its path');
  const made = await makeResult(ground);
  const server = await serve(made.result);
  const browser = await launchBrowser(chromium);
  const tab = await openTab(browser, server.url);
  const editor: Editor = {
    result: made.result,
    server,
    browser,
    tab,
    async end() {
      await tab.context.close();
      await browser.close();
      await editor.server.stop();
      made.end();
    },
  };
  return editor;
}
