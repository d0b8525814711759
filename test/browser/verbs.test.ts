import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inChromium } from './page.ts';
import { type Editor, startEditor, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('edits by hand');

/** Five cells over six frames, all linked but the second in frame 3: rows come five a frame. */
function points(): string {
  const rows = ['id,t,x,y,z,radius,parent'];
  const at = [
    [0, 0],
    [60, 50],
    [120, 80],
    [150, 40],
    [200, 150],
  ];
  for (let t = 0; t < 6; t++) {
    at.forEach(([x, y], k) => {
      const from = t === 0 || (t === 3 && k === 1) ? -1 : 5 * (t - 1) + k + 1;
      rows.push(`${5 * t + k + 1},${t},${x},${y! + t},0,4,${from}`);
    });
  }
  return `${rows.join('\n')}\n`;
}

describe.skipIf(skip)(title, { timeout: 240_000 }, () => {
  let editor: Editor;
  let tab: Tab;

  /** Row of a cell (from 0) in a frame. */
  const row = (t: number, cell: number): number => 5 * t + cell;
  /** Selects a cell by a click in the movie, in its frame. */
  async function click(t: number, cell: number): Promise<void> {
    if ((await tab.state()).t !== t) {
      await tab.page.locator('.time').fill(String(t));
      await tab.ready();
    }
    const at = await tab.page.evaluate((n) => window.__viewer!.toScreen(n), row(t, cell));
    await tab.page.mouse.click(at!.x, at!.y);
    await tab.ready();
  }
  /** Does something, looks at the links of some rows, takes it back, and finds everything as it was. */
  async function doAndUndo(act: () => Promise<void>, links: Record<number, number>): Promise<void> {
    const before = await tab.parents();
    await act();
    await tab.ready();
    const after = await tab.parents();
    const wanted = before.map((p, i) => links[i] ?? p);
    expect(after).toEqual(wanted);
    await tab.press('Control+z');
    expect(await tab.parents()).toEqual(before);
  }

  beforeAll(async () => {
    editor = await startEditor(chromium, points());
    tab = editor.tab;
  }, 240_000);

  afterAll(() => editor?.end());

  it('links to the cell that is picked in the next frame, which its old parent loses', async () => {
    await doAndUndo(
      async () => {
        await click(2, 1);
        await tab.press('l');
        expect(await tab.page.locator('.prompt').textContent()).toContain('Pick the same cell');
        expect((await tab.state()).t).toBe(3);
        await click(3, 2);
      },
      { [row(3, 2)]: row(2, 1) },
    );
  });

  it('leaves a verb with Escape, and keeps the selection', async () => {
    await click(2, 1);
    const { selected } = await tab.state();
    await tab.press('l', 'Escape');
    expect(await tab.page.locator('.prompt').isHidden()).toBe(true);
    expect((await tab.state()).selected).toBe(selected);
  });

  it('unlinks from the frame before and cuts after', async () => {
    await click(2, 3);
    await doAndUndo(() => tab.press('u').then(), { [row(2, 3)]: -1 });
    await click(2, 3);
    await doAndUndo(() => tab.press('k').then(), { [row(3, 3)]: -1 });
  });

  it('connects two cells, and disconnects them', async () => {
    const toggle = async (): Promise<void> => {
      await click(2, 1);
      await tab.press('c');
      await click(3, 1);
    };
    await doAndUndo(toggle, { [row(3, 1)]: row(2, 1) });
  });

  it('swaps two cells of a frame from there on', async () => {
    await doAndUndo(
      async () => {
        await click(3, 2);
        await tab.press('s');
        await click(3, 3);
      },
      { [row(3, 2)]: row(2, 3), [row(3, 3)]: row(2, 2) },
    );
  });

  it('makes a division and takes one away', async () => {
    await doAndUndo(
      async () => {
        await click(2, 2);
        await tab.press('y');
        await click(3, 1);
        await tab.ready();
        expect(await tab.page.locator('.counts').textContent()).toContain('1 division');
      },
      { [row(3, 1)]: row(2, 2) },
    );
    await tab.press('Control+Shift+z');
    await click(3, 1);
    await doAndUndo(() => tab.press('x').then(), { [row(3, 2)]: -1 });
    await tab.press('Control+z');
  });

  it('joins a track to the start of another', async () => {
    await doAndUndo(
      async () => {
        await click(1, 1);
        await tab.press('e');
        await click(4, 1);
      },
      { [row(3, 1)]: row(2, 1) },
    );
  });

  it('follows a cell from frame to frame, one click a frame', async () => {
    const before = await tab.parents();
    await click(1, 3);
    await tab.press('Shift+F');
    await click(2, 2);
    expect((await tab.state()).t).toBe(3);
    await click(3, 3);
    await tab.press('Escape');
    const after = await tab.parents();
    expect([after[row(2, 2)], after[row(3, 3)]]).toEqual([row(1, 3), row(2, 2)]);
    await tab.press('Control+z', 'Control+z');
    expect(await tab.parents()).toEqual(before);
  });

  it('deletes a detection and links over the gap, and adds one where the pointer is', async () => {
    const before = await tab.parents();
    await click(2, 3);
    await tab.press('Delete');
    const fewer = await tab.parents();
    expect(fewer).toHaveLength(before.length - 1);
    expect(fewer[row(3, 3) - 1]).toBe(row(1, 3));
    await tab.press('Control+z');
    expect(await tab.parents()).toEqual(before);
    const box = (await tab.page.locator('.movie-canvas').boundingBox())!;
    await tab.page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.7);
    await tab.press('a');
    // Before it is sent, the detector is asked what it saw there.
    await expect.poll(async () => (await tab.parents()).length).toBe(before.length + 1);
    await tab.ready();
    await tab.press('Control+z');
    expect(await tab.parents()).toEqual(before);
  });

  it('refuses what cannot be, and says why', async () => {
    await click(2, 2);
    await tab.press('x');
    expect(await tab.page.locator('.toast').textContent()).toMatch(/no division/);
    await tab.press('s');
    await click(3, 3);
    expect(await tab.page.locator('.toast').textContent()).toMatch(/one frame/);
    await tab.press('Escape');
  });

  it('asks the linker again, and takes or leaves what it says', async () => {
    const before = await tab.parents();
    await click(2, 1);
    await tab.page.keyboard.press('Shift+S');
    const panel = tab.page.locator('.proposal');
    await tab.page.locator('.proposal', { hasText: '1 link more' }).waitFor();
    await tab.press('Escape');
    expect(await panel.isHidden()).toBe(true);
    expect(await tab.parents()).toEqual(before);
    await click(2, 1);
    await tab.page.keyboard.press('Shift+S');
    await panel.getByRole('button', { name: 'Accept all' }).click();
    await panel.waitFor({ state: 'hidden' });
    await tab.ready();
    expect((await tab.parents())[row(3, 1)]).toBe(row(2, 1));
    await tab.press('Control+z');
    expect(await tab.parents()).toEqual(before);
  });

  it('asks the linker about the whole movie, and takes its answer with Enter', async () => {
    const before = await tab.parents();
    await tab.page.keyboard.press('Control+Shift+S');
    await tab.page.locator('.proposal', { hasText: 'The linker, keeping your edits' }).waitFor();
    await tab.press('Enter');
    await tab.page.locator('.proposal').waitFor({ state: 'hidden' });
    await tab.ready();
    expect((await tab.parents())[row(3, 1)]).toBe(row(2, 1));
    await tab.press('Control+z');
    expect(await tab.parents()).toEqual(before);
  });

  it('picks by keyboard alone: the nearest cell first, arrows for the others, Enter takes', async () => {
    await doAndUndo(
      async () => {
        await click(2, 1);
        await tab.page.mouse.move(5, 5);
        await tab.press('l', 'Enter');
      },
      { [row(3, 1)]: row(2, 1) },
    );
    await click(2, 1);
    await tab.page.mouse.move(5, 5);
    await tab.press('l', 'ArrowRight', 'Enter');
    const [, , now] = [await tab.ready(), await tab.parents(), await tab.parents()];
    expect(now.indexOf(row(2, 1))).toBeGreaterThan(-1);
    expect(now[row(3, 1)]).not.toBe(row(2, 1));
    await tab.press('Control+z');
  });

  it('shifts a division by a frame and back, and says how tracks end', async () => {
    await click(2, 2);
    await tab.press('y');
    await click(3, 1);
    await doAndUndo(
      async () => {
        await click(2, 2);
        await tab.press('Shift+<');
      },
      { [row(3, 1)]: row(1, 2) },
    );
    await tab.press('Control+z');
    await click(5, 0);
    await tab.press('Shift+X');
    expect(await tab.page.locator('.toast').textContent()).toContain('ends: death');
    await tab.press('Shift+X');
    expect(await tab.page.locator('.toast').textContent()).toContain('is no end');
    await tab.press('Control+z', 'Control+z');
  });

  it('approves links, tracks and lineages, which the linker then keeps', async () => {
    const before = await tab.parents();
    await click(3, 3);
    for (const [key, words] of [
      ['Alt+Enter', 'Verify link'],
      ['Shift+Enter', 'Verify branch'],
      ['Control+Enter', 'Open again lineage'],
    ]) {
      await tab.press(key!);
      expect(await tab.page.locator('.toast').textContent()).toContain(words);
    }
    await tab.press('Control+z', 'Control+z', 'Control+z');
    expect(await tab.parents()).toEqual(before);
  });

  it('has every edit in a menu that the keyboard reaches', async () => {
    await click(2, 3);
    const button = tab.page.getByRole('button', { name: 'Edit', exact: true });
    await button.focus();
    await tab.page.keyboard.press('Enter');
    expect(await tab.page.getByRole('menuitem').count()).toBeGreaterThan(10);
    await doAndUndo(
      async () => {
        await tab.page.getByRole('menuitem', { name: /^Unlink/ }).click();
        await tab.ready();
      },
      { [row(2, 3)]: -1 },
    );
  });
});
