import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inChromium } from './page.ts';
import { type Editor, openTab, startEditor, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('history, names and keys');

/** Four cells over six frames, the first of which divides after frame 2. Rows come four a frame, then five. */
function points(): string {
  const rows = ['id,t,x,y,z,radius,parent'];
  const at = [
    [0, 0],
    [60, 50],
    [120, 80],
    [180, 140],
    [20, 10],
  ];
  let id = 0;
  let last: number[] = [];
  for (let t = 0; t < 6; t++) {
    const cells = t > 2 ? at : at.slice(0, 4);
    const now = cells.map(() => ++id);
    cells.forEach(([x, y], k) => {
      rows.push(`${now[k]},${t},${x},${y! + t},0,4,${t === 0 ? -1 : last[k === 4 && t === 3 ? 0 : k]!}`);
    });
    last = now;
  }
  return `${rows.join('\n')}\n`;
}

describe.skipIf(skip)(title, { timeout: 240_000 }, () => {
  let editor: Editor;
  let tab: Tab;
  const row = (t: number, cell: number): number => (t < 3 ? 4 * t : 12 + 5 * (t - 3)) + cell;

  async function click(t: number, cell: number): Promise<void> {
    await tab.press('Home', ...new Array<string>(t).fill(']'));
    const at = await tab.page.evaluate((n) => window.__viewer!.toScreen(n), row(t, cell));
    await tab.page.mouse.click(at!.x, at!.y);
    await tab.ready();
  }
  const items = () => tab.page.locator('.history-item[data-seq]');
  const undone = (): Promise<number> => tab.page.locator('.history-item[data-undone]').count();
  const tip = async (t: number, cell: number): Promise<string> => {
    const at = await tab.page.evaluate((n) => window.__viewer!.toScreen(n), row(t, cell));
    await tab.page.mouse.move(at!.x + 1, at!.y + 1);
    await tab.page.mouse.move(at!.x, at!.y);
    return (await tab.page.locator('.movie-stage .tip').textContent()) ?? '';
  };

  beforeAll(async () => {
    editor = await startEditor(chromium, points());
    tab = editor.tab;
    tab.context.setDefaultTimeout(30_000);
  }, 240_000);

  afterAll(() => editor?.end());

  it('names a cell and its descendants in a dialog that the keyboard opens and closes', async () => {
    await click(1, 0);
    await tab.page.keyboard.press('t');
    const dialog = tab.page.locator('dialog.marks');
    await dialog.waitFor({ state: 'visible' });
    await tab.page.keyboard.type('AB');
    await tab.page.keyboard.press('Tab');
    await tab.page.keyboard.press(' ');
    await tab.page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await tab.ready();
    expect(await tip(1, 0)).toContain('AB · Track 1');
    await tab.press('End');
    expect([await tip(5, 0), await tip(5, 4)].map((text) => text.split(' ')[0])).toEqual(['ABa', 'ABp']);
    await tab.press('Control+z');
    expect(await tip(5, 4)).toMatch(/^Track/);
    await tab.press('Control+Shift+z');
    expect(await tip(5, 4)).toMatch(/^ABp/);
  });

  it('tags and colours a cell with the mouse; both come back after a reload', async () => {
    await click(2, 3);
    await tab.page.getByRole('button', { name: 'Edit', exact: true }).click();
    await tab.page.getByRole('menuitem', { name: /^Name, colour/ }).click();
    await tab.page.getByLabel('Tags', { exact: true }).fill('odd, bright');
    await tab.page.getByLabel('Colour', { exact: true }).fill('#ff00ff');
    await tab.page.getByRole('button', { name: 'Save (Enter)' }).click();
    await tab.ready();
    expect(await tip(2, 3)).toContain('tagged bright, odd');
    await tab.page.reload();
    await tab.page.waitForFunction(() => window.__viewer !== undefined);
    await tab.ready();
    await click(2, 3);
    expect(await tip(2, 3)).toContain('tagged bright, odd');
    await tab.press('t');
    expect(await tab.page.getByLabel('Colour', { exact: true }).inputValue()).toBe('#ff00ff');
    await tab.press('Escape');
  });

  it('lists every edit with who made it, and goes back to any of them and forth again', async () => {
    await tab.press('Control+h');
    await tab.page.getByLabel('Your name in the history').fill('Ada');
    await tab.page.getByLabel('Your name in the history').blur();
    const start = await tab.parents();
    await click(3, 1);
    await tab.press('u');
    await click(3, 2);
    await tab.press('u');
    const end = await tab.parents();
    expect(await items().count()).toBe(4);
    expect(await items().first().textContent()).toContain('Ada');
    // With the mouse back to the second, with the keyboard forth to the last.
    await items().nth(2).getByRole('button', { name: 'Back to here' }).click();
    await tab.page.locator('.toast', { hasText: '2 edits taken back' }).waitFor();
    await tab.ready();
    expect(await tab.parents()).toEqual(start);
    expect(await undone()).toBe(2);
    await items().first().getByRole('button', { name: 'Again to here' }).focus();
    await tab.page.keyboard.press('Enter');
    await tab.page.locator('.toast', { hasText: '2 edits done again' }).waitFor();
    await tab.ready();
    expect(await tab.parents()).toEqual(end);
    expect(await undone()).toBe(0);
  });

  it('takes back one edit alone, and refuses where a later one depends on it', async () => {
    const end = await tab.parents();
    await items().nth(1).getByRole('button', { name: 'Take back' }).click();
    await tab.page.locator('.toast', { hasText: '1 edit taken back' }).waitFor();
    await tab.ready();
    expect((await tab.parents())[row(3, 1)]).toBe(row(2, 1));
    expect((await tab.parents())[row(3, 2)]).toBe(-1);
    await tab.press('Control+Shift+z');
    expect(await tab.parents()).toEqual(end);
  });

  it('goes back to the beginning and forth again, also after a reload', async () => {
    const end = await tab.parents();
    await tab.page.locator('.history-item', { hasText: 'As the linker left it' }).getByRole('button').click();
    await tab.page.locator('.toast', { hasText: '4 edits taken back' }).waitFor();
    await tab.page.reload();
    await tab.page.waitForFunction(() => window.__viewer !== undefined);
    await tab.ready();
    expect(await undone()).toBe(4);
    await items().first().getByRole('button', { name: 'Again to here' }).click();
    await tab.page.locator('.toast', { hasText: '4 edits done again' }).waitFor();
    await tab.ready();
    expect(await tab.parents()).toEqual(end);
  });

  it('bookmarks a view, which the other tab has at once', async () => {
    const other = await openTab(editor.browser, editor.server.url);
    try {
      await click(4, 2);
      const before = await tab.state();
      await tab.page.keyboard.press('Control+d');
      await tab.page.keyboard.type('look here');
      await tab.page.keyboard.press('Enter');
      await tab.page.getByRole('button', { name: 'look here', exact: true }).waitFor();
      await other.press('Control+h');
      await other.page.getByRole('button', { name: 'look here', exact: true }).click();
      await other.ready();
      const there = await other.state();
      expect([there.t, there.selected]).toEqual([before.t, before.selected]);
      await other.page.getByRole('button', { name: 'Remove the bookmark look here' }).click();
      await tab.page.getByRole('button', { name: 'look here', exact: true }).waitFor({ state: 'detached' });
    } finally {
      await other.context.close();
    }
  });

  it('saves edits and the session as files', async () => {
    const save = async (name: RegExp): Promise<string> => {
      const waiting = tab.page.waitForEvent('download');
      await tab.page.getByRole('button', { name: 'Save the history' }).click();
      await tab.page.getByRole('menuitem', { name }).click();
      return readFileSync((await (await waiting).path())!, 'utf8');
    };
    const csv = await save(/CSV/);
    expect(csv).toMatch(/^seq,at,by,kind,of,label,view\n/);
    expect(csv).toContain(',Ada,edit,');
    const session = JSON.parse(await save(/Session/)) as { format: string; edits: unknown[] };
    expect(session.format).toBe('morula-session');
    expect(session.edits).toHaveLength(csv.trim().split('\n').length - 1);
  });

  it('writes the tables on Ctrl+S', async () => {
    const table = (): string => readFileSync(join(editor.result, 'tables', 'nodes.csv'), 'utf8');
    const before = table();
    await tab.page.keyboard.press('Control+s');
    await tab.page.locator('.toast', { hasText: 'Tables and graph are written' }).waitFor();
    expect(table()).not.toBe(before);
  });

  it('takes the keys of another program, and single keys, and keeps them', async () => {
    await tab.press('Home', '?');
    const help = tab.page.locator('dialog.help');
    await tab.page.getByLabel('Keys of which program').selectOption('mastodon');
    expect(await help.locator('[data-command="frame-on"]').textContent()).toMatch(/^M: /);
    await help.locator('[data-command="flip"]').click();
    await tab.page.keyboard.press('y');
    expect(await help.locator('.help-note').textContent()).toContain('has lost this key');
    expect(await help.locator('[data-command="edit-divide"]').textContent()).toMatch(/^none: /);
    await tab.press('Escape', 'm', 'm');
    expect((await tab.state()).t).toBe(2);
    await tab.page.reload();
    await tab.page.waitForFunction(() => window.__viewer !== undefined);
    await tab.ready();
    await tab.press('Home', 'm', 'y');
    const now = (await tab.state()) as unknown as { t: number; treeDown: boolean };
    expect([now.t, now.treeDown]).toEqual([1, false]);
    await tab.press('?');
    await tab.page.getByRole('button', { name: 'Reset' }).click();
    await tab.page.getByLabel('Keys of which program').selectOption('morula');
    expect(await help.locator('[data-command="flip"]').textContent()).toMatch(/^F: /);
    await tab.press('Escape');
  });

  it('finds everything by its words in a palette', async () => {
    await tab.press('Home', 'Control+k');
    await tab.page.keyboard.type('next frame');
    await tab.page.keyboard.press('Enter');
    await tab.ready();
    expect((await tab.state()).t).toBe(1);
    await tab.press('Control+k');
    await tab.page.keyboard.type('flip');
    await tab.page.locator('.palette li').first().waitFor();
    await tab.press('Escape');
    await tab.press('Control+k');
    await tab.page.keyboard.type('last frame');
    await tab.page.locator('.palette li').first().click();
    await tab.ready();
    expect((await tab.state()).t).toBe(5);
  });

  it('lists names and tags in the table of tracks, where words find them', async () => {
    await tab.page.locator('#tab-tracks').click();
    await tab.page.locator('#page-tracks .filter').fill('abp');
    await tab.ready();
    expect(await tab.page.locator('#page-tracks .rows .row').count()).toBe(1);
    expect(await tab.page.locator('#page-tracks .rows .row').textContent()).toContain('ABp');
    await tab.page.locator('#page-tracks .filter').fill('');
    await tab.page.locator('.brand').click();
  });

  it('restores table, filter, panes and an open dialog from the address, and goes to the nearest cell', async () => {
    await click(4, 2);
    await tab.page.locator('#tab-tracks').click();
    await tab.page.locator('#page-tracks .filter').fill('lin=1');
    await tab.page.getByRole('button', { name: 'Nodes' }).click();
    await tab.page.getByRole('separator', { name: 'Width of the movie' }).focus();
    await tab.page.keyboard.press('ArrowLeft');
    await tab.ready();
    const link = ((await tab.state()) as unknown as { link: string }).link;
    expect(link).toMatch(/&f=nodes,1,lin%3D1&.*lay=/);
    const address = editor.server.url.split('#')[0]!;
    const other = await openTab(editor.browser, `${address}#${link}&x=keys`);
    try {
      expect(await other.page.locator('dialog.help').isVisible()).toBe(true);
      await other.press('Escape');
      expect(((await other.state()) as unknown as { link: string }).link).toBe(link);
      expect(await other.page.locator('#page-tracks .filter').inputValue()).toBe('lin=1');
      const lost = link.replace(/&s=[^&]+/, '&s=4.99').replace(/&e=[^&]+/, '');
      await other.page.evaluate((hash) => {
        location.hash = hash;
      }, lost);
      await other.ready();
      expect((await other.state()).selected).toBe((await tab.state()).selected);
      expect(await other.page.locator('.toast').textContent()).toContain('this is the nearest one');
    } finally {
      await other.context.close();
    }
    await tab.page.locator('#page-tracks .filter').fill('');
  });

  it('types into fields without acting', async () => {
    const before = await tab.parents();
    await tab.press('Control+h');
    await tab.page.getByLabel('Name of a bookmark for this view').focus();
    await tab.page.keyboard.type('udklxyt');
    expect(await tab.page.locator('dialog.marks').isHidden()).toBe(true);
    expect(await tab.parents()).toEqual(before);
  });

  it('opens a session that was saved: makes what stood there again, refuses what is none, and says so', async () => {
    await tab.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await click(1, 1);
    await tab.press('u');
    const cut = await tab.parents();
    await tab.page.locator('#tab-history').click();
    await tab.page.getByRole('button', { name: 'Save the history' }).click();
    const saved = tab.page.waitForEvent('download');
    await tab.page.getByRole('menuitem', { name: /^Session/ }).click();
    const path = (await (await saved).path())!;
    await tab.press('Control+z');
    expect(await tab.parents()).not.toEqual(cut);
    const choose = async (file: { name: string; mimeType: string; buffer: Buffer }): Promise<void> => {
      const chooser = tab.page.waitForEvent('filechooser');
      await tab.page.getByRole('button', { name: 'Open a session' }).focus();
      await tab.page.keyboard.press('Enter');
      await (await chooser).setFiles(file);
    };
    const file = { name: 's.json', mimeType: 'application/json', buffer: readFileSync(path) };
    await choose(file);
    await expect
      .poll(() => tab.page.locator('.toast').textContent())
      .toContain('Session opened: 1 edit made');
    await tab.ready();
    expect(await tab.parents()).toEqual(cut);
    await choose(file);
    await expect
      .poll(() => tab.page.locator('.toast').textContent())
      .toBe('All edits of this session are here');
    await choose({ ...file, buffer: Buffer.from('{"format":"other"}') });
    await expect
      .poll(() => tab.page.locator('.toast').textContent())
      .toBe('s.json was not opened: this file is no session of morula. Nothing was changed');
    expect(await tab.parents()).toEqual(cut);
  });
});
