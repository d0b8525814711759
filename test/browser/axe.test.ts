import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inChromium, runMorula } from './page.ts';
import { type Editor, startEditor, type Tab } from './session.ts';
import { VIEWS } from './views.ts';

const { chromium, skip, title } = inChromium('axe');

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Everything that axe-core finds wrong with the page as it is, as `rule: element: why`. */
async function findings(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  );
}

/** What opens over the page besides the views that are photographed. */
const OVER: readonly { name: string; go(tab: Tab): Promise<unknown> }[] = [
  { name: 'palette', go: (tab) => tab.press('Control+k') },
  { name: 'name, colour and tags', go: (tab) => tab.press('t') },
  { name: 'history', go: (tab) => tab.press('Control+h') },
  {
    name: 'menu of edits',
    go: ({ page }) => page.getByRole('button', { name: 'Edit', exact: true }).click(),
  },
  { name: 'menu that saves', go: ({ page }) => page.getByRole('button', { name: 'Save the tree' }).click() },
  { name: 'what is to be picked', go: (tab) => tab.press('l') },
  {
    name: 'a filter',
    go: async (tab) => {
      await tab.press('/');
      await tab.page.keyboard.type('generation=1 mood=2');
      await tab.press('Enter');
    },
  },
  {
    name: 'menu of a cell',
    go: async ({ page, press }) => {
      await press('End', 'PageUp');
      const at = await page.evaluate(() => {
        const hook = window.__viewer!;
        return hook.toScreen(hook.state().selectedNode as number)!;
      });
      await page.mouse.move(at.x, at.y);
      await page.mouse.click(at.x, at.y, { button: 'right' });
    },
  },
  { name: 'menu of the filter', go: (tab) => tab.press('/', 'ArrowDown') },
  {
    name: 'a range of a plot',
    go: async (tab) => {
      await tab.page.locator('#tab-plots').click();
      await tab.press('Shift+q');
    },
  },
  { name: 'a decision and what became of it', go: (tab) => tab.press('n', '0') },
];

describe.skipIf(skip)(title, { timeout: 480_000 }, () => {
  let editor: Editor;

  beforeAll(async () => {
    editor = await startEditor(chromium, async (result) => {
      const movie = join(result, '../m.ome.zarr');
      await runMorula('simulate', movie, '--frames', '12', '--cells', '6', '--seed', '5', '--quiet');
      await runMorula('track', movie, '-o', result, '--quiet');
    });
  }, 480_000);

  afterAll(() => editor?.end());

  const views = VIEWS.filter(({ on }) => on?.({ image: true, depth: false }) !== false);
  it('finds nothing in any view, in both themes', async () => {
    const found: Record<string, string[]> = {};
    const { tab } = editor;
    for (const { name, go } of [...views, ...OVER]) {
      await go(tab);
      for (const theme of ['light', 'dark']) {
        await tab.page.evaluate((set) => (document.documentElement.dataset.theme = set), theme);
        const all = await findings(tab.page);
        if (all.length > 0) found[`${name}, ${theme}`] = all;
      }
      // Closes what is open, or the selection; and no filter.
      await tab.press('Escape', '/', 'Escape');
    }
    expect(found).toEqual({});
  });
});
