import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inChromium, runMorula } from './page.ts';
import { type Editor, startEditor, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('selecting and looking');

interface Looked {
  t: number;
  selectedNode: number;
  scope: string;
  picked: number[];
  also: number[];
  lower: string;
  boxing: boolean;
  channels: boolean[];
  tracklet: number;
  lineage: number;
  link: string;
}

describe.skipIf(skip)(title, { timeout: 480_000 }, () => {
  let editor: Editor;
  let tab: Tab;
  const press = async (...keys: string[]): Promise<Looked> => (await tab.press(...keys)) as unknown as Looked;
  const state = async (): Promise<Looked> => (await tab.state()) as unknown as Looked;

  beforeAll(async () => {
    editor = await startEditor(chromium, async (result) => {
      const movie = join(result, '../m.ome.zarr');
      await runMorula('simulate', movie, '--frames', '16', '--cells', '8', '--seed', '3', '--quiet');
      await runMorula('import', join(result, '../m_GT'), '--movie', movie, '-o', result, '--quiet');
    });
    tab = editor.tab;
  }, 480_000);

  afterAll(() => editor?.end());

  it('selects ancestors, descendants and the lineage by key, and says so in the link and the live line', async () => {
    const alone = await press('Escape', 'PageDown');
    expect(alone.picked).toEqual([alone.tracklet - 1]);
    const down = await press('Shift+PageDown');
    expect(down.scope).toBe('descendants');
    expect(down.picked.length).toBeGreaterThanOrEqual(3);
    expect(down.link).toContain('sc=descendants');
    expect(await tab.page.locator('[aria-live="polite"]').first().textContent()).toContain(
      'with its descendants',
    );
    expect((await press('ArrowDown')).scope).toBe('cell');
    const up = await press('Shift+PageUp');
    expect([up.scope, up.picked.length]).toEqual(['ancestors', 2]);
    expect((await press('Shift+PageUp')).scope).toBe('cell');
  });

  it('adds cells to the selection with Shift, by arrows and by click, and forgets them with Escape', async () => {
    const first = await press('Escape', 'Home', 'ArrowRight');
    const second = await press('Shift+ArrowRight');
    expect(second.also).toEqual([first.selectedNode]);
    expect(second.picked.length).toBe(2);
    const others = await tab.page.evaluate((t) => window.__viewer!.nodesOfFrame(t), second.t);
    const third = others.find((node) => ![first.selectedNode, second.selectedNode].includes(node))!;
    const at = (await tab.page.evaluate((node) => window.__viewer!.toScreen(node), third))!;
    await tab.page.keyboard.down('Shift');
    await tab.page.mouse.click(at.x, at.y);
    await tab.page.keyboard.up('Shift');
    const now = await state();
    expect(now.selectedNode).toBe(third);
    expect([...now.also].sort()).toEqual([first.selectedNode, second.selectedNode].sort());
    expect(now.link).toContain('sa=');
    expect((await press('Escape')).picked).toEqual([]);
  });

  it('goes back to what was selected before, and on again', async () => {
    const one = await press('Home', 'ArrowRight');
    const two = await press('ArrowRight');
    expect(two.selectedNode).not.toBe(one.selectedNode);
    await tab.page.keyboard.press('Alt+ArrowLeft');
    await expect.poll(async () => (await state()).selectedNode).toBe(one.selectedNode);
    await tab.page.keyboard.press('Alt+ArrowRight');
    await expect.poll(async () => (await state()).selectedNode).toBe(two.selectedNode);
  });

  it('zooms movie and tree to a box that is drawn after Z, and selects nothing by it', async () => {
    const before = await press('Escape', 'r');
    for (const [panel, key] of [
      ['.movie-canvas', 'm='],
      ['.tree-canvas', 'tree='],
    ] as const) {
      expect((await press('z')).boxing).toBe(true);
      const box = (await tab.page.locator(panel).boundingBox())!;
      await tab.page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.3);
      await tab.page.mouse.down();
      await tab.page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.6, { steps: 4 });
      expect(await tab.page.locator('.zoom-box:not([hidden])').count()).toBe(1);
      await tab.page.mouse.up();
      await tab.ready();
      const now = await state();
      expect(now.boxing).toBe(false);
      expect(now.link).toContain(key);
      expect([now.selectedNode, now.t]).toEqual([before.selectedNode, before.t]);
    }
    await press('z', 'Escape');
    expect((await press('r')).boxing).toBe(false);
  });

  it('shows what is measured in the place of the tree with W, and selects the line that is clicked', async () => {
    await press('Home', 'ArrowRight', 'PageDown');
    expect((await press('w')).lower).toBe('plot');
    const panel = tab.page.getByRole('region', { name: 'Measures of the lineage' });
    expect(await panel.isVisible()).toBe(true);
    expect(await tab.page.locator('.panel.tree').isVisible()).toBe(false);
    const lines = panel.locator('.trace');
    expect(await lines.count()).toBeGreaterThan(2);
    const [before, other] = [await state(), lines.first()];
    const at = (await other.evaluate((path: SVGPathElement) => {
      const point = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM()!);
      return { x: point.x, y: point.y };
    }))!;
    await tab.page.mouse.click(at.x, at.y);
    await tab.ready();
    expect((await state()).tracklet).not.toBe(before.tracklet);
    expect((await state()).lineage).toBe(before.lineage);
    await panel.getByRole('button', { name: 'The lineage tree (W)' }).click();
    expect(await tab.page.locator('.panel.tree').isVisible()).toBe(true);
  });

  it('turns a channel off and on with Shift and its digit', async () => {
    expect((await press('Shift+Digit1')).channels).toEqual([false]);
    expect((await press('Shift+Digit1')).channels).toEqual([true]);
  });

  it('makes the panel under the pointer as large as the page, and back', async () => {
    const tree = tab.page.locator('.panel.tree');
    const small = (await tree.boundingBox())!;
    await tree.hover();
    await press('`');
    const large = (await tree.boundingBox())!;
    expect(large.height).toBeGreaterThan(2 * small.height);
    await press('`');
    expect(await tree.boundingBox()).toEqual(small);
  });

  it('names the keys of the chosen preset in its tooltips', async () => {
    const next = tab.page.locator('.queue .table-bar button').last();
    await tab.page.locator('#tab-review').click();
    expect(await next.getAttribute('title')).toBe('Next doubtful place (N)');
    await press('?');
    await tab.page.getByLabel('Keys of which program').selectOption('mastodon');
    expect(await next.getAttribute('title')).toBe('Next doubtful place (J)');
    await tab.page.getByLabel('Keys of which program').selectOption('morula');
    await press('Escape');
  });
});
