import type { Tab } from './session.ts';

/** What a movie has; views of what it has not are left out. */
export interface Kind {
  image: boolean;
  depth: boolean;
}

/** One picture: its name, and how a user gets there from the page as it opens. */
export interface View {
  name: string;
  on?(kind: Kind): boolean;
  go(tab: Tab): Promise<unknown>;
}

const times = (n: number, key: string): string[] => Array.from({ length: n }, () => key);

/** Zooms the movie by wheel about the selected cell, so many notches. */
async function zoomMovie({ page, ready }: Tab, notches: number): Promise<void> {
  const at = await page.evaluate(() => {
    const hook = window.__viewer!;
    return hook.toScreen(hook.state().selectedNode as number);
  });
  if (at === null) return;
  await page.mouse.move(at.x, at.y);
  for (let k = 0; k < notches; k++) await page.mouse.wheel(0, -120);
  await page.mouse.move(2, 2);
  await ready();
}

/** Shows a tab of the side panel. */
async function side({ page, ready }: Tab, name: string): Promise<void> {
  await page.locator(`#tab-${name}`).click();
  await page.mouse.move(2, 2);
  await ready();
}

/** Every view of the viewer. */
export const VIEWS: readonly View[] = [
  { name: 'opened', go: async () => undefined },
  { name: 'review', go: (tab) => tab.press('n') },
  {
    name: 'zoomed',
    go: async (tab) => {
      await zoomMovie(tab, 8);
      await tab.press('q');
    },
  },
  {
    name: 'filled',
    on: ({ image }) => image,
    go: async (tab) => {
      await tab.press('o', 'f');
      await tab.page.locator('[aria-label="Contrast"]').first().click();
      await tab.ready();
    },
  },
  {
    name: 'slice',
    on: ({ depth }) => depth,
    go: async (tab) => {
      await tab.press('p');
      await zoomMovie(tab, 5);
    },
  },
  { name: 'lineage-right', go: (tab) => tab.press('q', 'f', 'Shift+ ') },
  { name: 'sheet', go: (tab) => tab.press('g') },
  { name: 'tracks', go: (tab) => side(tab, 'tracks') },
  { name: 'divisions', go: (tab) => side(tab, 'divisions') },
  { name: 'cells', go: (tab) => side(tab, 'cells') },
  { name: 'plots', go: (tab) => side(tab, 'plots') },
  {
    name: 'plots-more',
    go: async (tab) => {
      await side(tab, 'plots');
      await tab.page.getByRole('button', { name: 'Undivided' }).click();
      await tab.page.locator('.plot').last().scrollIntoViewIfNeeded();
      await tab.ready();
    },
  },
  {
    name: 'filtered',
    go: async (tab) => {
      await side(tab, 'plots');
      await tab.press('/');
      await tab.page.keyboard.type('generation=1..2 nodes>=3');
      await tab.press('Enter', 'Shift+q');
    },
  },
  { name: 'last-frame', go: (tab) => tab.press('End', 'Escape', ...times(1, 'h')) },
  { name: 'keys', go: (tab) => tab.press('?') },
];
