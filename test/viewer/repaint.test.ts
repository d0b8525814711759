import { describe, expect, it, vi } from 'vitest';
import type { App } from '../../viewer/src/app.ts';
import { refreshLinks } from '../../viewer/src/data/dataset.ts';
import { createLooks } from '../../viewer/src/views/movie/looks.ts';
import {
  type Box,
  cellsIn,
  changedBoxes,
  dirtyBoxes,
  doubtsIn,
  type Scene,
  tilesOf,
} from '../../viewer/src/views/movie/repaint.ts';
import { family } from './family.ts';

// The page asks its own head where its data lie.
vi.stubGlobal('document', { querySelector: () => null });
const { createApp } = await import('../../viewer/src/createApp.ts');

const view = { k: 10, x: 0, y: 0, aspect: 1 };
const mark = (node: number, x: number, colour = 0xe69f00) => ({ node, x, y: 50, size: 4, colour });

function open(): { app: App; scene(changes?: Partial<Scene>, strong?: number[]): Scene } {
  const app = createApp(family());
  const looksOf = createLooks(app);
  const scene = (changes: Partial<Scene> = {}, strong: number[] = []): Scene => ({
    key: [3],
    view,
    ratio: 1,
    looks: looksOf(3, new Set(strong)),
    doubts: [],
    name: '',
    wide: 40,
    named: -1,
    ...changes,
  });
  return { app, scene };
}

/** Takes row 6 (frame 3) from its predecessor, row 4. */
function unlink(app: App): void {
  app.change(() => {
    app.data.nodes.parent[6] = -1;
    return { branches: refreshLinks(app.data, new Set([4, 6])) };
  }, [4, 6]);
}

const tiles = (boxes: readonly Box[]) => tilesOf(boxes, 600, 600)!;

const holds = (boxes: readonly Box[], x: number, y: number): boolean =>
  boxes.some(([x0, y0, x1, y1]) => x >= x0 && x < x1 && y >= y0 && y < y1);

describe('changedBoxes', () => {
  it('is empty where nothing is another', () => {
    const { scene } = open();
    expect(changedBoxes(scene(), scene())).toEqual([]);
  });

  it('is everything at first, and where something else decides', () => {
    const { scene } = open();
    expect(changedBoxes(null, scene())).toBe(null);
    expect(changedBoxes(scene(), scene({ key: [4] }))).toBe(null);
  });

  it('holds the cell whose tail is cut, and its tail, but not a cell far away', () => {
    const { app, scene } = open();
    const before = scene();
    unlink(app);
    const boxes = changedBoxes(before, scene())!;
    // Row 6 lies at 10, 7 with a radius of 2; its tail went over 10, 8 to 10, 10. Row 8 lies at 40, 40.
    for (const [x, y] of [
      [10, 5.1],
      [10, 8],
      [10, 10],
    ])
      expect(holds(boxes, 10 * (x! + 0.5), 10 * (y! + 0.5))).toBe(true);
    expect(holds(boxes, 405, 405)).toBe(false);
    expect([...cellsIn(scene(), tiles(boxes))]).toEqual([1, 1, 0]);
  });

  it('holds a cell that is pointed at', () => {
    const { scene } = open();
    const boxes = changedBoxes(scene(), scene({}, [8]))!;
    expect(holds(boxes, 405, 405)).toBe(true);
    expect([...cellsIn(scene(), tiles(boxes))]).toEqual([0, 0, 1]);
  });

  it('holds marks that came, went or changed, and not those that stay', () => {
    const { scene } = open();
    const before = scene({ doubts: [mark(6, 100), mark(7, 200), mark(8, 300)] });
    const next = scene({ doubts: [mark(6, 100), mark(8, 300, 0xe05c1f), mark(9, 400)] });
    const boxes = changedBoxes(before, next)!;
    expect([100, 200, 300, 400].map((x) => holds(boxes, x, 50))).toEqual([false, true, true, true]);
    expect(doubtsIn(next, tiles(boxes)).map(({ node }) => node)).toEqual([8, 9]);
  });

  it('holds the name of the selected cell, before and now', () => {
    const { scene } = open();
    const boxes = changedBoxes(scene({ name: '3', named: 0 }), scene({ name: '4', named: 0 }))!;
    expect(holds(boxes, 105 + 40, 75)).toBe(true);
    expect(changedBoxes(scene({ name: '3', named: 0 }), scene({ name: '3', named: 2 }))!.length).toBe(2);
  });

  it('is everything where too much is another', () => {
    const { scene } = open();
    const many = Array.from({ length: 2100 }, (_, k) => mark(k, 5 * k));
    expect(changedBoxes(scene(), scene({ doubts: many }))).toBe(null);
  });
});

describe('createLooks', () => {
  it('answers after an edit what it answers from the start', () => {
    const { app, scene } = open();
    const before = scene().looks;
    unlink(app);
    const after = scene().looks;
    const fresh = createLooks(app)(3, new Set());
    expect([after.look, after.box]).toEqual([fresh.look, fresh.box]);
    expect(after.look[0]).not.toBe(before.look[0]);
    expect(after.look[2]).toBe(before.look[2]);
  });
});

describe('tilesOf', () => {
  it('covers boxes, side by side as one, and is cut at the canvas', () => {
    const boxes: Box[] = [
      [-40, 20, 30, 30],
      [90, 90, 900, 900],
    ];
    expect(dirtyBoxes(tilesOf(boxes, 100, 100)!)).toEqual([
      [0, 16, 32, 32],
      [80, 80, 112, 96],
      [80, 96, 112, 112],
    ]);
  });

  it('is everything where more than half is another', () => {
    expect(tilesOf([[0, 0, 64, 30]], 64, 64)).not.toBe(null);
    expect(tilesOf([[0, 0, 64, 40]], 64, 64)).toBe(null);
  });
});
