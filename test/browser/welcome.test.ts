import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paleText } from './access.ts';
import { inChromium } from './page.ts';
import { type Editor, openTab, startEditor, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('the first run');

/** Three cells, two of them in the corners; the one in the middle is lost after frame 5 and found again in frame 6. */
function points(): string {
  const rows = ['id,t,x,y,z,radius,parent'];
  for (let t = 0; t < 10; t++) {
    const at = [
      [0, 0],
      [90, 60 + t],
      [200, 150],
    ];
    at.forEach(([x, y], k) => {
      const found = t === 0 || (k === 1 && t === 6);
      rows.push(`${3 * t + k + 1},${t},${x},${y},0,4,${found ? -1 : 3 * t + k - 2}`);
    });
  }
  return `${rows.join('\n')}\n`;
}

describe.skipIf(skip)(title, { timeout: 240_000 }, () => {
  let editor: Editor;
  let tab: Tab;
  const strip = () => tab.page.locator('.hints');
  const ticked = (): Promise<number> => tab.page.locator('.hints li.is-done').count();

  beforeAll(async () => {
    editor = await startEditor(chromium, points());
    tab = await openTab(editor.browser, editor.server.url, { firstRun: true });
  }, 240_000);
  afterAll(async () => {
    await tab?.context.close();
    await editor?.end();
  });

  it('shows four steps with their keys, each ticked when it was done, and says when all are', async () => {
    expect(await strip().isVisible()).toBe(true);
    const texts = await tab.page.locator('.hints li').allInnerTexts();
    expect(texts.map((text) => text.split(':')[0])).toEqual(['N', '1 to 4', 'Enter', 'Ctrl+Z']);
    expect(await paleText(tab.page)).toEqual([]);
    expect(await ticked()).toBe(0);
    await tab.press('n');
    expect(await ticked()).toBe(1);
    await tab.press('Enter');
    expect(await ticked()).toBe(2);
    await tab.press('Control+z');
    expect(await ticked()).toBe(3);
    await tab.press('n', '1');
    expect(await ticked()).toBe(4);
    expect(await strip().innerText()).toMatch(/\? shows every key/);
    const grid = (await tab.page.locator('main.grid').boundingBox())!;
    const box = (await strip().boundingBox())!;
    expect(grid.y).toBeGreaterThanOrEqual(box.y + box.height);
    expect(grid.y + grid.height).toBeLessThanOrEqual(821);
  });

  it('is over when it was closed, or done, also after a reload', async () => {
    await strip().getByRole('button', { name: /Close/ }).click();
    expect(await strip().isVisible()).toBe(false);
    await tab.page.reload();
    await tab.page.waitForFunction(() => window.__viewer !== undefined);
    await tab.ready();
    expect(await strip().isVisible()).toBe(false);
  });

  /** Drags a file or folder of this machine onto the page and lets it fall, as the system does. */
  async function drop(path: string): Promise<void> {
    const session = await tab.context.newCDPSession(tab.page);
    const data = { items: [], files: [path], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
      if (type === 'dragOver') expect(await tab.page.locator('.drop-veil').isVisible()).toBe(true);
    }
    await session.detach();
    expect(await tab.page.locator('.drop-veil').isVisible()).toBe(false);
  }
  const dialog = () => tab.page.locator('dialog.dropped');

  it('stays where it is when a movie’s folder is dropped, and says what to type', async () => {
    const folder = join(editor.result, '..', 'my movie.ome.zarr');
    mkdirSync(folder);
    writeFileSync(join(folder, 'zarr.json'), '{}');
    const address = tab.page.url();
    await drop(folder);
    await dialog().waitFor();
    expect(tab.page.url()).toBe(address);
    expect(await dialog().innerText()).toMatch(/“my movie.ome.zarr” looks like a movie/);
    expect(await dialog().locator('code').innerText()).toBe('npx morula track "<folder>/my movie.ome.zarr"');
    expect(await paleText(tab.page)).toEqual([]);
    await tab.page.keyboard.press('Escape');
    expect(await dialog().isVisible()).toBe(false);
  });

  it('knows a result, and says what else was expected of a file that it does not know', async () => {
    await drop(editor.result);
    await dialog().waitFor();
    expect(await dialog().locator('code').innerText()).toBe('npx morula view "<folder>/p.morula"');
    await tab.page.keyboard.press('Escape');
    const odd = join(editor.result, '..', 'odd.bin');
    writeFileSync(odd, 'x');
    await drop(odd);
    await dialog().waitFor();
    expect(await dialog().innerText()).toMatch(/a file that morula cannot read; expected is a movie/);
    expect(await dialog().locator('code').isVisible()).toBe(false);
    await tab.page.keyboard.press('Escape');
  });

  it('opens a session that is dropped, or says why not', async () => {
    const file = join(editor.result, '..', 'other.json');
    writeFileSync(file, '{"format":"something"}');
    await drop(file);
    await expect
      .poll(() => tab.page.locator('.toast').innerText())
      .toMatch(/other\.json was not opened: this file is no session/);
    expect(await dialog().isVisible()).toBe(false);
  });
});
