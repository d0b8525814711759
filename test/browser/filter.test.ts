import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inChromium, runMorula } from './page.ts';
import { type Editor, openTab, startEditor, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('one filter for all views');

interface Shown {
  kept: number[] | null;
  fencing: boolean;
  open: number;
  items: number;
  tracklet: number;
  lineage: number;
  picked: number[];
  event: string | null;
  link: string;
  laidOut: number;
}

describe.skipIf(skip)(title, { timeout: 480_000 }, () => {
  let editor: Editor;
  let tab: Tab;
  const press = async (...keys: string[]): Promise<Shown> => (await tab.press(...keys)) as unknown as Shown;
  const state = async (): Promise<Shown> => (await tab.state()) as unknown as Shown;
  const line = () => tab.page.getByRole('searchbox', { name: 'Filter of all views' });
  const menu = async (entry: string): Promise<void> => {
    await tab.page.getByRole('button', { name: 'What to filter for' }).click();
    await tab.page.getByRole('menuitem', { name: entry, exact: true }).click();
    await tab.ready();
  };
  /** Writes a filter with the keyboard alone. */
  const write = async (text: string): Promise<Shown> => {
    await press('/');
    await tab.page.keyboard.press('Control+a');
    await tab.page.keyboard.type(text);
    return press('Enter');
  };
  /** Values of a column of the table that is shown, all rows of it. */
  const column = async (name: string, place: number): Promise<number[]> => {
    await tab.page.locator(`#tab-${name}`).click();
    await tab.ready();
    const cells = tab.page.locator(`#page-${name} .rows .row`);
    return cells.evaluateAll((rows, k) => rows.map((row) => Number(row.children[k]!.textContent)), place);
  };
  const count = async (name: string): Promise<string> => {
    await tab.page.locator(`#tab-${name}`).click();
    await tab.ready();
    return (await tab.page.locator(`#page-${name} .table-bar .muted`).innerText()).trim();
  };
  const passed = ({ kept }: Shown): number => kept!.reduce((sum, on) => sum + on, 0);

  beforeAll(async () => {
    editor = await startEditor(chromium, async (result) => {
      const movie = join(result, '../m.ome.zarr');
      await runMorula('simulate', movie, '--frames', '44', '--cells', '5', '--seed', '3', '--quiet');
      await runMorula('import', join(result, '../m_GT'), '--movie', movie, '-o', result, '--quiet');
    });
    tab = editor.tab;
  }, 480_000);

  afterAll(() => editor?.end());

  it('is written with the keyboard, and tree, tables, plots and address follow it', async () => {
    const before = await press('Escape', 'PageDown');
    const shown = await write(`lineage=${before.lineage}`);
    expect(passed(shown)).toBeGreaterThan(2);
    expect(passed(shown)).toBeLessThan(shown.kept!.length);
    expect(shown.laidOut).toBe(passed(shown));
    expect(new Set(await column('tracks', 1))).toEqual(new Set([before.lineage]));
    expect(await count('tracks')).toBe(`${passed(shown)} of ${shown.kept!.length}`);
    expect(await tab.page.locator('.filter-count').innerText()).toBe(
      `${passed(shown)} of ${shown.kept!.length} tracks`,
    );
    expect(new Set(await column('divisions', 2)).size).toBeGreaterThan(0);
    await tab.page.locator('#tab-plots').click();
    await tab.ready();
    expect(await tab.page.locator('.plot').first().locator('.curve').count()).toBe(2);
    expect(shown.link).toContain(`fl=lineage%3D${before.lineage}`);
    await press('/');
    expect((await press('Escape')).kept).toBe(null);
    expect(await tab.page.locator('.plot').first().locator('.curve').count()).toBe(1);
  });

  it('paints the cells of the movie that it leaves out in grey, and gives them back their colours', async () => {
    const look = async (): Promise<Buffer> =>
      tab.page.locator('.movie-canvas').screenshot({ animations: 'disabled' });
    await press('Escape', 'Home');
    await tab.page.mouse.move(2, 2);
    const plain = await look();
    await write('lineage=9999');
    expect(await tab.page.locator('.tree-canvas').isVisible()).toBe(true);
    expect((await state()).laidOut).toBe(0);
    expect((await look()).equals(plain)).toBe(false);
    await press('/', 'Escape');
    expect((await look()).equals(plain)).toBe(true);
  });

  it('says when it cannot be read, and does what it can', async () => {
    const shown = await write('generation=1 mood=3');
    expect(await tab.page.locator('.filter-count').innerText()).toBe('not clear');
    expect(await line().getAttribute('aria-invalid')).toBe('true');
    expect(passed(shown)).toBeGreaterThan(0);
    expect(new Set(await column('tracks', 2))).toEqual(new Set([1]));
    await press('/', 'Escape');
  });

  it('has the selected lineage from its menu, by keyboard', async () => {
    const chosen = await press('Escape', 'PageDown');
    await press('/');
    await tab.page.keyboard.press('ArrowDown');
    const shown = await press('Enter');
    expect(shown.link).toContain(`fl=lineage%3D${chosen.lineage}`);
    const seen = new Set<string | null>();
    for (let k = 0; k < 12; k++) seen.add((await press('PageDown')).event);
    expect((await state()).lineage).toBe(chosen.lineage);
    expect(seen.size).toBe((await column('divisions', 2)).length);
    await menu('Select all tracks that pass');
    expect((await state()).picked.length).toBe(passed(shown));
    await menu('No filter');
    expect((await state()).kept).toBe(null);
  });

  it('keeps what passes through a box drawn in the movie, in the review too', async () => {
    const before = await press('Escape', 'r');
    await menu('A box that I draw in the movie');
    expect((await state()).fencing).toBe(true);
    expect((await press('Escape')).fencing).toBe(false);
    await menu('A box that I draw in the movie');
    const box = (await tab.page.locator('.movie-canvas').boundingBox())!;
    const [x, y, side] = [box.x + box.width / 2, box.y + box.height / 2, box.height * 0.3];
    await tab.page.mouse.move(x - side, y - side);
    await tab.page.mouse.down();
    await tab.page.mouse.move(x, y + side, { steps: 3 });
    await tab.page.mouse.up();
    await tab.ready();
    const shown = await state();
    expect(shown.fencing).toBe(false);
    const range = (key: string): number[] =>
      new RegExp(`${key}=([-\\d.]+)\\.\\.([-\\d.]+)`)
        .exec(decodeURIComponent(shown.link))!
        .slice(1)
        .map(Number);
    const [[x0, x1], [y0, y1]] = [range('x'), range('y')];
    expect(passed(shown)).toBeGreaterThan(0);
    expect(passed(shown)).toBeLessThan(shown.kept!.length);
    for (const [at, low, high] of [
      [5, x0!, x1!],
      [6, y0!, y1!],
    ] as const) {
      const values = await column('cells', at);
      expect(values.length).toBeGreaterThan(0);
      // The table shows one decimal.
      for (const value of values) {
        expect(value).toBeGreaterThanOrEqual(low - 0.05);
        expect(value).toBeLessThanOrEqual(high + 0.05);
      }
    }
    expect(shown.open).toBeLessThanOrEqual(before.open);
    await menu('No filter');
  });

  it('is what is brushed in a plot: the tracks counted there are those that pass; a click beside takes it back', async () => {
    await tab.page.locator('#tab-plots').click();
    await tab.ready();
    const plot = tab.page.locator('.plot').nth(2);
    const svg = plot.locator('svg');
    const box = async () => (await svg.boundingBox())!;
    await svg.scrollIntoViewIfNeeded();
    const at = await box();
    await tab.page.mouse.move(at.x + at.width * 0.3, at.y + at.height * 0.3);
    await tab.page.mouse.down();
    await tab.page.mouse.move(at.x + at.width * 0.75, at.y + at.height * 0.5, { steps: 4 });
    await tab.page.mouse.up();
    await tab.ready();
    const shown = await state();
    expect(shown.link).toMatch(/fl=cycle%3D[\d.]+/);
    const said = /(\d+) complete, (\d+) cut short/.exec(await plot.locator('figcaption').innerText())!;
    expect(Number(said[1]) + Number(said[2])).toBe(passed(shown));
    expect(passed(shown)).toBeGreaterThan(0);
    expect(await plot.locator('.range-brush .selection').isVisible()).toBe(true);
    // Dots of cycles that do not pass are still there, pale.
    const dots = tab.page.locator('.plot').nth(4).locator('.dot:not(.left-out)');
    expect(await dots.count()).toBe(Number(said[1]));
    await svg.scrollIntoViewIfNeeded();
    const now = await box();
    await tab.page.mouse.click(now.x + now.width * 0.93, now.y + now.height * 0.4);
    await tab.ready();
    expect((await state()).kept).toBe(null);
  });

  it('shows in a plot the range that was written, and a click in a plot of time still goes there', async () => {
    const shown = await write('time=1..2');
    const brush = tab.page.locator('.plot').first().locator('.range-brush .selection');
    expect(Number(await brush.getAttribute('width'))).toBeGreaterThan(20);
    expect(passed(shown)).toBeLessThan(shown.kept!.length);
    await press('/', 'Escape');
    const svg = tab.page.locator('.plot').first().locator('svg');
    await svg.scrollIntoViewIfNeeded();
    const box = (await svg.boundingBox())!;
    await tab.page.mouse.click(box.x + box.width * 0.55, box.y + box.height * 0.4);
    await tab.ready();
    const { t } = await tab.state();
    expect(t).toBeGreaterThan(15);
    expect(t).toBeLessThan(30);
    expect((await state()).kept).toBe(null);
  });

  it('comes back from a link in a page of its own', async () => {
    const shown = await write('generation=1 time=0..2');
    const other = await openTab(editor.browser, `${editor.server.url}#${shown.link}`);
    const there = (await other.state()) as unknown as Shown;
    expect(there.kept).toEqual(shown.kept);
    expect(there.link).toBe(shown.link);
    await other.context.close();
    await press('/', 'Escape');
  });

  it('copies the rows of a table that pass', async () => {
    await tab.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const shown = await write('generation=1');
    await tab.page.locator('#tab-tracks').click();
    await tab.page.getByRole('button', { name: 'Copy these rows' }).and(tab.page.locator(':visible')).click();
    const text = await tab.page.evaluate(() => navigator.clipboard.readText());
    const rows = text.trim().split('\n');
    expect(rows[0]!.split('\t').slice(0, 3)).toEqual(['tracklet', 'lineage', 'generation']);
    expect(rows.length - 1).toBe(passed(shown));
    for (const row of rows.slice(1)) expect(row.split('\t')[2]).toBe('1');
    await press('/', 'Escape');
  });
});
