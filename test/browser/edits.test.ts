import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inChromium } from './page.ts';
import { type Editor, openTab, serve, startEditor, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('edits');

const FRAMES = 12;

/**
 * Five cells over twelve frames, two of them in the corners. The second is lost after frame 5 and found again in frame 6;
 * the third divides after frame 5. Rows come five a frame, six from frame 6.
 */
function points(): string {
  const rows = ['id,t,x,y,z,radius,parent'];
  let id = 0;
  let last: number[] = [];
  for (let t = 0; t < FRAMES; t++) {
    const divided = t >= 6;
    const at = [[0, 0], [60, 50 + t], [120, 80], [150, 40], [200, 150], ...(divided ? [[120, 60 - t]] : [])];
    const now = at.map(() => ++id);
    at.forEach(([x, y], k) => {
      const from = t === 0 || (k === 1 && t === 6) ? -1 : k === 5 && t === 6 ? last[2]! : last[k]!;
      rows.push(`${now[k]},${t},${x},${y},0,4,${from}`);
    });
    last = now;
  }
  return `${rows.join('\n')}\n`;
}

describe.skipIf(skip)(title, { timeout: 240_000 }, () => {
  let editor: Editor;
  let tab: Tab;
  /** Rows of the lost cell's last detection and of the first after it. */
  let [lost, found] = [-1, -1];

  const log = (): string[] =>
    readFileSync(join(editor.result, 'edits.jsonl'), 'utf8').trim().split('\n').slice(1);
  const joined = async (on = tab): Promise<boolean> => (await on.parents())[found] === lost;
  const toast = (on = tab): Promise<string | null> => on.page.locator('.toast').textContent();

  beforeAll(async () => {
    editor = await startEditor(chromium, points());
    tab = editor.tab;
    const items = await tab.page.evaluate(() => window.__viewer!.items());
    expect(items.map((item) => item.kind).sort()).toEqual(['appearance', 'disappearance']);
    const parents = await tab.parents();
    found = parents.findIndex((p, row) => row >= 30 && p < 0);
    lost = found - 5;
  }, 240_000);

  afterAll(() => editor?.end());

  it('lists the doubtful places and goes to the worst with N', async () => {
    const now = await tab.press('n');
    expect(now.item).toMatch(/^(in|out):/);
    expect(await tab.page.locator('.inspector h2').textContent()).toMatch(/Lost cell|Appearance/);
    expect(await tab.page.locator('.queue-button[aria-current="true"]').count()).toBe(1);
    expect(await tab.page.locator('.option').first().textContent()).toMatch(/begins here|ends here/);
  });

  it('mends the tree with one key, in every view', async () => {
    const before = await tab.page.locator('.counts').textContent();
    const now = await tab.press('1');
    expect(await joined()).toBe(true);
    expect(now.open).toBe(0);
    expect(await tab.page.locator('.counts').textContent()).not.toBe(before);
    expect(await tab.page.locator('.to-review').isHidden()).toBe(true);
    expect(log()).toHaveLength(1);
  });

  it('takes it back and does it again, by keys and by buttons, without end', async () => {
    await tab.press('Control+z');
    expect(await joined()).toBe(false);
    expect((await tab.state()).open).toBe(2);
    await tab.press('Control+Shift+z');
    expect(await joined()).toBe(true);
    await tab.page.getByRole('button', { name: /^Undo: / }).click();
    await tab.ready();
    expect(await joined()).toBe(false);
    await tab.page.getByRole('button', { name: /^Redo: / }).click();
    await tab.ready();
    expect(await joined()).toBe(true);
  });

  it('keeps edits and their undo over a reload', async () => {
    await tab.page.reload();
    await tab.page.waitForFunction(() => window.__viewer !== undefined);
    await tab.ready();
    expect(await joined()).toBe(true);
    await tab.press('Control+z');
    expect(await joined()).toBe(false);
  });

  it('does the same with the mouse: the item of the list, then the explanation', async () => {
    await tab.page.locator('.queue-button').first().click();
    await tab.ready();
    await tab.page
      .locator('.option', { hasText: /goes on/ })
      .first()
      .click();
    await tab.ready();
    expect(await joined()).toBe(true);
    await tab.press('Control+z');
  });

  it('remembers what was found right', async () => {
    const first = await tab.press('n');
    const next = await tab.press('Enter');
    expect(next.open).toBe(first.open - 1);
    expect(await joined()).toBe(false);
    await tab.page.reload();
    await tab.page.waitForFunction(() => window.__viewer !== undefined);
    await tab.ready();
    expect((await tab.state()).open).toBe(first.open - 1);
    await tab.press('Control+z');
    expect((await tab.state()).open).toBe(first.open);
  });

  it('shows an edit in the other tab at once', async () => {
    const other = await openTab(editor.browser, editor.server.url);
    try {
      await tab.press('n', '1');
      await other.page.waitForFunction(
        ([child, parent]) => window.__viewer!.parents()[child!] === parent,
        [found, lost],
      );
      expect(await joined(other)).toBe(true);
      await other.press('Control+z');
      await tab.page.waitForFunction((child) => window.__viewer!.parents()[child!] === -1, found);
    } finally {
      await other.context.close();
    }
  });

  it('says so when another tab was first, and shows what that did', async () => {
    const other = await openTab(editor.browser, editor.server.url);
    try {
      await other.press('n');
      // This tab hears nothing of the other from now on.
      await other.page.route('**/api/events**', (route) => route.abort());
      await other.page.reload();
      await other.page.waitForFunction(() => window.__viewer !== undefined);
      await other.page.waitForTimeout(500);
      await tab.press('n', '1');
      await other.page.evaluate(() => window.__viewer!.ready());
      await other.page.unroute('**/api/events**');
      expect(await joined(other)).toBe(false);
      await other.press('n', '1');
      expect(await toast(other)).toMatch(/another page was first/);
      expect(await joined(other)).toBe(true);
      await tab.press('Control+z');
      await tab.page.waitForFunction((child) => window.__viewer!.parents()[child!] === -1, found);
    } finally {
      await other.context.close();
    }
  });

  it('keeps an edit that the server did not take, says what is safe, and records it once', async () => {
    const before = log().length;
    // What the other page did may still be on its way.
    await tab.page.reload();
    await tab.page.waitForFunction(() => window.__viewer !== undefined);
    await tab.ready();
    await tab.page.waitForFunction(() => window.__viewer!.state().open === 2);
    expect((await tab.press('n')).item).toMatch(/^(in|out):/);
    await tab.page.locator('.option').first().waitFor();
    await tab.page.route('**/api/edits', (route) => route.abort());
    await tab.page.keyboard.press('1');
    const banner = tab.page.locator('.banner');
    await banner.waitFor({ state: 'visible' });
    expect(await banner.textContent()).toMatch(/Not saved yet: .*everything before it is/);
    expect(await joined()).toBe(false);
    await tab.page.unroute('**/api/edits');
    await banner.getByRole('button', { name: 'Try now' }).click();
    await banner.waitFor({ state: 'hidden' });
    await tab.ready();
    expect(await joined()).toBe(true);
    expect(log()).toHaveLength(before + 1);
  });

  it('says that the server is gone, and that everything is saved', async () => {
    await editor.server.stop();
    const banner = tab.page.locator('.banner');
    await banner.waitFor({ state: 'visible' });
    expect(await banner.textContent()).toContain('All your edits are saved');
    await tab.page.keyboard.press('Control+z');
    editor.server = await serve(editor.result);
    const again = await openTab(editor.browser, editor.server.url);
    try {
      expect(await joined(again)).toBe(true);
    } finally {
      await again.context.close();
    }
  });
});
