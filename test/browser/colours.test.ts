import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inChromium } from './page.ts';
import { type Editor, startEditor, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('colours');

/** Three cells that stand still; the second is twice as large, the third is not seen in two frames. */
function points(): string {
  const rows = ['id,t,x,y,z,radius,parent'];
  const last = [-1, -1, -1];
  let id = 0;
  for (let t = 0; t < 10; t++) {
    for (let k = 0; k < 3; k++) {
      if (k === 2 && (t === 4 || t === 5)) continue;
      rows.push(`${++id},${t},${40 * k},${30 * (k % 2)},0,${k === 1 ? 8 : 4},${last[k]}`);
      last[k] = id;
    }
  }
  return `${rows.join('\n')}\n`;
}

describe.skipIf(skip)(title, { timeout: 480_000 }, () => {
  let editor: Editor;
  let tab: Tab;

  beforeAll(async () => {
    editor = await startEditor(chromium, points());
    tab = editor.tab;
  }, 480_000);

  afterAll(() => editor?.end());

  const legend = () => tab.page.locator('.legend');
  const colour = async (by: string): Promise<void> => {
    await tab.page.getByLabel('Colour by').selectOption(by);
    await tab.ready();
  };
  /** Colours of the three cells, beside their numbers. */
  const hues = (): Promise<string[]> =>
    tab.page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.movie-canvas')!;
      const box = canvas.getBoundingClientRect();
      const ratio = canvas.width / box.width;
      return window.__viewer!.nodesOfFrame(0).map((node) => {
        const at = window.__viewer!.toScreen(node)!;
        const [x, y] = [(at.x - box.left) * ratio, (at.y - box.top + 16) * ratio];
        return canvas.getContext('2d')!.getImageData(x, y, 1, 1).data.join();
      });
    });

  it('follow how sure the linker was, with a legend in words, and the link says so', async () => {
    await tab.press('Escape', 'Home', 'h');
    expect(await legend().isVisible()).toBe(false);
    await colour('suspicion');
    expect(await legend().textContent()).toBe('suredoubtful');
    expect(((await tab.state()) as unknown as { link: string }).link).toContain('c=suspicion');
  });

  it('follow a measure that is chosen by keyboard', async () => {
    await tab.page.getByLabel('Colour by').focus();
    for (let k = 0; k < 2; k++) await tab.page.keyboard.press('ArrowDown');
    await tab.ready();
    expect(await legend().textContent()).toContain('Speed, µm/frame: 0');
    await tab.page.evaluate(() => (document.activeElement as HTMLElement).blur());
  });

  it('follow the groups that cells were put into, which the legend names', async () => {
    expect(await tab.page.getByLabel('Colour by').locator('option[value="group"]').count()).toBe(0);
    for (const name of ['pole', 'equator']) {
      await tab.press('ArrowRight', 't');
      await tab.page.getByLabel('Group').fill(name);
      await tab.page.keyboard.press('Enter');
      await tab.ready();
    }
    await tab.press('Escape');
    await colour('group');
    expect(await legend().locator('.legend-item').allTextContents()).toEqual(['pole', 'equator']);
    expect(new Set(await hues()).size).toBe(3);
    await colour('lineage');
  });

  it('dash the line of a cell in the frames in which it was not seen', async () => {
    await tab.press('End');
    const gaps = await tab.page.evaluate(() => {
      const hook = window.__viewer!;
      const canvas = document.querySelector<HTMLCanvasElement>('.tree-canvas')!;
      const box = canvas.getBoundingClientRect();
      const ratio = canvas.width / box.width;
      const ground = (x: number, y: number): boolean => {
        const [r, g, b] = canvas.getContext('2d')!.getImageData(Math.round(x), Math.round(y), 1, 1).data;
        return r! < 60 && g! < 60 && b! < 60;
      };
      return [0, 1, 2].map((branch) => {
        const at = hook.branchToScreen(branch)!;
        const [x, y] = [(at.x - box.left) * ratio, (at.y - box.top) * ratio];
        // From the middle of the life, 20 pixels up and down.
        return Array.from({ length: 40 }, (_, k) => ground(x, y - 20 + k)).filter(Boolean).length;
      });
    });
    const [first, second, third] = gaps as [number, number, number];
    expect(Math.max(first, second)).toBe(0);
    expect(third).toBeGreaterThan(4);
  });
});
