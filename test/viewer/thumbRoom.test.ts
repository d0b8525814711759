import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutTree } from '../../viewer/src/layout/leafOrder.ts';
import { createPlan, planTree } from '../../viewer/src/layout/lod.ts';
import { placeThumbs } from '../../viewer/src/views/tree/thumbRoom.ts';
import {
  fitTree,
  frameAt,
  leafAt,
  leafPixels,
  poseTree,
  windowOf,
  zoomTree,
} from '../../viewer/src/views/tree/view.ts';
import { founders, makeForest } from './forest.ts';

const [WIDTH, HEIGHT] = [1400, 500];

describe('placeThumbs', () => {
  it('lays every picture where no branch, no joint and no other picture is, at most 60 of them', () => {
    const property = fc.property(
      fc.record({
        seed: fc.nat(1000),
        count: fc.integer({ min: 1, max: 400 }),
        down: fc.boolean(),
        zoom: fc.double({ min: 1, max: 60, noNaN: true }),
        at: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      ({ seed, count, down, zoom, at }) => {
        const branches = makeForest(count, seed, 40);
        const layout = layoutTree(branches, founders(branches));
        const nFrames = Math.max(...branches.t1) + 1;
        const fit = fitTree(layout, nFrames, leafPixels(down, WIDTH, HEIGHT));
        const about = { u: at * layout.width, v: at * nFrames };
        const view = zoomTree(fit, about, zoom, Math.sqrt(zoom), { width: layout.width, nFrames });
        const pose = poseTree(view, down, WIDTH, HEIGHT);
        const plan = createPlan();
        planTree(branches, layout, windowOf(pose), plan);
        const thumbs = placeThumbs(branches, layout, plan, pose);
        expect(thumbs.length).toBeLessThanOrEqual(60);
        const boxes = thumbs.map(({ x, y, side }) =>
          down ? { leaf: x, time: y, side } : { leaf: y, time: x, side },
        );
        const touched = (l0: number, l1: number, t0: number, t1: number, but = -1): boolean =>
          boxes.some(
            ({ leaf, time, side }, k) =>
              k !== but && leaf < l1 && leaf + side > l0 && time < t1 && time + side > t0,
          );
        let hits = 0;
        for (let k = 0; k < plan.nBars; k++) {
          const i = plan.bars[k]!;
          const b = layout.order[i]!;
          const x = leafAt(pose, layout.u[i]!);
          const end = frameAt(pose, branches.t1[b]!);
          if (touched(x - 1, x + 1, frameAt(pose, branches.from[b]!), end)) hits++;
          if (branches.childB[b]! < 0) continue;
          const [left, right] = [branches.childA[b]!, branches.childB[b]!].map((c) =>
            leafAt(pose, layout.u[layout.place[c]!]!),
          );
          if (touched(left!, right!, end - 1, end + 1)) hits++;
        }
        boxes.forEach(({ leaf, time, side }, k) => {
          expect(side).toBeGreaterThanOrEqual(30);
          if (touched(leaf, leaf + side, time, time + side, k)) hits++;
        });
        expect(hits).toBe(0);
      },
    );
    fc.assert(property);
  });

  it('shows a division that has room', () => {
    const branches = makeForest(3, 1, 40);
    branches.from.set([0, 20, 20]);
    branches.t0.set([0, 21, 21]);
    branches.t1.set([20, 40, 38]);
    branches.parent.set([-1, 0, 0]);
    branches.childA.set([1, -1, -1]);
    branches.childB.set([2, -1, -1]);
    const layout = layoutTree(branches, [0]);
    const pose = poseTree({ u0: -0.5, u1: 1.5, v0: 0, v1: 40 }, true, WIDTH, HEIGHT);
    const plan = createPlan();
    planTree(branches, layout, windowOf(pose), plan);
    expect(placeThumbs(branches, layout, plan, pose)).toMatchObject([{ branch: 0, side: 64 }]);
  });
});
