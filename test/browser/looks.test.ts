import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HARD, makeScene } from '../../bench/curator/scene.ts';
import { inChromium } from './page.ts';
import { launchBrowser, openTab, serve, type Tab, ticksOf } from './session.ts';

const { chromium, skip, title } = inChromium('looks of the page');

/** Crowded points that morula linked, so that it is not sure of all of them. */
const SCENE = { ...HARD, cells: 40, frames: 25 };
const LOW = { width: 1000, height: 700 };

describe.skipIf(skip)(title, { timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'morula-looks-'));
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  let server: Awaited<ReturnType<typeof serve>>;
  let tab: Tab;

  beforeAll(async () => {
    if (chromium === null) throw new Error('CI needs Chromium: install it, or set CHROMIUM to its path');
    const { result } = await makeScene(folder, SCENE);
    server = await serve(result);
    browser = await launchBrowser(chromium);
    tab = await openTab(browser, server.url, { viewport: LOW });
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('opens at the division that most needs a look', async () => {
    const opened = await tab.page.evaluate(() => window.__viewer!.state().selectedNode);
    await tab.page.getByLabel('Kind of event').selectOption('division');
    await tab.page.locator('.queue-button').first().click();
    await tab.ready();
    expect(await tab.page.evaluate(() => window.__viewer!.state().selectedNode)).toBe(opened);
    await tab.page.getByLabel('Kind of event').selectOption('all');
  });

  it('gives what is there, what else could be and all the rest chances that sum to 100 %, as sure as the queue says', async () => {
    const read = (): Promise<{ now: string; all: string[]; queue: string }> =>
      tab.page.evaluate(() => {
        const text = (selector: string): string => document.querySelector(selector)?.textContent ?? '';
        const rest = document.querySelector<HTMLElement>('.decide .rest')!;
        const options = [...document.querySelectorAll('.decide .prob')].map((one) => one.textContent ?? '');
        return {
          now: text('.option.is-now .prob'),
          all: [...options, rest.hidden ? '' : rest.textContent!.split('·').at(-1)!.trim()],
          queue: text('.queue-button[aria-current="true"]'),
        };
      });
    const worth = (said: string): number =>
      said === '' || said === '< 1 %' ? 0 : said === '> 99 %' ? 100 : Number(/^(\d+) %$/.exec(said)![1]);
    let offered = 0;
    for (let k = 0; k < 20; k++) {
      await tab.press('n');
      const { now, all, queue } = await read();
      expect([now, all.reduce((sum, one) => sum + worth(one), 0)]).toEqual([now, 100]);
      expect(queue).toContain(`${now} sure`);
      offered += all.length;
    }
    expect(offered).toBeGreaterThan(60);
    await tab.press('Escape');
  });

  it('shows points filled at first, and outlines them where that is asked for', async () => {
    await tab.press('Escape', 'r');
    expect(await tab.page.locator('.choice[aria-pressed="true"]').first().textContent()).toBe('Fill');
    const marked = async (name: string): Promise<Buffer> => {
      await tab.page.getByRole('button', { name, exact: true }).click();
      await tab.ready();
      return tab.page.locator('.movie-canvas').screenshot();
    };
    const outlined = await marked('Outline');
    await tab.page.waitForURL(/&o=outline/);
    const filled = await marked('Fill');
    expect(filled.equals(outlined)).toBe(false);
    expect((await marked('Outline')).equals(outlined)).toBe(true);
    expect((await marked('Fill')).equals(filled)).toBe(true);
  });

  it('opens every menu inside the window, whatever panel its button is in', async () => {
    for (const name of ['Save the tree', 'Order, pin, hide and collapse trees', 'Save the review', 'Edit']) {
      await tab.page.getByRole('button', { name, exact: true }).click();
      const box = (await tab.page.locator('.menu:not([hidden])').boundingBox())!;
      expect([name, box.x >= 0, box.y >= 0]).toEqual([name, true, true]);
      expect([name, box.x + box.width <= LOW.width, box.y + box.height <= LOW.height]).toEqual([
        name,
        true,
        true,
      ]);
      // Nothing lies over its last line.
      const last = tab.page.locator('.menu:not([hidden]) button').last();
      await last.scrollIntoViewIfNeeded();
      await last.hover({ timeout: 10_000 });
      await tab.page.keyboard.press('Escape');
    }
  });

  it('has the time line over the time axis of a tree that runs to the right', async () => {
    await tab.press('r', 'f', 'End');
    const track = (await tab.page.locator('.track').boundingBox())!;
    const tree = (await tab.page.locator('.tree-canvas').boundingBox())!;
    const [first] = await ticksOf(tab);
    expect(Math.abs(tree.x + first!.x - track.x)).toBeLessThanOrEqual(1);
    expect(Math.abs(tree.x + tree.width - 24 - (track.x + track.width))).toBeLessThanOrEqual(1);
    await tab.press('f');
  });

  it('loses no control in a window of half the size, as when text is enlarged to 200 %: the page scrolls', async () => {
    const small = { width: 700, height: 450 };
    await tab.page.setViewportSize(small);
    await tab.ready();
    const outside = await tab.page.evaluate(() =>
      [
        ...document.querySelectorAll<HTMLElement>(
          '.topbar button, .tools button, .tabs button, .scrubber button',
        ),
      ]
        .filter((button) => button.checkVisibility())
        .filter((button) => {
          const box = button.getBoundingClientRect();
          const panel = button.closest('.panel, .topbar')!.getBoundingClientRect();
          return box.right > panel.right + 1 || box.left < panel.left - 1;
        })
        .map((button) => button.ariaLabel ?? button.textContent),
    );
    expect(outside).toEqual([]);
    await tab.page.locator('.tree-canvas').scrollIntoViewIfNeeded();
    const tree = (await tab.page.locator('.tree-canvas').boundingBox())!;
    expect(tree.y + tree.height).toBeLessThanOrEqual(small.height + 1);
    await tab.page.setViewportSize(LOW);
  });
});
