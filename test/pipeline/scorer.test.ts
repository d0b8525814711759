import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkApart } from '../../src/pipeline/linkApart.ts';
import { chooseScorer } from '../../src/pipeline/scorer.ts';
import { makeDetections } from '../cases/index.ts';
import { randomLineage } from '../cases/random.ts';
import { echo, NAMES, scorerFile } from '../helpers/scorer.ts';

let folder = '';
let same = '';
let doubting = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'morula-scorer-'));
  [same, doubting] = ['same', 'doubting'].map((name) => join(folder, `${name}.onnx`));
  writeFileSync(same, scorerFile(echo(), NAMES));
  writeFileSync(doubting, scorerFile(echo(-200), NAMES));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('chooseScorer', () => {
  it('finds none where none is wanted, and none by itself', async () => {
    expect(await chooseScorer('global', 'none')).toBeNull();
    expect(await chooseScorer('global')).toBeNull();
    expect(await chooseScorer('lap', 'auto')).toBeNull();
  });

  it('opens a file and names its content', async () => {
    const chosen = await chooseScorer('global', same);
    expect(chosen?.path).toBe(same);
    expect(chosen?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('refuses a file for a linker that takes none', async () => {
    await expect(chooseScorer('lap', same)).rejects.toThrow(
      /scorer must be auto or none with the linker lap/,
    );
  });

  it('refuses a file that is not there, and one that is no scorer', async () => {
    await expect(chooseScorer('global', join(folder, 'nothing.onnx'))).rejects.toThrow(/cannot be read/);
    const other = join(folder, 'other.onnx');
    writeFileSync(other, scorerFile(echo()));
    await expect(chooseScorer('global', other)).rejects.toThrow(/must take the features/);
  });
});

describe('linkApart', () => {
  it('links as the scorer of a file says', async () => {
    const { detections } = randomLineage(5);
    const options = {
      linker: 'global',
      maxDistance: Number.NaN,
      maxFrameInterval: 1,
      divisions: true,
    } as const;
    const counts = [];
    for (const scorer of [null, same, doubting]) {
      counts.push((await linkApart(detections, options, {}, 1, scorer)).links.count);
    }
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts).toEqual([counts[0], counts[0], 0]);
  });

  it('asks the scorer in threads of their own where there are many detections', async () => {
    const rows = Array.from({ length: 5100 }, (_, k) => ({
      t: Math.floor(k / 510),
      y: 10 * Math.floor((k % 510) / 25) + Math.sin(k),
      x: 10 * ((k % 510) % 25) + Math.cos(2 * k),
    }));
    const options = {
      linker: 'global',
      maxDistance: Number.NaN,
      maxFrameInterval: 1,
      divisions: true,
    } as const;
    const { links } = await linkApart(makeDetections(rows), options, {}, 2, doubting);
    expect(links.count).toBe(0);
  }, 120_000);
});
