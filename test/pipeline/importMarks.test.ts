import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportResult, importTracks } from '../../src/pipeline/index.ts';
import { loadResult, openResult } from '../../src/store/index.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const folder = tempFolder();

const TABLE = `id,t,x,y,z,radius,parent,name,colour,tags,groups
1,0,1,1,0,1,-1,P0,,,
2,1,1,1,0,1,1,P0,#FF0000,,
3,2,0,1,0,1,2,AB,,late;odd,left
4,2,2,1,0,1,2,,,odd,
5,3,0,1,0,1,3,AB,,,left;to look at
6,3,2,1,0,1,4,,,,to look at
7,3,9,9,0,1,-1,lone,,,
8,4,9,9,0,1,7,other,,,
`;

async function made(name: string, path: string, detectionsOnly = false): Promise<[string, string[]]> {
  const result = join(folder, `${name}.morula`);
  const job = { path, format: 'auto', movie: null, folder: result, detectionsOnly, overwrite: false };
  return [result, (await importTracks(job)).warnings];
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function marksOf(result: string): Promise<unknown> {
  const { names, colours, tags, groups } = (await loadResult(result, await openResult(result))).marks;
  return { names: [...names], colours: [...colours], tags: [...tags], groups: [...groups] };
}

const nodes = (result: string): string[] =>
  readFileSync(join(result, 'tables', 'nodes.csv'), 'utf8')
    .trim()
    .split('\n');

const MARKS = {
  names: [
    [1, 'P0'],
    [2, 'AB'],
  ],
  colours: [[1, '#ff0000']],
  tags: [
    [2, ['late', 'odd']],
    [3, ['odd']],
  ],
  groups: [
    ['left', [2, 4]],
    ['to look at', [4, 5]],
  ],
};

describe('importTracks, of names, colours and tags', () => {
  it('has them as one edit, in graph, tables and README, and says which it left out', async () => {
    const [result, warnings] = await made('points', file('named.csv', TABLE));
    expect(warnings).toEqual(['import: names that differ along a track were left out: 1 tracks']);
    expect(await marksOf(result)).toEqual(MARKS);
    const [head, first, , third] = nodes(result);
    expect(head).toMatch(/,rescued,name,colour,tags,groups$/);
    expect([first, third]).toEqual([
      expect.stringMatching(/,P0,#ff0000,,$/),
      expect.stringMatching(/,AB,,"late;odd",left$/),
    ]);
    expect(readFileSync(join(result, 'README.txt'), 'utf8')).toMatch(
      /^ {2}name +- +what somebody called the cell/m,
    );
    const log = readFileSync(join(result, 'edits.jsonl'), 'utf8').trim().split('\n');
    expect(log.length).toBe(2);
    expect(log[1]).toContain('names and the like of named"');
  });

  it('adds nothing when the same file is imported again', async () => {
    const path = join(folder, 'named.csv');
    const [result] = await made('points', path);
    expect(readFileSync(join(result, 'edits.jsonl'), 'utf8').trim().split('\n').length).toBe(2);
    expect(nodes(result)[1]).toMatch(/,P0,#ff0000,,$/);
  });

  it.each([
    ['geff', 'out.geff', MARKS],
    ['csv', 'out.csv', MARKS],
    ['trackmate', 'out.xml', { ...MARKS, tags: [], groups: [] }],
    ['mastodon', 'out-mastodon.csv', { ...MARKS, colours: [], groups: [] }],
    ['napari', 'out-napari.csv', { ...MARKS, tags: [], groups: [] }],
  ])('brings them back from %s', async (format, name, marks) => {
    const out = join(folder, name);
    await exportResult(join(folder, 'points.morula'), format, out, 'interpolate');
    const [result] = await made(`back-${format}`, out);
    expect(await marksOf(result)).toEqual(marks);
  });

  it('leaves them out with the links, and says so', async () => {
    const [result, warnings] = await made('bare', join(folder, 'named.csv'), true);
    expect(warnings).toContain('import: names, colours, tags and groups were left out with the links');
    expect(readdirSync(result)).not.toContain('edits.jsonl');
  });

  it('makes no edit of a file that names nothing', async () => {
    const [result] = await made('plain', file('plain.csv', 'id,t,x,y,parent\n1,0,1,1,-1\n'));
    expect(readdirSync(result)).not.toContain('edits.jsonl');
  });
});
