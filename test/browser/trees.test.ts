import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inChromium } from './page.ts';
import { type Editor, startEditor, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('trees');

const FRAMES = 12;

/** Twelve lines; the third divides after frame 4, the fifth begins at frame 3. */
function points(): string {
  const rows = ['id,t,x,y,z,radius,parent'];
  const last = new Map<string, number>();
  let id = 0;
  for (let t = 0; t < FRAMES; t++) {
    for (let k = 0; k < 12; k++) {
      if (k === 4 && t < 3) continue;
      for (const side of k === 2 && t > 4 ? ['a', 'b'] : ['']) {
        const [own, before] = [`${k}${side}`, last.get(`${k}${side}`) ?? last.get(`${k}`) ?? -1];
        const off = side === '' ? 0 : (side === 'a' ? -6 : 6) - (side === 'a' ? t : -t);
        rows.push(`${++id},${t},${60 * (k % 4) + off},${60 * Math.floor(k / 4)},0,4,${before}`);
        last.set(own, id);
      }
    }
  }
  return `${rows.join('\n')}\n`;
}

interface Shown {
  founders: number[];
  closed: [number, number][];
  laidOut: number;
  tracklet: number;
  link: string;
}

describe.skipIf(skip)(title, { timeout: 480_000 }, () => {
  let editor: Editor;
  let tab: Tab;
  const press = async (...keys: string[]): Promise<Shown> => (await tab.press(...keys)) as unknown as Shown;
  const state = async (): Promise<Shown> => (await tab.state()) as unknown as Shown;
  const menu = async (entry: string): Promise<Shown> => {
    await tab.page.getByRole('button', { name: 'Order, pin, hide and collapse trees' }).click();
    await tab.page.getByRole('menuitem', { name: entry }).click();
    await tab.ready();
    return state();
  };

  beforeAll(async () => {
    editor = await startEditor(chromium, points());
    tab = editor.tab;
  }, 480_000);

  afterAll(() => editor?.end());

  it('stand in the order that is chosen from the menu, and an edit leaves it as it is', async () => {
    const bySize = (await state()).founders;
    expect(bySize.length).toBe(12);
    const byStart = (await menu('Earliest trees first')).founders;
    expect([...byStart].sort((a, b) => a - b)).toEqual([...bySize].sort((a, b) => a - b));
    expect(byStart).not.toEqual(bySize);
    await press('Home', 'ArrowRight', ']', ']', ']', 'ArrowDown');
    const [before, version] = [await state(), (await tab.state()).version];
    await press('u');
    await expect.poll(async () => (await tab.state()).version).toBeGreaterThan(version);
    const now = await state();
    expect(now.founders.length).toBe(13);
    await press('Control+z');
    expect((await state()).founders).toEqual(before.founders);
    await menu('Largest trees first');
  });

  it('are pinned in front and hidden by key, and all come back', async () => {
    const all = await press('Escape', 'End', 'ArrowRight');
    const last = all.founders.at(-1)!;
    await tab.page.locator('#tab-tracks').click();
    await tab.page.locator('.table input[type="search"]:visible').fill(`tracklet=${last}`);
    await tab.page.locator('.rows .row:visible').first().click();
    await tab.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    expect((await press('=')).founders[0]).toBe(last);
    expect((await press('=')).founders.at(-1)).toBe(last);
    const less = await press('Shift+-');
    expect(less.founders).not.toContain(last);
    expect((await menu('Show all trees whole')).founders).toEqual(all.founders);
  });

  it('collapse below a cell by key and by double click, and say how many branches that hides', async () => {
    const before = await press('Escape', 'PageDown');
    const down = await press('-');
    expect(down.closed).toEqual([[before.tracklet, 2]]);
    expect(down.laidOut).toBe(before.laidOut - 2);
    const at = (await tab.page.evaluate((b) => window.__viewer!.branchToScreen(b), before.tracklet - 1))!;
    await tab.page.mouse.move(at.x, at.y);
    await tab.page.mouse.move(at.x + 1, at.y);
    await expect
      .poll(() => tab.page.locator('.tree .tip').textContent())
      .toContain('2 branches collapsed; a double click opens them');
    await tab.page.mouse.dblclick(at.x + 1, at.y);
    await tab.ready();
    expect((await state()).closed).toEqual([]);
    expect((await state()).laidOut).toBe(before.laidOut);
  });

  it('have a map while a part of them is in view, moved by mouse and by arrow keys', async () => {
    await press('r');
    const map = tab.page.getByRole('slider', { name: 'Part of the forest in view' });
    expect(await map.isVisible()).toBe(false);
    const box = (await tab.page.locator('.tree-canvas').boundingBox())!;
    await press('z');
    await tab.page.mouse.move(box.x + box.width * 0.3, box.y + 20);
    await tab.page.mouse.down();
    await tab.page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.8);
    await tab.page.mouse.up();
    await tab.ready();
    expect(await map.isVisible()).toBe(true);
    const value = async (): Promise<number> => Number(await map.getAttribute('aria-valuenow'));
    const strip = (await map.boundingBox())!;
    await tab.page.mouse.click(strip.x + strip.width * 0.8, strip.y + 8);
    await expect.poll(value).toBeGreaterThan(70);
    const right = await value();
    await map.focus();
    await tab.page.keyboard.press('ArrowLeft');
    await expect.poll(value).toBeLessThan(right);
    await tab.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await press('r');
    expect(await map.isVisible()).toBe(false);
  });
});
