import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inChromium, runMorula } from './page.ts';
import { launchBrowser, openTab, serve, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('plots, tails and pictures in the tree');

describe.skipIf(skip)(title, { timeout: 240_000 }, () => {
  let folder: string;
  let browser: Browser;
  let server: { url: string; stop(): Promise<void> };
  let tab: Tab;
  const plot = (k: number) => tab.page.locator('.plot').nth(k);
  const caption = (k: number): Promise<string> => plot(k).locator('figcaption').innerText();
  const selected = async (): Promise<number> =>
    ((await tab.state()) as unknown as { selectedNode: number }).selectedNode;

  beforeAll(async () => {
    if (chromium === null) throw new Error('CI needs Chromium: install it, or set CHROMIUM to its path');
    folder = mkdtempSync(join(tmpdir(), 'morula-plots-'));
    const movie = join(folder, 'm.ome.zarr');
    await runMorula('simulate', movie, '--frames', '44', '--cells', '3', '--seed', '3', '--quiet');
    const result = join(folder, 'm.morula');
    await runMorula('import', join(folder, 'm_GT'), '--movie', movie, '-o', result, '--quiet');
    server = await serve(result);
    browser = await launchBrowser(chromium);
    tab = await openTab(browser, server.url, { viewport: { width: 1400, height: 900 } });
    await tab.page.locator('#tab-plots').click();
    await tab.ready();
  }, 240_000);

  afterAll(async () => {
    await tab?.context.close();
    await browser?.close();
    await server?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it('count complete cycles and those cut short, as bars and as the share undivided', async () => {
    const said = /Cell cycle, h · (\d+) complete, (\d+) cut short, median/.exec(await caption(2));
    expect(said).not.toBeNull();
    const bars = await plot(2)
      .locator('.bar title')
      .evaluateAll((titles) => titles.map((t) => Number.parseInt(t.textContent!, 10)));
    expect(bars.reduce((a, b) => a + b, 0)).toBe(Number(said![1]) + Number(said![2]));
    await plot(2).getByRole('button', { name: 'Undivided' }).click();
    expect(await plot(2).locator('.bar').count()).toBe(0);
    expect(await plot(2).locator('.curve').count()).toBe(2);
    const marks = (await plot(2).locator('.cut-mark').getAttribute('d'))!.split('M').length - 1;
    expect(marks).toBe(Number(said![2]));
    // Nobody judged an import, so that no cycle is left out.
    await plot(2).getByRole('button', { name: 'Sure ones' }).click();
    expect(await caption(2)).not.toContain('left out');
  });

  it('are drawn at their size, two beside each other in a narrow page, so that their numbers stay as large', async () => {
    const seen = (): Promise<{ scale: number; type: string; left: number }[]> =>
      tab.page.locator('.plot svg').evaluateAll((charts) =>
        charts.map((chart) => ({
          scale: chart.getBoundingClientRect().width / (chart as SVGSVGElement).viewBox.baseVal.width,
          type: getComputedStyle(chart.querySelector('.tick text')!).fontSize,
          left: Math.round(chart.getBoundingClientRect().left),
        })),
      );
    const wide = await seen();
    await tab.page.setViewportSize({ width: 1000, height: 700 });
    await expect.poll(async () => (await seen()).every(({ scale }) => Math.abs(scale - 1) < 0.02)).toBe(true);
    const narrow = await seen();
    expect(narrow.map(({ type }) => type)).toEqual(wide.map(({ type }) => type));
    expect(new Set(narrow.map(({ left }) => left)).size).toBe(2);
    await tab.page.setViewportSize({ width: 1400, height: 900 });
    await tab.ready();
  });

  it('trace what is chosen, along the movie and from birth', async () => {
    expect(await caption(3)).toMatch(/^Area, µm² over time, h · lineage \d+$/);
    const lines = await plot(3).locator('.trace').count();
    expect(lines).toBeGreaterThan(2);
    await plot(3).locator('select').selectOption({ label: 'Speed, µm/h' });
    expect(await caption(3)).toContain('Speed');
    expect(await plot(3).locator('.now').count()).toBe(1);
    await plot(3).getByRole('button', { name: 'From birth' }).click();
    expect(await caption(3)).toMatch(/^Speed, µm\/h over age, h/);
    expect(await plot(3).locator('.now').count()).toBe(0);
    expect(await plot(3).locator('.trace').count()).toBe(lines);
  });

  it('select the cell whose dot is clicked', async () => {
    const dots = plot(4).locator('.dot');
    const complete = /(\d+) complete/.exec(await caption(4));
    expect(await dots.count()).toBe(Number(complete![1]));
    await dots.first().scrollIntoViewIfNeeded();
    const name = await dots.first().locator('title').textContent();
    await dots.first().dispatchEvent('click');
    await tab.ready();
    expect(name).toContain(`track ${((await tab.state()) as unknown as { tracklet: number }).tracklet},`);
    expect(await caption(5)).toMatch(/^Cycles of sisters, h · \d+ pairs/);
  });

  it('tails show where cells came from, where they go, and both', async () => {
    const way = async (): Promise<string> =>
      ((await tab.state()) as unknown as { tailsWay: string }).tailsWay;
    const picture = async (): Promise<string> =>
      (await tab.page.locator('.movie-canvas').screenshot({ animations: 'disabled' })).toString('base64');
    await tab.page.mouse.move(2, 2);
    const seen = new Map([[await way(), await picture()]]);
    for (let k = 0; k < 2; k++) {
      await tab.press('Shift+h');
      seen.set(await way(), await picture());
    }
    expect([...seen.keys()]).toEqual(['past', 'future', 'both']);
    expect(new Set(seen.values()).size).toBe(3);
    await tab.press('Shift+h');
    expect(await picture()).toBe(seen.get('past'));
  });

  it('mark the pointer in every picture of the strip, raw and marked, at the same place', async () => {
    const crop = tab.page.locator('.strip .crop canvas').nth(1);
    const box = (await crop.boundingBox())!;
    await tab.page.mouse.move(box.x + 20, box.y + 30);
    const rings = await tab.page.locator('.strip .crop').evaluateAll((crops) =>
      crops.flatMap((one) =>
        ['::before', '::after'].map((ring) => {
          const { left, top } = getComputedStyle(one, ring);
          return `${left} ${top}`;
        }),
      ),
    );
    expect(rings.length).toBeGreaterThan(6);
    expect(new Set(rings).size).toBe(2);
    expect(rings[0]).toBe('20px 30px');
    expect(Number.parseFloat(rings[1]!.split(' ')[1]!)).toBeCloseTo(30 + box.height - box.width, 1);
    await tab.page.mouse.move(2, 2);
    expect(await tab.page.locator('.strip[data-ghost]').count()).toBe(0);
  });

  it('show divisions in the tree where there is room, and a click on one selects it', async () => {
    await tab.press('q');
    const stats = (await tab.page.evaluate(() => window.__viewer!.stats())) as { thumbs: number };
    expect(stats.thumbs).toBeGreaterThan(0);
    const box = (await tab.page.locator('.tree-canvas').boundingBox())!;
    const before = await selected();
    await tab.press('Escape');
    // Goes down the middle of the panel, where the first division of the lineage hangs, until a picture is met.
    let found = -1;
    for (let y = 20; y < box.height && found < 0; y += 12) {
      for (let x = 60; x < box.width && found < 0; x += 24) {
        await tab.page.mouse.move(box.x + x, box.y + y);
        const over = await tab.page.locator('.tree-canvas.over-cell').count();
        if (over === 0 || (await tab.page.locator('.tree .tip:visible').count()) > 0) continue;
        await tab.page.mouse.click(box.x + x, box.y + y);
        found = await selected();
      }
    }
    await tab.ready();
    expect(found).toBeGreaterThanOrEqual(0);
    expect(before).toBeGreaterThanOrEqual(0);
    const now = (await tab.state()) as unknown as { event: string; selected: string };
    expect(now.event).toBe(now.selected);
  });
});
