import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BlockOutcome, type BlockRunner, inThisThread, linkDetections } from '../../src/link/index.ts';
import type { LinkOptions } from '../../src/link/types.ts';
import { clearBlocks, shareBlocks, sharedRunner } from '../../src/store/blocks.ts';
import { makeDetections } from '../cases/index.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const root = tempFolder();
const options: LinkOptions = {
  linker: 'global',
  maxDistance: Number.NaN,
  maxFrameInterval: 2,
  divisions: true,
};
/** 60 cells that walk, one of which divides. */
const detections = makeDetections(
  Array.from({ length: 6 }, (_, t) => [
    ...Array.from({ length: 60 }, (_, i) => ({
      t,
      y: 10 * Math.floor(i / 8) + Math.sin(3.1 * i + 5 * t),
      x: 10 * (i % 8) + Math.cos(2.7 * i + 7 * t),
    })),
    ...(t < 3 ? [] : [{ t, y: 4, x: 4 }]),
  ]).flat(),
);

/** Links, and says how many blocks were decided on by itself. */
async function link(folder: string, key = 'key', first = 0): Promise<{ found: unknown; decided: number }> {
  let decided = 0;
  const plain = inThisThread();
  const counting: BlockRunner = {
    width: 1,
    run: (task) => {
      decided++;
      return plain.run(task);
    },
  };
  const runner = sharedRunner(counting, shareBlocks(folder, key, first));
  return { found: await linkDetections(detections, options, undefined, runner), decided };
}

const files = (folder: string): string[] =>
  readdirSync(join(folder, 'blocks'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.bin'))
    .map((name) => join(folder, 'blocks', name));

describe('sharedRunner', () => {
  it('takes what another machine decided, with the same result to the bit', async () => {
    const folder = join(root, 'taken');
    const plain = await linkDetections(detections, options);
    const [first, second] = [await link(folder), await link(folder, 'key', 3)];
    expect(first.decided).toBeGreaterThan(2);
    expect(files(folder).length).toBe(first.decided);
    expect(second.decided).toBe(0);
    expect(first.found).toEqual(plain);
    expect(second.found).toEqual(plain);
    expect((await link(folder, 'other settings')).decided).toBe(first.decided);
  });

  it('decides again what is damaged or cut short', async () => {
    const folder = join(root, 'damaged');
    const { found } = await link(folder);
    const [one, other] = files(folder);
    const bytes = readFileSync(one!);
    bytes[bytes.length - 9]! ^= 4;
    writeFileSync(one!, bytes);
    writeFileSync(other!, readFileSync(other!).subarray(0, 70));
    const again = await link(folder);
    expect(again).toEqual({ found, decided: 2 });
    expect((await link(folder)).decided).toBe(0);
  });

  it('goes on where another machine has taken the folder away', async () => {
    const folder = join(root, 'away');
    const plain = inThisThread();
    const runner: BlockRunner = {
      width: 1,
      async run(task): Promise<BlockOutcome> {
        const outcome = await plain.run(task);
        await clearBlocks(folder);
        return outcome;
      },
    };
    const shared = sharedRunner(runner, shareBlocks(folder, 'key', 0));
    expect(await linkDetections(detections, options, undefined, shared)).toEqual(
      await linkDetections(detections, options),
    );
    await clearBlocks(folder);
    expect(existsSync(join(folder, 'blocks'))).toBe(false);
  });
});
