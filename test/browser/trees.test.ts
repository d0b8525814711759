import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inChromium } from './page.ts';
import { type Editor, openTab, startEditor, type Tab, ticksOf } from './session.ts';

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
  treeAxis: string;
  treeMode: string;
  selectedNode: number;
  standing: string;
  version: number;
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
      .toContain('2 tracks collapsed; a double click opens them');
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

  it('run by generation instead of time by key and by list, and cells that divided as often are side by side', async () => {
    await press('Escape', 'r', 'PageDown');
    const parent = (await press('ArrowUp')).tracklet;
    const daughters = [(await press('PageDown', 'ArrowDown')).tracklet, (await press('ArrowRight')).tracklet];
    expect(new Set([parent, ...daughters]).size).toBe(3);
    const y = (track: number): Promise<number> =>
      tab.page.evaluate((b) => window.__viewer!.branchToScreen(b)!.y, track - 1);
    expect((await press('Shift+q')).treeAxis).toBe('generation');
    expect(await y(daughters[0]!)).toBe(await y(daughters[1]!));
    expect(await y(daughters[0]!)).toBeGreaterThan(await y(parent));
    expect((await ticksOf(tab)).map(({ text }) => text)).toEqual(['0', '1']);
    // A click on a branch selects the cell there.
    const at = (await tab.page.evaluate((b) => window.__viewer!.branchToScreen(b), parent - 1))!;
    await tab.page.mouse.click(at.x, at.y);
    await tab.ready();
    expect((await state()).tracklet).toBe(parent);
    expect((await state()).link).toContain('ax=generation');
    await tab.page.getByRole('combobox', { name: 'What the tree runs along' }).selectOption('Time in frames');
    await tab.ready();
    expect((await state()).treeAxis).toBe('time');
  });

  it('stand in a page that a link opens as they did: in order, pinned, hidden, collapsed, by generation', async () => {
    await menu('Earliest trees first');
    await press('Escape', 'PageDown', '-', 'Shift+q');
    await press('ArrowRight', 'ArrowRight', '=');
    const shaped = await press('ArrowRight', 'ArrowRight', 'Shift+-');
    expect(shaped.link).toMatch(/ts=start&tp=\d+[.~]\d+&th=\d+[.~]\d+&tc=\d+[.~]\d+/);
    const other = await openTab(editor.browser, `${editor.server.url}#${shaped.link}`);
    const there = (await other.state()) as unknown as Shown;
    for (const what of ['founders', 'closed', 'laidOut', 'treeAxis', 'link'] as const)
      expect(there[what]).toEqual(shaped[what]);
    await other.context.close();
    await menu('Show all trees whole');
    await menu('Largest trees first');
    expect((await press('Shift+q')).link).not.toMatch(/ts=|tp=|th=|tc=|ax=/);
  });

  it('and the movie have a cell in their middle after a click with Ctrl, and by key', async () => {
    const middle = async (selector: string): Promise<{ x: number; y: number }> => {
      const box = (await tab.page.locator(selector).boundingBox())!;
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    };
    const near = (a: { x: number; y: number } | null, b: { x: number; y: number }): void => {
      expect(Math.hypot(a!.x - b.x, a!.y - b.y)).toBeLessThan(3);
    };
    const cell = (): Promise<{ x: number; y: number } | null> =>
      tab.page.evaluate(() => {
        const hook = window.__viewer!;
        return hook.toScreen(hook.state().selectedNode as number);
      });
    await press('Escape', 'r', 'Home');
    const last = await tab.page.evaluate(() => window.__viewer!.nodesOfFrame(0).at(-1)!);
    const at = (await tab.page.evaluate((node) => window.__viewer!.toScreen(node), last))!;
    await tab.page.keyboard.down('Control');
    await tab.page.mouse.click(at.x, at.y);
    await tab.page.keyboard.up('Control');
    await tab.ready();
    expect((await state()).selectedNode).toBe(last);
    near(await cell(), await middle('.movie-canvas'));
    const branch = await tab.page.evaluate(
      (b) => window.__viewer!.branchToScreen(b)!,
      (await state()).tracklet - 1,
    );
    expect(Math.abs(branch.x - (await middle('.tree-canvas')).x)).toBeLessThan(60);
    await press('r', 'ArrowLeft', 'ArrowLeft');
    expect(Math.abs((await cell())!.x - (await middle('.movie-canvas')).x)).toBeGreaterThan(3);
    await press('Shift+r');
    near(await cell(), await middle('.movie-canvas'));
    await press('r');
  });

  it('are linked by a key that is held and let go on a cell; a key tapped waits, and one held acts once', async () => {
    const [first, second] = await tab.page.evaluate(() => window.__viewer!.nodesOfFrame(0).slice(0, 2));
    const to = await tab.page.evaluate(() => window.__viewer!.nodesOfFrame(1)[1]!);
    await press('Escape', 'r', 'Home');
    const click = async (node: number): Promise<void> => {
      const at = (await tab.page.evaluate((n) => window.__viewer!.toScreen(n), node))!;
      await tab.page.mouse.click(at.x, at.y);
      await tab.ready();
    };
    await click(first!);
    const before = await tab.parents();
    expect(before[to]).toBe(second);
    await press('l');
    expect(await tab.page.locator('.prompt').isVisible()).toBe(true);
    await press('Escape', 'Home');
    await click(first!);
    await tab.page.keyboard.down('l');
    await tab.ready();
    const target = (await tab.page.evaluate((n) => window.__viewer!.toScreen(n), to))!;
    await tab.page.mouse.move(target.x - 3, target.y);
    await tab.page.mouse.move(target.x, target.y);
    await tab.page.waitForTimeout(500);
    await tab.page.keyboard.up('l');
    await expect.poll(async () => (await tab.parents())[to]).toBe(first);
    await press('Control+z');
    expect(await tab.parents()).toEqual(before);
    const mode = (await state()).treeMode;
    await tab.page.keyboard.down('q');
    await tab.page.keyboard.down('q');
    await tab.page.keyboard.down('q');
    await tab.page.keyboard.up('q');
    expect([mode, (await state()).treeMode]).toEqual(['all', 'lineage']);
    await press('q', 'q');
  });

  it('leave the inspector as many frames as are chosen, and the link holds them', async () => {
    await press('Escape', 'PageDown');
    expect(await tab.page.locator('.strip .crop').count()).toBe(7);
    await tab.page.getByRole('combobox', { name: 'Frames shown' }).selectOption('11');
    await tab.ready();
    expect(await tab.page.locator('.strip .crop').count()).toBeGreaterThan(7);
    expect((await state()).link).toMatch(/&n=11&/);
    await tab.page.getByRole('combobox', { name: 'Frames shown' }).selectOption('7');
  });

  it('offer what can be done to a cell with the right button, in tree, movie and rows', async () => {
    const all = await press('Escape', 'r', 'Home');
    const last = all.founders.at(-2)!;
    const at = (await tab.page.evaluate((b) => window.__viewer!.branchToScreen(b), last - 1))!;
    const offered = tab.page.getByRole('menu', { name: 'What to do with this cell' });
    await tab.page.mouse.move(at.x, at.y);
    await tab.page.mouse.click(at.x, at.y, { button: 'right' });
    await tab.ready();
    expect((await state()).tracklet).toBe(last);
    await offered.getByRole('menuitem', { name: 'Tree: hide it' }).click();
    await tab.ready();
    expect((await state()).founders).not.toContain(last);
    expect(await offered.isVisible()).toBe(false);
    await menu('Show all trees whole');
    const node = await tab.page.evaluate(() => window.__viewer!.nodesOfFrame(0).at(-1)!);
    await press('Home');
    const cell = (await tab.page.evaluate((n) => window.__viewer!.toScreen(n), node))!;
    await tab.page.mouse.move(cell.x, cell.y);
    await tab.page.mouse.click(cell.x, cell.y, { button: 'right' });
    await tab.ready();
    expect((await state()).selectedNode).toBe(node);
    await press('ArrowDown', 'ArrowUp', 'Escape');
    expect(await offered.isVisible()).toBe(false);
    expect((await state()).selectedNode).toBe(node);
    await tab.page.locator('#tab-tracks').click();
    await tab.page.locator('.table input[type="search"]:visible').fill('');
    const row = tab.page.locator('.rows .row:visible').nth(2);
    const track = Number(await row.locator('div').first().textContent());
    await row.click({ button: 'right' });
    expect(await offered.isVisible()).toBe(true);
    expect((await state()).tracklet).toBe(track);
    await press('Escape');
  });
});
