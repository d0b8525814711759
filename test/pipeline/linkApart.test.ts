import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { MorulaError } from '../../src/errors/index.ts';
import { linkDetections } from '../../src/link/index.ts';
import type { LinkOptions, LinkResult } from '../../src/link/types.ts';
import { linkApart } from '../../src/pipeline/linkApart.ts';
import type { Progress } from '../../src/pipeline/progress.ts';
import { shareBlocks } from '../../src/store/index.ts';
import { makeDetections, type Row } from '../cases/index.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const options: LinkOptions = {
  linker: 'global',
  maxDistance: Number.NaN,
  maxFrameInterval: 2,
  divisions: true,
};

/** 11 frames of 550 cells that walk, some of them missed: two blocks of frames. */
const detections = makeDetections(
  Array.from({ length: 11 }, (_, t) =>
    Array.from({ length: 550 }, (_, i): Row[] => {
      const bent = [Math.sin(12.9898 * i), Math.sin(78.233 * i)];
      const walk = [Math.sin(3.1 * i + 5 * t), Math.cos(2.7 * i + 7 * t)];
      const at = {
        y: 10 * Math.floor(i / 25) + 4 * bent[0] + walk[0],
        x: 10 * (i % 25) + 4 * bent[1] + walk[1],
      };
      return (7 * i + 11 * t) % 50 === 0 ? [] : [{ t, ...at }];
    }),
  ).flat(2),
);

/** Everything that linking gives, down to the bits. */
const bytesOf = ({ links, certainty, motion, solve }: LinkResult): string => {
  const columns = [links.source, links.target, links.cost, links.prob];
  const sure = [certainty!.ends, certainty!.begins, certainty!.divides];
  const text = [...columns, ...sure].map((a) =>
    Buffer.from(a.buffer, a.byteOffset, a.byteLength).toString('hex'),
  );
  const rest = { solve, alternatives: certainty!.alternatives, matrices: motion!.map((m) => [...m.matrix]) };
  return [...text, JSON.stringify(rest)].join(' ');
};

describe('linkApart', () => {
  let here: string;
  beforeAll(async () => {
    here = bytesOf(await linkDetections(detections, options));
  }, 240_000);

  it('gives the same bytes with any number of threads, and tells how far it is', async () => {
    expect(detections.count).toBeGreaterThan(5000);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), async (width) => {
        const seen: Progress[] = [];
        const result = await linkApart(detections, options, { onProgress: (p) => seen.push(p) }, width);
        expect(bytesOf(result)).toBe(here);
        for (const { stage, done, total } of seen) expect([stage, done <= total]).toEqual(['linking', true]);
      }),
      { numRuns: 2 },
    );
  }, 120_000);

  it('gives the same bytes where blocks are shared, begun with any of them, and by the second machine none is decided', async () => {
    const folder = tempFolder();
    for (const first of [7, 0]) {
      const sharing = shareBlocks(folder, 'key', first);
      const result = await linkApart(detections, options, {}, 2, null, sharing);
      expect(bytesOf(result)).toBe(here);
      // Two blocks in each of three passes.
      expect(readdirSync(sharing.folder).length).toBe(6);
    }
  }, 240_000);

  it('stops in the middle of its work when told, with the reason that was given', async () => {
    const controller = new AbortController();
    const reason = new MorulaError('interrupted', 'interrupted: enough');
    const linking = linkApart(detections, options, {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    const patience = setTimeout(() => controller.abort(reason), 1500);
    await expect(linking).rejects.toBe(reason);
    clearTimeout(patience);
    await expect(linkApart(detections, options, { signal: controller.signal })).rejects.toBe(reason);
  });
});
