import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../viewer/src/data/types.ts';
import { layoutTree } from '../../viewer/src/layout/leafOrder.ts';
import type { TreeAxis } from '../../viewer/src/layout/treeAxis.ts';
import type { ReviewItem } from '../../viewer/src/review/items.ts';
import { type Chosen, chooseSpots, createSpots } from '../../viewer/src/views/tree/spots.ts';
import { poseTree } from '../../viewer/src/views/tree/view.ts';
import { founders, makeForest } from './forest.ts';

const BRANCHES = 2000;
const branches = makeForest(BRANCHES, 3, 60);
// The second half of the lineages is not in the tree.
const roots = founders(branches);
const layout = layoutTree(branches, roots.slice(0, roots.length / 2));
const tracklet = Int32Array.from({ length: 3 * BRANCHES }, (_, node) => (node % BRANCHES) + 1);
const at = (node: number): number => branches.t0[node % BRANCHES]! + Math.floor(node / BRANCHES);
const axis = { name: 'time', branches, layout, extent: 160, at } as unknown as TreeAxis;
const data = { nodes: { tracklet } } as unknown as Dataset;
const itemAt = (node: number): ReviewItem => ({
  kind: 'link',
  node,
  name: String(node),
  wrong: 0.5,
  alert: false,
  gain: 0,
});

const ROOM = 5;
const chosen = (most: number): Chosen => ({
  n: 0,
  at: new Float32Array(2 * most),
  item: new Int32Array(most),
});

describe('chooseSpots', () => {
  it('chooses the same by leaves, from the second time on, as from the list', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...tracklet.keys()], { minLength: 1 }),
        fc.double({ min: -0.1, max: 1.1, noNaN: true }),
        fc.double({ min: 0.001, max: 0.49, noNaN: true }),
        fc.boolean(),
        fc.integer({ min: 1, max: 400 }),
        (nodes, start, part, down, most) => {
          const open = nodes.map(itemAt);
          const u0 = start * layout.width;
          const pose = poseTree({ u0, u1: u0 + part * layout.width, v0: 10, v1: 120 }, down, 700, 190);
          const [fresh, used] = [createSpots(axis, open, null), createSpots(axis, open, null)];
          const [byList, byLeaf] = [chosen(most), chosen(most)];
          chooseSpots(fresh, data, pose, ROOM, byList);
          chooseSpots(used, data, pose, ROOM, chosen(most));
          chooseSpots(used, data, pose, ROOM, byLeaf);
          expect(fresh.bins).toBeNull();
          expect(byLeaf).toEqual(byList);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    ['at the end of the list', true],
    ['at its beginning', false],
  ])('looks through the items of the leaves in view alone where these are %s: %s', (_, binned) => {
    const inView = (node: number): boolean => {
      const place = layout.place[node % BRANCHES]!;
      return place >= 0 && layout.u[place]! < 60;
    };
    const nodes = [...tracklet.keys()].sort((a, b) => Number(inView(a)) - Number(inView(b)) || a - b);
    const open = (binned ? nodes : nodes.reverse()).map(itemAt);
    const [fresh, used] = [createSpots(axis, open, null), createSpots(axis, open, null)];
    const pose = poseTree({ u0: 0, u1: 50, v0: 0, v1: 160 }, true, 700, 190);
    const [byList, byLeaf] = [chosen(40), chosen(40)];
    chooseSpots(fresh, data, pose, ROOM, byList);
    chooseSpots(used, data, pose, ROOM, chosen(40));
    chooseSpots(used, data, pose, ROOM, byLeaf);
    expect(used.bins !== null).toBe(binned);
    expect(byLeaf.n).toBe(40);
    expect(byLeaf).toEqual(byList);
  });

  it('chooses the first items that are in the tree and in view, none within a mark of another', () => {
    const open = [...tracklet.keys()].map(itemAt);
    const spots = createSpots(axis, open, null);
    const pose = poseTree({ u0: 3, u1: 200, v0: 0, v1: 160 }, true, 700, 190);
    const out = chosen(3000);
    chooseSpots(spots, data, pose, ROOM, out);
    expect(out.n).toBeGreaterThan(100);
    const cells = new Set<string>();
    for (let n = 0; n < out.n; n++) {
      const [x, y] = [out.at[2 * n]!, out.at[2 * n + 1]!];
      expect(x >= -ROOM && x <= 700 + ROOM && y >= -ROOM && y <= 190 + ROOM).toBe(true);
      cells.add(`${Math.floor((x + ROOM) / 5)}/${Math.floor((y + ROOM) / 5)}`);
      expect(layout.place[(out.item[n]! % BRANCHES) | 0]).toBeGreaterThanOrEqual(0);
      if (n > 0) expect(out.item[n]).toBeGreaterThan(out.item[n - 1]!);
    }
    expect(cells.size).toBe(out.n);
  });
});
