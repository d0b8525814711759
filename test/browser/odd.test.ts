import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TypedArray } from '../../src/array/index.ts';
import { encodeColumns } from '../../src/codec/columns.ts';
import { noCertainty } from '../../viewer/src/data/certainty.ts';
import { deriveFromParents } from '../../viewer/src/data/derive.ts';
import type { Nodes } from '../../viewer/src/data/types.ts';
import { inChromium, runMorula } from './page.ts';
import { launchBrowser, openTab, serve, type Tab, ticksOf } from './session.ts';

const { chromium, skip, title } = inChromium('odd results');

const HEADER = 'id,t,x,y,z,radius,parent';
/** Rows of one cell that goes from frame `from` to `to`; ids follow from `id`. */
function track(id: number, from: number, to: number, x: number, y: number, parent = -1): string[] {
  return Array.from({ length: to - from + 1 }, (_, k) =>
    [id + k, from + k, x + 0.01 * k, y, 0, 4, k === 0 ? parent : id + k - 1].join(),
  );
}

/** Nodes of a cell that divides half way through a movie of `nFrames`. */
function longMovie(nFrames: number): Nodes {
  const half = nFrames / 2;
  const count = half + 2 * (nFrames - half);
  const int = (of: (i: number) => number): Int32Array => Int32Array.from({ length: count }, (_, i) => of(i));
  const float = (of: (i: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => of(i));
  const later = (i: number): number => i - half;
  const nodes = {
    count,
    t: int((i) => (i < half ? i : half + (later(i) >> 1))),
    label: Uint32Array.from({ length: count }, (_, i) => (i < half ? 1 : 1 + (later(i) & 1))),
    z: float(() => 0),
    y: float(() => 20),
    x: float((i) => (i < half ? 20 : 20 + 30 * (later(i) & 1))),
    size: float(() => Number.NaN),
    radius: float(() => 4),
    border: new Uint8Array(count),
    parent: int((i) => (i < half ? i - 1 : Math.max(half - 1, i - 2))),
    childA: new Int32Array(count),
    childB: new Int32Array(count),
    tracklet: new Int32Array(count),
    lineage: new Int32Array(count),
  };
  deriveFromParents(nodes);
  return nodes;
}

describe.skipIf(skip)(title, { timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'morula-odd-'));
  let browser: Browser;
  const complaints: string[] = [];

  /** Opens a page on these points, and closes everything afterwards. */
  async function withPoints(
    name: string,
    rows: string[],
    look: (tab: Tab, address: string) => Promise<void>,
  ): Promise<void> {
    const csv = join(folder, `${name}.csv`);
    writeFileSync(csv, `${[HEADER, ...rows].join('\n')}\n`);
    const result = join(folder, `${name}.morula`);
    await runMorula('import', csv, '-o', result, '--quiet');
    const server = await serve(result);
    const tab = await openTab(browser, server.url);
    tab.page.on('pageerror', (error) => complaints.push(`${name}: ${error}`));
    try {
      await look(tab, server.url);
      // Whatever a result lacks, no view and no key may fall over.
      for (const one of ['tracks', 'divisions', 'cells', 'plots', 'review'])
        await tab.page.locator(`#tab-${one}`).click();
      await tab.press('n', 'q', 'q', 'q', 'f', 'f', 'PageDown', 'Home', 'ArrowDown', 'ArrowRight', 'p', '.');
      await tab.press('g', 'Escape', 'Escape', 'r');
    } finally {
      await tab.context.close();
      await server.stop();
    }
    expect(complaints).toEqual([]);
  }
  const note = (tab: Tab): Promise<string | null> => tab.page.locator('.movie-note').textContent();
  const selected = async (tab: Tab): Promise<number> =>
    ((await tab.state()) as unknown as { selectedNode: number }).selectedNode;
  /** Selects a cell of a frame with the mouse. */
  async function clickCell(tab: Tab, t: number): Promise<void> {
    const [node] = await tab.page.evaluate((f) => window.__viewer!.nodesOfFrame(f), t);
    const at = await tab.page.evaluate((n) => window.__viewer!.toScreen(n), node!);
    await tab.page.mouse.click(at!.x, at!.y);
    await tab.ready();
    expect(await selected(tab)).toBe(node);
  }

  beforeAll(async () => {
    if (chromium === null) throw new Error('CI needs Chromium: install it, or set CHROMIUM to its path');
    browser = await launchBrowser(chromium);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows points without an image and without divisions, and says what is not there', async () => {
    const rows = [...track(1, 0, 4, 20, 20), ...track(11, 0, 4, 60, 30)];
    await withPoints('plain', rows, async (tab) => {
      expect(await note(tab)).toBe('No image: these tracks were imported without a movie');
      await tab.press('Home');
      await clickCell(tab, 0);
      expect(await tab.page.locator('.inspector header .muted').textContent()).toContain('no division seen');
      await tab.press('Escape');
      expect(await tab.page.locator('.inspector').textContent()).toContain('No division was found');
      await tab.page.locator('#tab-plots').click();
      expect(await tab.page.locator('.plots').textContent()).toContain('No cell is born in this movie');
      expect(await tab.page.locator('.counts').textContent()).toContain('0 divisions');
      await tab.page.locator('#tab-divisions').click();
      await tab.ready();
      expect(await tab.page.locator('.table:visible .empty').textContent()).toBe(
        'No division was found in this movie.',
      );
      await tab.page.locator('#tab-cells').click();
      await tab.ready();
      // Points have neither labels nor sizes: columns without a value are not there.
      const titles = tab.page.locator('.table:visible [role="columnheader"]');
      expect(await titles.allTextContents()).toEqual([
        'Frame',
        'Track',
        'Lineage',
        'x µm',
        'y µm',
        'R µm',
        'Link',
      ]);
      expect(await tab.page.locator('.table:visible .filter').getAttribute('placeholder')).toContain(
        'radius>5',
      );
      await tab.page.locator('.table:visible .filter').fill('radius>100');
      await tab.ready();
      expect(await tab.page.locator('.table:visible .empty').textContent()).toBe(
        'No detection passes the filter.',
      );
      await tab.page.locator('.table:visible .filter').fill('');
      await tab.page.locator('#tab-review').click();
      expect(await tab.page.locator('.progress').textContent()).toBe('0 to review');
      await tab.press('g');
      expect(await tab.page.locator('.sheet').textContent()).toContain(
        'No division was found in this movie.',
      );
      expect(await tab.page.locator('.sheet-hint').isVisible()).toBe(false);
      await tab.press('Escape');
    });
  });

  it('shows a movie of one frame', async () => {
    await withPoints('one', [...track(1, 0, 0, 20, 20), ...track(11, 0, 0, 60, 30)], async (tab) => {
      expect(await tab.page.locator('.counts').textContent()).toMatch(/^1 frame2 detections/);
      await clickCell(tab, 0);
      await tab.press('End', 'Home', ' ', ' ', ']', '[');
      expect((await tab.state()).t).toBe(0);
      await tab.page.locator('#tab-plots').click();
      expect(await tab.page.locator('.plots svg').count()).toBeGreaterThan(0);
      expect(await tab.page.locator('.plots').innerHTML()).not.toContain('NaN');
    });
  });

  it('shows 5,000 founders: all are counted, in marks or in blocks, and one can be found and opened', async () => {
    const rows = Array.from({ length: 5000 }, (_, k) =>
      track(1 + 3 * k, 0, 2, 20 * (k % 71), 20 * Math.floor(k / 71)),
    ).flat();
    await withPoints('founders', rows, async (tab) => {
      expect(await tab.page.locator('.counts').textContent()).toContain('5,000 lineages');
      const stats = (await tab.page.evaluate(() => window.__viewer!.stats())) as {
        marks: { bars: number; collapsed: number; culled: number };
      };
      expect(stats.marks.bars + stats.marks.collapsed + stats.marks.culled).toBe(5000);
      expect(stats.marks.bars).toBeLessThan(5000);
      await tab.press('Home');
      await clickCell(tab, 0);
      await tab.press('q');
      expect(await tab.page.locator('.tree header').textContent()).toContain('1 of 5,000 tracks');
      await tab.press('q', 'q');
    });
  });

  it('shows 20,000 frames: goes to the last one and back, and its axis stays legible', async () => {
    const rows = [...track(1, 0, 2, 20, 20), ...track(11, 0, 2, 60, 30)];
    await withPoints('long', rows, async (tab, address) => {
      // An import of so many frames takes minutes; the page sees what the server would send of one.
      const nodes = longMovie(20_000);
      const table = (columns: object) => ({
        headers: { 'x-seq': '0' },
        body: Buffer.from(encodeColumns({ meta: {}, columns: columns as Record<string, TypedArray> })),
      });
      const { count, ...columns } = nodes;
      await tab.context.route('**/api/info', async (route) => {
        const response = await route.fetch();
        const info = (await response.json()) as { run: { movie: { nFrames: number } } };
        info.run.movie.nFrames = 20_000;
        await route.fulfill({ response, json: info });
      });
      await tab.context.route('**/api/table/nodes', (route) => route.fulfill(table(columns)));
      await tab.context.route('**/api/table/certainty', (route) =>
        route.fulfill(table(noCertainty(nodes.parent))),
      );
      await tab.page.goto('about:blank');
      await tab.page.goto(address);
      await tab.page.waitForFunction(() => window.__viewer !== undefined);
      await tab.ready();
      expect(await tab.page.locator('.counts').textContent()).toContain('20,000 frames');
      expect(count).toBe(30_000);
      expect((await tab.press('End')).t).toBe(19_999);
      expect((await tab.press('[', 'Shift+[')).t).toBe(19_988);
      await clickCell(tab, 19_988);
      expect((await tab.press('PageDown')).t).toBe(9999);
      const ticks = (await ticksOf(tab)).length;
      expect(ticks).toBeGreaterThan(1);
      expect(ticks).toBeLessThan(30);
      const box = (await tab.page.locator('.track').first().boundingBox())!;
      await tab.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      expect(Math.abs((await tab.state()).t - 10_000)).toBeLessThan(200);
    });
  });

  it("shows the lineage where the linker's word is damaged, and says why there is no lineage where that is", async () => {
    const rows = [...track(1, 0, 4, 20, 20), ...track(11, 0, 4, 60, 30)];
    await withPoints('tables', rows, async ({ page, context, ready, press }, address) => {
      const damaged = (name: string) => ({ status: 422, json: { error: `store: ${name} is damaged` } });
      await context.route('**/api/table/certainty', (route) => route.fulfill(damaged('certainty.bin')));
      await page.goto('about:blank');
      await page.goto(address);
      await page.waitForFunction(() => window.__viewer !== undefined);
      await ready();
      expect(await page.locator('.toast').textContent()).toBe(
        'How sure the linker was is not known: store: certainty.bin is damaged. The lineage and all edits are safe',
      );
      await press('n');
      expect(await page.locator('.counts').textContent()).toContain('2 tracks');
      await context.route('**/api/table/nodes', (route) => route.fulfill(damaged('frames/0')));
      await page.goto('about:blank');
      await page.goto(address);
      await page.locator('.boot[role="alert"]').waitFor();
      expect(await page.locator('.boot').textContent()).toBe(
        'The lineage cannot be shown: store: frames/0 is damaged. Nothing was changed; reload the page to try again.',
      );
      await context.unrouteAll();
      await page.goto('about:blank');
      await page.goto(address);
      await page.waitForFunction(() => window.__viewer !== undefined);
    });
  });

  describe('with pixels that do not come as they should', () => {
    let movie: string;
    let result: string;
    let server: { url: string; stop(): Promise<void> };
    let tab: Tab;
    const image = (t: number): string => join(movie, '0/c', String(t), '0/0/0');
    const labels = (t: number): string => join(result, 'labels/cells/0/c', String(t), '0/0');
    const goTo = async (t: number): Promise<void> => {
      await tab.page.locator('.time').fill(String(t));
      await tab.ready();
    };
    const SAFE = 'The lineage and all edits are safe';

    beforeAll(async () => {
      movie = join(folder, 'm.ome.zarr');
      await runMorula('simulate', movie, '--frames', '6', '--cells', '4', '--seed', '3', '--quiet');
      result = join(folder, 'm.morula');
      await runMorula('import', join(folder, 'm_GT'), '--movie', movie, '-o', result, '--quiet');
      server = await serve(result);
      truncateSync(image(1), 20);
      rmSync(image(2));
      truncateSync(labels(3), 20);
      rmSync(labels(4));
      tab = await openTab(browser, server.url);
    }, 240_000);
    afterAll(async () => {
      await tab?.context.close();
      await server?.stop();
    });

    it('names a corrupt image and its frame, and still shows and selects the cells', async () => {
      await goTo(1);
      expect(await note(tab)).toMatch(/^Frame 1: its image cannot be read: .*frame 1.*decode/);
      expect(await note(tab)).toContain(SAFE);
      await clickCell(tab, 1);
    });

    it('says that a frame without an image file is empty', async () => {
      await goTo(2);
      expect(await note(tab)).toMatch(/^Frame 2: every pixel is 0, .* its file is missing/);
      expect(await note(tab)).toContain(SAFE);
      await clickCell(tab, 2);
    });

    it('draws circles where outlines are corrupt or missing, and says so', async () => {
      await goTo(3);
      expect(await note(tab)).toMatch(/^Frame 3: its outlines cannot be read, circles stand for them: /);
      await clickCell(tab, 3);
      await goTo(4);
      expect(await note(tab)).toMatch(/^Frame 4: .* has none of its \d+ cells, its file may be missing/);
      expect(await note(tab)).toContain(SAFE);
      await clickCell(tab, 4);
    });

    it('says nothing of a frame that is whole', async () => {
      await goTo(0);
      expect(await note(tab)).toBe('');
    });

    it('shows what it has while a slow plane is on its way, says which, and then shows it', async () => {
      const slow = await openTab(browser, server.url);
      const shown = (t: number): Promise<unknown> =>
        slow.page.waitForFunction(
          (frame) =>
            document.querySelector('.movie-stage.is-waiting') === null &&
            window.__viewer?.state().t === frame,
          t,
        );
      let release = (): void => {};
      const held = new Promise<void>((done) => (release = done));
      await slow.page.route(/api\/plane\?t=5/, async (route) => {
        await held;
        await route.continue();
      });
      await slow.page.reload();
      await slow.page.waitForFunction(() => window.__viewer !== undefined);
      // The page comes back at the frame of its address, which follows the frame that is shown with a delay.
      await slow.page.keyboard.press('Home');
      await shown(0);
      await slow.page.keyboard.press('End');
      await slow.page.waitForFunction(() => document.querySelector('.movie-stage.is-waiting') !== null);
      expect(await slow.page.locator('.waiting').textContent()).toBe('loading frame 5');
      // Everything else goes on: the tables, another frame.
      await slow.page.locator('#tab-cells').click();
      await slow.page.keyboard.press('Home');
      await shown(0);
      await slow.page.keyboard.press('End');
      release();
      await shown(5);
      expect(await note(slow)).toBe('');
      await slow.context.close();
    });

    it('takes a plane that was cut off on its way for what it is, and asks again when one comes back', async () => {
      const cut = await openTab(browser, server.url);
      await cut.page.locator('.time').fill('0');
      await cut.ready();
      await cut.page.reload();
      await cut.page.route(/api\/plane\?t=5/, async (route) => {
        const response = await route.fetch();
        const body = await response.body();
        const headers = { ...response.headers(), 'content-length': String(body.length >> 1) };
        await route.fulfill({ response, headers, body: body.subarray(0, body.length >> 1) });
      });
      await cut.page.waitForFunction(() => window.__viewer !== undefined);
      await cut.page.locator('.time').fill('5');
      await cut.ready();
      expect(await note(cut)).toContain('the plane came incomplete');
      expect(await note(cut)).toContain(SAFE);
      await cut.page.unroute(/api\/plane\?t=5/);
      await cut.press('Home', 'End');
      expect(await note(cut)).toBe('');
      await cut.context.close();
    });
  });
});
