import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLabels } from '../../src/store/index.ts';
import { makeLabelled } from '../helpers/labelled.ts';
import { inChromium } from './page.ts';
import { type Editor, openTab, startEditor, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('edits of objects');

/**
 * One cell that is found as two objects in frame 1, and two cells that are found as one in frame 2; two candidates below
 * the threshold in frame 1. Rows: 0, 1 in frame 0; 2, 3, 4 in frame 1; 5, 6 in frame 2.
 */
const FRAMES = [
  [
    { y: 16, x: 16, radius: 6, label: 1 },
    { y: 44, x: 40, radius: 7, label: 2 },
  ],
  [
    { y: 12, x: 16, radius: 4, label: 1 },
    { y: 20, x: 16, radius: 4, label: 2 },
    { y: 44, x: 40, radius: 7, label: 3 },
  ],
  [
    { y: 16, x: 16, radius: 6, label: 1 },
    { y: 44, x: 34, radius: 5, label: 2 },
    { y: 44, x: 44, radius: 5, label: 2 },
  ],
];
const FAINT = {
  1: [
    { y: 16, x: 48, radius: 5, prob: 0.4 },
    { y: 54, x: 12, radius: 4, prob: 0.3 },
  ],
};

describe.skipIf(skip)(title, { timeout: 240_000 }, () => {
  let editor: Editor;
  let tab: Tab;
  let stored: Uint32Array[];

  async function goTo(t: number): Promise<void> {
    await tab.press('Home', ...new Array<string>(t).fill(']'));
    expect((await tab.state()).t).toBe(t);
  }
  /** Page position of a place of the picture, by two cells whose places are known. */
  async function screen(y: number, x: number): Promise<[number, number]> {
    const t = (await tab.state()).t;
    const ends = t === 0 ? [0, 1] : t === 1 ? [2, 4] : [5, 6];
    const known =
      t === 2
        ? [
            [16, 16],
            [44, 39],
          ]
        : t === 1
          ? [
              [12, 16],
              [44, 40],
            ]
          : [
              [16, 16],
              [44, 40],
            ];
    const at = await tab.page.evaluate((rows) => rows.map((n) => window.__viewer!.toScreen(n)!), ends);
    const along = (a: number, b: number, u: number, v: number, w: number): number =>
      a + ((b - a) * (w - u)) / (v - u);
    return [
      along(at[0]!.x, at[1]!.x, known[0]![1]!, known[1]![1]!, x),
      along(at[0]!.y, at[1]!.y, known[0]![0]!, known[1]![0]!, y),
    ];
  }
  async function click(y: number, x: number): Promise<void> {
    await tab.page.mouse.click(...(await screen(y, x)));
    await tab.ready();
  }
  const awayFromMovie = async (): Promise<void> => {
    await tab.page.mouse.move(5, 5);
    await tab.ready();
  };
  /** Pixels of each label of a frame, as the page shows it. */
  async function areas(t: number): Promise<number[]> {
    const labels = await tab.page.evaluate(async (frame) => {
      const answer = await fetch(`/api/labels?t=${frame}&z=0`);
      return Array.from(new Uint32Array(await answer.arrayBuffer()));
    }, t);
    const counts: number[] = [];
    for (const label of labels) if (label > 0) counts[label] = (counts[label] ?? 0) + 1;
    return counts.filter((n) => n > 0);
  }
  /** Does something to the objects of a frame, looks at what is there, and takes it back to the pixel. */
  async function doAndUndo(
    t: number,
    act: () => Promise<void>,
    check: (now: number[]) => void,
  ): Promise<void> {
    const [before, links] = [await areas(t), await tab.parents()];
    await act();
    await tab.ready();
    check(await areas(t));
    expect(await tab.parents()).not.toEqual(links);
    await tab.press('Control+z');
    expect(await areas(t)).toEqual(before);
    expect(await tab.parents()).toEqual(links);
  }
  const images = (): Promise<Uint32Array[]> =>
    Promise.all(FRAMES.map(async (_, t) => (await readLabels(editor.result, t, null)).data));

  beforeAll(async () => {
    editor = await startEditor(chromium, (result) =>
      makeLabelled(
        result,
        64,
        FRAMES,
        [
          [0, 2],
          [1, 4],
          [2, 5],
          [4, 6],
        ],
        FAINT,
      ),
    );
    tab = editor.tab;
    stored = await images();
  }, 240_000);

  afterAll(() => editor?.end());

  const merged = (now: number[]): void => expect(now).toEqual([149, 97]);

  it('merges two objects with the mouse', async () => {
    await goTo(1);
    await doAndUndo(
      1,
      async () => {
        await click(12, 16);
        await tab.press('Shift+I');
        expect(await tab.page.locator('.prompt').textContent()).toContain('other part');
        await click(20, 16);
      },
      merged,
    );
  });

  it('merges them by keyboard alone: the nearest is offered first, arrows go on to the others', async () => {
    await goTo(1);
    await click(12, 16);
    await awayFromMovie();
    await doAndUndo(1, () => tab.press('Shift+I', 'ArrowRight', 'ArrowLeft', 'Enter').then(), merged);
  });

  it('splits an object where it suggests itself, by keyboard', async () => {
    await goTo(2);
    await click(44, 34);
    await awayFromMovie();
    await doAndUndo(
      2,
      () => tab.press('i', 'Enter').then(),
      (now) => {
        expect(now).toHaveLength(3);
        expect(now[2]! / now[1]!).toBeGreaterThan(0.85);
      },
    );
  });

  it('splits it at two clicks in its halves, and along a line across it', async () => {
    await goTo(2);
    for (const [from, to] of [
      [
        [44, 31],
        [44, 47],
      ],
      [
        [34, 37],
        [56, 37],
      ],
    ]) {
      await doAndUndo(
        2,
        async () => {
          await click(44, 34);
          await tab.press('i');
          await click(from![0]!, from![1]!);
          expect(await tab.page.locator('.prompt').textContent()).toContain('other');
          await click(to![0]!, to![1]!);
        },
        (now) => expect(now).toHaveLength(3),
      );
    }
  });

  it('adds a cell by an outline, closed by Enter or by a click on its first corner', async () => {
    await goTo(1);
    for (const close of ['Enter', 'click']) {
      await doAndUndo(
        1,
        async () => {
          await tab.press('Shift+A');
          for (const [y, x] of [
            [30, 10],
            [30, 22],
            [38, 22],
            [38, 10],
          ])
            await click(y!, x!);
          if (close === 'Enter') await tab.press('Enter');
          else await click(30, 10);
        },
        (now) => {
          expect(now).toHaveLength(4);
          expect(now[3]).toBeGreaterThan(80);
          expect(now[3]).toBeLessThan(130);
        },
      );
    }
  });

  it("adds the detector's candidates: chosen by arrows, by a click, or under the pointer", async () => {
    await goTo(1);
    await awayFromMovie();
    await doAndUndo(
      1,
      async () => {
        await tab.page.keyboard.press('a');
        await tab.page.locator('.prompt', { hasText: 'candidate 1 of 2, 40 % sure' }).waitFor();
        await tab.press('ArrowRight');
        expect(await tab.page.locator('.prompt').textContent()).toContain('candidate 2 of 2');
        await tab.press('Enter');
      },
      (now) => expect(now[3]).toBeLessThan(60),
    );
    await awayFromMovie();
    await doAndUndo(
      1,
      async () => {
        await tab.page.keyboard.press('a');
        await tab.page.locator('.prompt', { hasText: 'candidate' }).waitFor();
        await click(16, 48);
      },
      (now) => expect(now[3]).toBeGreaterThan(60),
    );
    await tab.page.mouse.move(...(await screen(16, 48)));
    await doAndUndo(
      1,
      () => tab.press('a').then(),
      (now) => expect(now[3]).toBeGreaterThan(60),
    );
  });

  it('leaves whatever waits with Escape and touches nothing', async () => {
    const before = await tab.parents();
    await goTo(2);
    await click(44, 34);
    for (const key of ['i', 'Shift+A', 'Shift+I']) {
      await tab.press(key);
      expect(await tab.page.locator('.prompt').isVisible()).toBe(true);
      await tab.press('Escape');
      expect(await tab.page.locator('.prompt').isHidden()).toBe(true);
    }
    expect(await tab.parents()).toEqual(before);
  });

  it('shows a split in the other tab and after a reload, and leaves the stored image as it was', async () => {
    const other = await openTab(editor.browser, editor.server.url);
    try {
      await goTo(2);
      await click(44, 34);
      await awayFromMovie();
      await tab.press('i', 'i');
      await other.page.waitForFunction(() => window.__viewer!.parents().length === 8);
      await tab.page.reload();
      await tab.page.waitForFunction(() => window.__viewer !== undefined);
      await tab.ready();
      expect(await areas(2)).toHaveLength(3);
      expect(await images()).toEqual(stored);
      await other.press('Control+z');
      await tab.page.waitForFunction(() => window.__viewer!.parents().length === 7);
    } finally {
      await other.context.close();
    }
  });
});
