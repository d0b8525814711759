import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConstraints } from '../../src/link/constraints.ts';
import type { Block } from '../../src/link/global/blocks.ts';
import type { Scene } from '../../src/link/global/fit.ts';
import { type BlockRunner, inThisThread, solveBlock, solveScene } from '../../src/link/global/solveBlock.ts';
import { fitWindow } from '../../src/link/resolve/fitWindow.ts';
import type { Alternatives, LinkOptions } from '../../src/link/types.ts';
import { pairsOf, randomLineage } from '../cases/index.ts';

const options: LinkOptions = {
  linker: 'global',
  maxDistance: Number.NaN,
  maxFrameInterval: 1,
  divisions: true,
};

/** A movie with its true links, as the linker sees it in its last pass. */
function sceneOf(seed: number): { scene: Scene; model: ReturnType<typeof fitWindow>['model'] } {
  const { detections, links } = randomLineage(seed, { nFounders: 12, pDivision: 0.15 });
  const [source, target] = [[...links.source], [...links.target]];
  const rows = Int32Array.from({ length: detections.count }, (_, row) => row);
  const rest = { rowOf: (row: number) => row, link: source.map((_, k) => k), leaving: [], entering: [] };
  const { scene, model } = fitWindow({ detections, rows, source, target, ...rest }, options);
  const [u, v] = pairsOf(links)[seed % links.count];
  const constraints = { cannotLink: [[u, v] as const], forbidden: [(3 * seed) % detections.count] };
  return { scene: { ...scene, constraints: readConstraints(constraints, detections.t) }, model };
}

/** Decides on blocks in any order, several at once. */
const late = (delays: readonly number[]): BlockRunner => {
  let at = 0;
  return {
    width: 3,
    async run(task) {
      const delay = delays[at++ % delays.length];
      for (let k = 0; k < delay; k++) await new Promise((done) => setImmediate(done));
      return solveBlock(task);
    },
  };
};

/** Alternatives in an order that says nothing. */
const lines = ({ source, targetA, targetB, prob }: Alternatives): string[] =>
  source.map((u, k) => `${u} ${targetA[k]} ${targetB[k]} ${prob[k]}`).sort();

describe('solveScene', () => {
  it('decides the same however the frames are cut and whatever is done first, constraints included', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 });
    const delays = fc.array(fc.nat(4), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.nat(500), cuts, delays, async (seed, lengths, waits) => {
        const { scene, model } = sceneOf(seed);
        const last = scene.offsets.length - 2;
        const blocks: Block[] = [];
        for (let from = 0; from < last; ) {
          const to = Math.min(last, from + lengths[blocks.length % lengths.length]);
          blocks.push({ from, to });
          from = to;
        }
        const rest = async (): Promise<void> => undefined;
        const [one, many] = [
          await solveScene(scene, model, [{ from: 0, to: last }], inThisThread(), true, rest),
          await solveScene(scene, model, blocks, late(waits), true, rest),
        ];
        const { solve: sumOfOne, alternatives: some, ...decided } = one;
        const { solve: sumOfMany, alternatives: others, ...decidedToo } = many;
        expect(decidedToo).toEqual(decided);
        expect(lines(others)).toEqual(lines(some));
        expect(sumOfMany.components).toBe(sumOfOne.components);
        expect(sumOfMany.cost).toBeCloseTo(sumOfOne.cost, 6);
        expect(sumOfMany.cost - sumOfMany.bound).toBeLessThan(1e-5);
        const [ruledOut] = scene.constraints!.cannot;
        expect(many.source.map((u, k) => `${u} ${many.target[k]}`)).not.toContain(ruledOut);
        const [forbidden] = scene.constraints!.forbidden;
        expect([...many.source, ...many.target]).not.toContain(forbidden);
      }),
      { numRuns: 12 },
    );
  });
});
