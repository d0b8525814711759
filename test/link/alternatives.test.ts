import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LinkOptions, linkDetections } from '../../src/link/index.ts';
import { makeDetections, pairsOf, type Row, randomLineage } from '../cases/index.ts';

const options: LinkOptions = {
  linker: 'global',
  maxDistance: Number.NaN,
  maxFrameInterval: 1,
  divisions: true,
};

/** Cells of the sheet below in each frame, before the two that turn. */
const OTHERS = 62;

/**
 * A sheet of cells that quiver, and two cells in it that stand beside each other in frames 0 and 1 and above each other in
 * 2 and 3: each place is as far from either.
 */
function turningPair() {
  const rows: Row[] = [];
  for (let t = 0; t < 4; t++) {
    for (let i = 0; i < 64; i++) {
      if (i === 27 || i === 28) continue;
      const quiver = [Math.sin(3.1 * i + 5 * t), Math.cos(2.7 * i + 7 * t)];
      rows.push({ t, y: 10 * Math.floor(i / 8) + quiver[0], x: 10 * (i % 8) + quiver[1] });
    }
    for (const side of [-1.2, 1.2])
      rows.push(t < 2 ? { t, y: 30, x: 35 + side } : { t, y: 30 + side, x: 35 });
  }
  return makeDetections(rows);
}

describe('alternatives', () => {
  it('hold where else a cell may have gone, about as likely as where it went', async () => {
    const detections = turningPair();
    const { links, certainty } = await linkDetections(detections, options);
    const { source, targetA, targetB, prob } = certainty!.alternatives;
    const first = OTHERS + 2;
    const next = [2 * first + OTHERS, 2 * first + OTHERS + 1];
    for (const row of [first + OTHERS, first + OTHERS + 1]) {
      const went = pairsOf(links).filter(([u]) => u === row);
      expect(went).toHaveLength(1);
      const other = next.find((v) => v !== went[0][1]);
      const at = source.findIndex((u, k) => u === row && targetA[k] === other && targetB[k] < 0);
      expect(prob[at]).toBeGreaterThan(0.3);
      expect(prob[at]).toBeLessThan(0.6);
    }
  });

  it('are three at most for a cell, the likeliest first, none of them what was chosen', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(2000), async (seed) => {
        const { detections } = randomLineage(seed, { nFounders: 10, pDivision: 0.2, pGap: 0.1 });
        const { links, certainty } = await linkDetections(detections, options);
        const { source, targetA, targetB, prob } = certainty!.alternatives;
        const chosen = new Map<number, number[]>();
        for (const [u, v] of pairsOf(links))
          chosen.set(
            u,
            [...(chosen.get(u) ?? []), v].sort((a, b) => a - b),
          );
        const others = new Map<number, number[]>();
        for (let k = 0; k < source.length; k++) {
          if (source[k] < 0) continue;
          others.set(source[k], [...(others.get(source[k]) ?? []), prob[k]]);
          const option = [targetA[k], targetB[k]].filter((v) => v >= 0).sort((a, b) => a - b);
          expect(option).not.toEqual(chosen.get(source[k]) ?? []);
        }
        for (const probs of others.values()) {
          expect(probs.length).toBeLessThanOrEqual(3);
          expect([...probs].sort((a, b) => b - a)).toEqual(probs);
          expect(probs.reduce((sum, p) => sum + p, 0)).toBeLessThanOrEqual(1 + 1e-6);
        }
      }),
      { numRuns: 6 },
    );
  });
});
