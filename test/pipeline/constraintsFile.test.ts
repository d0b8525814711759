import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { joinConstraints, readConstraintsFile } from '../../src/pipeline/constraintsFile.ts';
import { importTracks, type LinkJob, linkResult } from '../../src/pipeline/index.ts';
import { loadLinks } from '../../src/store/index.ts';
import { pairsOf } from '../cases/index.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const folder = tempFolder();
const result = join(folder, 'r.morula');
const options: LinkJob = { linker: 'global', maxDistance: Number.NaN, maxFrameInterval: 2, divisions: true };

/** A file of constraints, one a line. */
const fileOf = (...lines: unknown[]): string => {
  const path = join(folder, 'c.jsonl');
  writeFileSync(path, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  return path;
};
const link = async (...lines: unknown[]): Promise<string[]> => {
  await linkResult(result, { ...options, constraintsFile: fileOf(...lines) }, false);
  return pairsOf(await loadLinks(result)).map(([u, v]) => `${u} ${v}`);
};

beforeAll(async () => {
  // Two rows of cells 6 apart, ten in a row, three frames: row i goes on as i.
  const rows = Array.from({ length: 60 }, (_, k) => {
    const [t, i] = [Math.floor(k / 20), k % 20];
    const y = 9 * Math.floor(i / 10) + 0.3 * Math.sin(5 * i + t);
    return [k, t, 6 * (i % 10) + 0.3 * Math.cos(3 * i + 2 * t), y, 0, 2, -1].join(',');
  });
  const points = join(folder, 'points.csv');
  writeFileSync(points, ['id,t,x,y,z,radius,parent', ...rows].join('\n'));
  await importTracks({
    path: points,
    format: 'csv',
    movie: null,
    folder: result,
    detectionsOnly: true,
    overwrite: false,
  });
});

describe('readConstraintsFile', () => {
  it.each([
    ['[1]', 'line 1 must be a JSON object'],
    ['{"constraint": "must-link"}\nnull', 'line 2 must be a JSON object'],
    ['\n{"constraint": "maybe"}', 'line 2 must name a constraint (must-link, cannot-link, '],
  ])('refuses %j, naming the line', async (text, message) => {
    const path = join(folder, 'bad.jsonl');
    writeFileSync(path, text);
    await expect(readConstraintsFile(path)).rejects.toThrow(message);
  });

  it('says that a file is not there', async () => {
    const reading = readConstraintsFile(join(folder, 'none.jsonl'));
    await expect(reading).rejects.toMatchObject({ tag: 'not-found', exit: 65 });
  });
});

describe('linkResult, with constraints', () => {
  it('does what a file demands, nodes by number and by frame and place, and leaves the rest', async () => {
    const pairs = await link(
      { constraint: 'must-link', source: '0~4', target: 25 },
      { constraint: 'cannot-link', source: 7, target: '1~7' },
      { constraint: 'forbidden', node: 52 },
    );
    expect(pairs).toContain('4 25');
    expect(pairs).not.toContain('7 27');
    expect(pairs.filter((pair) => pair.split(' ').includes('52'))).toEqual([]);
    expect(pairs).toContain('0 20');
  });

  it('divides, ends and begins where told', async () => {
    const pairs = await link(
      { constraint: 'must-divide', node: 23 },
      { constraint: 'ends', node: 8 },
      { constraint: 'begins', node: 35 },
    );
    expect(pairs.filter((pair) => pair.startsWith('23 '))).toHaveLength(2);
    expect(pairs.filter((pair) => pair.startsWith('8 ') || pair.endsWith(' 35'))).toEqual([]);
  });

  it('keeps the links of frozen nodes as they stand, and does nothing twice', async () => {
    await link({ constraint: 'must-link', source: 4, target: 25 });
    const frozen = [{ constraint: 'frozen', node: 25 }];
    expect(await link(...frozen)).toContain('4 25');
    const again = await linkResult(result, { ...options, constraintsFile: fileOf(...frozen) }, false);
    expect(again.fresh).toBe(false);
    const free = await linkResult(result, options, false);
    expect([free.fresh, free.run.link?.constraints]).toEqual([true, undefined]);
    expect(pairsOf(await loadLinks(result))).not.toContainEqual([4, 25]);
  });

  it.each([
    [{ constraint: 'must-divide', node: '5~1' }, 'line 1 must name a detection as "node", got "5~1"'],
    [{ constraint: 'must-link', source: 3 }, 'line 1 must name a detection as "target", got nothing'],
    [{ constraint: 'must-link', source: 23, target: 3 }, 'must-link 23 to 3 contradicts time'],
  ])('refuses %j', async (line, message) => {
    await expect(link(line)).rejects.toThrow(message);
  });

  it('refuses them for the linker lap', async () => {
    const job: LinkJob = { ...options, linker: 'lap', constraintsFile: fileOf() };
    await expect(linkResult(result, job, false)).rejects.toMatchObject({ tag: 'usage' });
  });
});

describe('joinConstraints', () => {
  it('holds both', () => {
    expect(joinConstraints({ forbidden: [1] }, { forbidden: [2], mustLink: [[3, 4]] })).toEqual({
      forbidden: [1, 2],
      mustLink: [[3, 4]],
    });
  });
});
