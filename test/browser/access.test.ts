import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { focusStops, fromTheTop, nameless, paleText, smallTargets } from './access.ts';
import { inChromium } from './page.ts';
import { type Editor, startEditor, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('accessibility');

const FRAMES = 12;

/** Four cells: one divides after frame 4, one is lost after frame 5 and found again in frame 6, all far apart. */
function points(): string {
  const rows = ['id,t,x,y,z,radius,parent'];
  let id = 0;
  let last: number[] = [];
  for (let t = 0; t < FRAMES; t++) {
    const places = [[0, 0], [60, 50 + t], [150, 40], [200, 150], ...(t > 4 ? [[150, 60 - t]] : [])];
    const now = places.map(() => ++id);
    places.forEach(([x, y], k) => {
      const lost = k === 1 && t === 6;
      const from = t === 0 || lost ? -1 : k === 4 && t === 5 ? last[2]! : last[k]!;
      rows.push(`${now[k]},${t},${x},${y},0,4,${from}`);
    });
    last = now;
  }
  return `${rows.join('\n')}\n`;
}

describe.skipIf(skip)(title, { timeout: 240_000 }, () => {
  let editor: Editor;
  let tab: Tab;

  beforeAll(async () => {
    editor = await startEditor(chromium, points());
    tab = editor.tab;
  }, 240_000);

  afterAll(() => editor?.end());

  const theme = async (name: 'dark' | 'light'): Promise<void> => {
    const now = await tab.page.evaluate(() => document.documentElement.dataset.theme);
    if (now !== name) await tab.page.getByRole('button', { name: `Switch to the ${name} theme` }).click();
    await tab.ready();
  };
  const tabs = ['review', 'tracks', 'divisions', 'cells', 'plots'];

  it.each(['dark', 'light'] as const)(
    'writes every text with a contrast of at least 4.5 in the %s theme',
    async (name) => {
      await theme(name);
      await tab.press('n');
      for (const one of tabs) {
        await tab.page.locator(`#tab-${one}`).click();
        await tab.ready();
        expect(await paleText(tab.page), one).toEqual([]);
      }
      await tab.page.keyboard.press('?');
      expect(await paleText(tab.page), 'sheet of keys').toEqual([]);
      await tab.page.keyboard.press('Escape');
      await theme('dark');
    },
  );

  it('gives every control a role and a name, in every tab and dialog', async () => {
    for (const one of tabs) {
      await tab.page.locator(`#tab-${one}`).click();
      await tab.ready();
      expect(await nameless(tab.page), one).toEqual([]);
    }
    await tab.page.locator('#tab-review').click();
    await tab.page.keyboard.press('?');
    expect(await nameless(tab.page), 'sheet of keys').toEqual([]);
    await tab.page.keyboard.press('Escape');
  });

  it('goes through everything with Tab, shows where it is, and comes round', async () => {
    await tab.page.locator('#tab-review').click();
    const { stops, unseen, round } = await focusStops(tab.page);
    expect(unseen).toEqual([]);
    expect(round).toBe(true);
    expect(stops.length).toBeGreaterThan(20);
    expect(await tab.page.locator('[tabindex]:not([tabindex="0"]):not([tabindex="-1"])').count()).toBe(0);
  });

  it('has no target smaller than 24 pixels', async () => {
    expect(await smallTargets(tab.page)).toEqual([]);
  });

  it('mirrors the selected lineage as a tree, and says what is selected', async () => {
    await tab.page.locator('#tab-tracks').click();
    await tab.press('PageDown');
    const items = tab.page.getByRole('tree', { name: /Selected lineage/ }).getByRole('treeitem');
    await expect.poll(() => items.count()).toBe(3);
    expect(await items.first().getAttribute('aria-level')).toBe('1');
    expect(await items.nth(1).getAttribute('aria-level')).toBe('2');
    expect(await items.first().getAttribute('aria-label')).toMatch(
      /^track \d+, from .* divides into \d+ and \d+$/,
    );
    expect(await tab.page.locator('[role="treeitem"][aria-selected="true"]').count()).toBe(1);
    expect(await tab.page.locator('[aria-live="polite"]').first().textContent()).toMatch(
      /track \d+.*divides into/,
    );
  });

  it('moves nothing by itself where motion is to be reduced', async () => {
    const moving = await tab.page.evaluate(() =>
      [...document.querySelectorAll('*')]
        .filter((element) => {
          const { animationName, animationDuration, transitionDuration } = getComputedStyle(element);
          const animated = animationName !== 'none' && Number.parseFloat(animationDuration) > 0;
          return animated || transitionDuration.split(',').some((part) => Number.parseFloat(part) > 0);
        })
        .map((element) => element.className),
    );
    expect(moving).toEqual([]);
  });

  it('lets a review be finished by Tab, Enter and the keys alone', async () => {
    await fromTheTop(tab.page);
    const reached = async (pattern: RegExp): Promise<void> => {
      for (let k = 0; k < 120; k++) {
        await tab.page.keyboard.press('Tab');
        const name = await tab.page.evaluate(() => {
          const at = document.activeElement;
          return at?.tagName === 'BUTTON' ? (at.textContent ?? '') : '';
        });
        if (pattern.test(name)) return;
      }
      throw new Error(`Tab never comes to ${pattern}`);
    };
    await reached(/to review/);
    await tab.press('Enter');
    const before = await tab.state();
    expect(before.item).toMatch(/^(in|out):/);
    await reached(/goes on/);
    await tab.press('Enter');
    await tab.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    for (let k = 0; k < 10 && (await tab.state()).open > 0; k++) await tab.press('n', 'Enter');
    expect((await tab.state()).open).toBe(0);
  });
});
