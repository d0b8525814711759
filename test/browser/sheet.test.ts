import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inChromium } from './page.ts';
import { type Editor, startEditor, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('contact sheet');

const CELLS = 24;

/** A row of cells that all divide after frame 1, between two that stay at the corners: rows 26, 26, 50, 50. */
function points(): string {
  const rows = ['id,t,x,y,z,radius,parent', '1,0,0,0,0,3,-1'];
  let id = 1;
  let last = new Map<string, number>([['corner', 1]]);
  const add = (t: number, name: string, x: number, y: number, from: string): void => {
    if (t === 0 && name === 'corner') return;
    rows.push(`${++id},${t},${x},${y},0,3,${t === 0 ? -1 : last.get(from)}`);
    next.set(name, id);
  };
  let next = new Map(last);
  for (let t = 0; t < 4; t++) {
    add(t, 'corner', 0, 0, 'corner');
    for (let k = 0; k < CELLS; k++) {
      if (t < 2) add(t, `${k}`, 20 * (k + 1), 60, `${k}`);
      else
        for (const d of [0, 1])
          add(
            t,
            t === 2 ? `${k}${'ab'[d]}` : `${k}${'ab'[d]}`,
            20 * (k + 1),
            56 + 8 * d,
            t === 2 ? `${k}` : `${k}${'ab'[d]}`,
          );
    }
    add(t, 'far', 20 * (CELLS + 2), 120, 'far');
    last = next;
    next = new Map(last);
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

  it('shows twenty divisions, accepts the page with Enter and drops those that were clicked', async () => {
    await tab.press('g');
    expect(await tab.page.locator('.card').count()).toBe(20);
    await tab.page.locator('.card').nth(4).click();
    const accept = tab.page.locator('.sheet .accept');
    expect(await accept.textContent()).toBe('Accept 19, reject 1 (Enter)');
    const before = await tab.parents();
    await tab.press('Enter');
    expect(await tab.page.locator('.card').count()).toBe(CELLS - 20);
    const after = await tab.parents();
    expect(after.filter((p, i) => p !== before[i])).toEqual([-1]);
  });

  it('takes the page back in one step', async () => {
    await tab.press('Control+z');
    expect(await tab.page.locator('.card').count()).toBe(20);
    await tab.press('Escape');
    expect(await tab.page.locator('.sheet').isVisible()).toBe(false);
    expect(await tab.page.locator('.counts').textContent()).toContain(`${CELLS} divisions`);
  });

  it('keeps keys from what lies behind', async () => {
    await tab.press('g');
    const before = await tab.state();
    await tab.press('n', ']', 'd');
    expect(await tab.state()).toEqual(before);
    await tab.press('Escape');
  });
});
