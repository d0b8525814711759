import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openEditLog, openResult } from '../../src/store/index.ts';
import { makeEditable } from '../helpers/editable.ts';
import { obey } from '../helpers/obey.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { here, simulate } from './morula.ts';

const root = tempFolder();
const whole = join(root, 'whole');
let copies = 0;

/** A copy of the whole result with something done to it. */
function damaged(harm: (folder: string) => void): string {
  const folder = join(root, `r${copies++}`);
  cpSync(whole, folder, { recursive: true });
  harm(folder);
  return folder;
}

const flip = (path: string) => (folder: string) => {
  const bytes = readFileSync(join(folder, path));
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(join(folder, path), bytes);
};
const remove = (path: string) => (folder: string) => rmSync(join(folder, path), { recursive: true });
const cut = (path: string) => (folder: string) => {
  const { length } = readFileSync(join(folder, path));
  truncateSync(join(folder, path), length - 1);
};

beforeAll(async () => {
  mkdirSync(whole);
  await makeEditable(whole);
  const writer = await openEditLog(whole, (await openResult(whole)).segmentKey);
  for (const seq of [1, 2, 3]) {
    const changes = [{ slot: `name:0.${seq}` as const, after: 'name' }];
    await writer.append({ seq, id: `${seq}`, kind: 'edit', at: '', by: '', label: '', changes });
  }
  await writer.close();
  await here('link', whole, '--quiet');
});

describe('verify', () => {
  it.each([[[]], [['--deep']]])('finds nothing in a whole result %j', async (flags) => {
    const { code, stdout } = await here('verify', whole, ...flags, '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { damaged: 0, flaws: [], frames: 8 }]);
    expect((await here('verify', whole)).stdout).toMatch(
      /^verified {4}8 frames, \d+ files, sizes .*: whole\n$/,
    );
  });

  const frame = 'frames/000003.bin';
  const pixels = 'labels/cells/0/c/3/0/0';
  it.each([
    ['a frame that is gone', remove('frames/000003.json'), 'frame 3', 'morula track'],
    ['a torn frame', cut(frame), 'frame 3', 'morula track'],
    ['labels that are gone', remove(pixels), 'frame 3', 'morula track'],
    ['a damaged marker', cut('frames/000003.json'), 'frame 3', 'morula track'],
    ['links that are gone', remove('links.bin'), 'links.bin', 'morula link'],
    ['a flipped bit in the links', flip('links.bin'), 'checksum', '--overwrite'],
    ['a table that is cut', cut('tables/nodes.csv'), 'nodes.csv', 'morula link'],
    ['a graph that is gone', remove('tracks.geff'), 'tracks.geff', 'morula link'],
    ['no mark of linking', remove('links.json'), 'links.json', 'morula link'],
    [
      'an edit that is cut short',
      cut('edits.jsonl'),
      'must hold the 3 edits that the tables show, found 2',
      '',
    ],
    ['edits that are gone', remove('edits.jsonl'), 'must hold the 3 edits that the tables show, found 0', ''],
    [
      'an edit that is cut short before a table shows it',
      (folder: string) => appendFileSync(join(folder, 'edits.jsonl'), '{"crc":"'),
      'cut short',
      'morula view',
    ],
    ['a flipped bit in an edit', flip('edits.jsonl'), 'damaged at line', ''],
  ])('finds %s, says what mends it, and exits with 65', async (_name, harm, what, mend) => {
    const folder = damaged(harm);
    const { code, stdout } = await here('verify', folder, '--json');
    expect(code).toBe(65);
    const { flaws, damaged: count } = JSON.parse(stdout) as {
      flaws: { kind: string; what: string; mend: string | null }[];
      damaged: number;
    };
    const found = flaws.filter(({ kind }) => kind === 'damage');
    expect(found.length).toBe(count);
    expect(found.map((flaw) => flaw.what).join('\n')).toContain(what);
    expect(found.map((flaw) => flaw.mend ?? '').join('\n')).toContain(mend);
    expect((await here('verify', folder)).stdout).toContain('damage');
  });

  it.each([frame, pixels])('finds a flipped bit in %s, in pixels by --deep alone', async (path) => {
    const folder = damaged(flip(path));
    const shallow = await here('verify', folder, '--json');
    const deep = await here('verify', folder, '--deep', '--json');
    expect(deep.code).toBe(65);
    expect(deep.stdout).toContain('checksum');
    expect(deep.stdout).toContain('rm ');
    // The tables of the frames are read for the graph; label images are not.
    if (path === pixels) expect(shallow.code).toBe(0);
    else expect(shallow).toMatchObject({ code: 65, stdout: deep.stdout });
  });

  it('finds nothing any more when the command that it names was run', async () => {
    const folder = damaged((at) => {
      cut('tables/nodes.csv')(at);
      appendFileSync(join(at, 'edits.jsonl'), '{"crc":"');
    });
    expect((await here('verify', folder)).code).toBe(65);
    await here('link', folder, '--quiet');
    const { serveResult } = await import('../../src/serve/index.ts');
    const { makePage } = await import('../helpers/editable.ts');
    await (await serveResult(folder, { port: 0, page: makePage(root) })).close();
    expect(await here('verify', folder, '--deep')).toMatchObject({ code: 0 });
  });

  it('counts edits that no table shows yet as no damage', async () => {
    const folder = damaged(() => undefined);
    const writer = await openEditLog(folder, (await openResult(folder)).segmentKey);
    const changes = [{ slot: 'name:0.1' as const, before: 'name', after: 'other' }];
    await writer.append({ seq: 4, id: '4', kind: 'edit', at: '', by: '', label: '', changes });
    await writer.close();
    const { code, stdout } = await here('verify', folder);
    expect([code, stdout]).toEqual([0, expect.stringContaining('show 3 of the 4 lines')]);
  });

  it.each([
    ['the last line', (path: string) => truncateSync(path, readFileSync(path).lastIndexOf('\n{') + 1)],
    ['all', (path: string) => rmSync(path)],
  ])('is not alone in seeing that %s of the edits is gone: nothing is made without them', async (_, harm) => {
    const folder = damaged((at) => harm(join(at, 'edits.jsonl')));
    const tables = readFileSync(join(folder, 'tables/nodes.csv'), 'utf8');
    for (const args of [
      ['link'],
      ['link', '--overwrite'],
      ['export', '--format', 'csv', '-o', `${folder}.csv`],
    ]) {
      const [command, ...rest] = args;
      expect(await here(command!, folder, ...rest, '--quiet')).toMatchObject({
        code: 65,
        stderr: expect.stringMatching(/must hold the 3 edits that the tables show, found [02]; restore it/),
      });
    }
    expect(readFileSync(join(folder, 'tables/nodes.csv'), 'utf8')).toBe(tables);
    rmSync(join(folder, 'links.json'));
    expect(await here('link', folder, '--quiet')).toMatchObject({ code: 0 });
    expect(await here('verify', folder, '--deep')).toMatchObject({ code: 0 });
  });

  it('names once the command that mends many files, and does not list them all', async () => {
    const folder = damaged(remove('tracks.geff'));
    const { code, stdout } = await here('verify', folder, '--deep');
    const lines = stdout.trimEnd().split('\n');
    expect(code).toBe(65);
    expect(lines).toHaveLength(8);
    expect(lines[5]).toMatch(/^damage {6}and \d\d more like these \(--json lists them\)$/);
    expect(lines[6]).toContain(`mend        morula link ${folder}`);
    const { flaws } = JSON.parse((await here('verify', folder, '--json')).stdout) as { flaws: object[] };
    expect(flaws.length).toBeGreaterThan(20);
  });

  it('says of a damaged file nothing more than that', async () => {
    for (const path of ['links.bin', 'tracks.geff/edges/ids/.zarray']) {
      const { stdout } = await here('verify', damaged(flip(path)), '--json');
      const { flaws } = JSON.parse(stdout) as { flaws: { what: string }[] };
      expect(flaws.map(({ what }) => what)).toEqual([expect.stringContaining(path)]);
    }
  });

  it('lists the first frames that a run has not come to, and the command that goes on', async () => {
    const folder = join(root, 'begun');
    const movie = await simulate(root, 'long', 9);
    const few = ['segment', movie, '-o', folder, '--frames', '0:2', '--workers', '1', '--quiet'];
    expect(await here(...few)).toMatchObject({ code: 0 });
    const { code, stdout } = await here('verify', folder, '--deep');
    expect([code, stdout.split('\n')]).toEqual([
      0,
      [
        ...[2, 3, 4, 5, 6].map((t) => expect.stringMatching(`^unfinished  frame ${t}: `)),
        'unfinished  and 2 more like these (--json lists them)',
        `mend        morula track ${movie} -o ${folder}`,
        expect.stringMatching(/^verified .*: whole, not finished$/),
        '',
      ],
    ]);
  });

  it('names the command that keeps the edits before a damaged one', async () => {
    const folder = damaged(() => undefined);
    const path = join(folder, 'edits.jsonl');
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(
      path,
      [...lines.slice(0, 2), lines[2]!.replace('name', 'nome'), ...lines.slice(3)].join('\n'),
    );
    rmSync(join(folder, 'links.json'));
    const { flaws } = JSON.parse((await here('verify', folder, '--json')).stdout) as {
      flaws: { mend: string }[];
    };
    execFileSync('sh', ['-c', flaws[0]!.mend]);
    expect(readFileSync(path, 'utf8')).toBe(`${lines.slice(0, 2).join('\n')}\n`);
    expect(await here('link', folder, '--quiet')).toMatchObject({ code: 0 });
    expect(await here('verify', folder, '--deep')).toMatchObject({ code: 0 });
  });

  it.each([
    ['a bit of an edit in the middle', 2],
    ['a bit of the last edit', 3],
  ])('names one command that gives up what %s takes along, tables too', async (_, line) => {
    const folder = damaged((at) => {
      const path = join(at, 'edits.jsonl');
      const lines = readFileSync(path, 'utf8').split('\n');
      lines[line] = lines[line]!.replace('name', 'nome');
      writeFileSync(path, lines.join('\n'));
    });
    const { flaws } = JSON.parse((await here('verify', folder, '--json')).stdout) as {
      flaws: { mend: string }[];
    };
    expect(flaws).toHaveLength(1);
    const [keep, ...rest] = flaws[0]!.mend.split(/ && (?=rm )/);
    if (rest.length > 0) execFileSync('sh', ['-c', keep!]);
    await obey(rest[0] ?? keep!);
    expect(readFileSync(join(folder, 'edits.jsonl'), 'utf8').split('\n')).toHaveLength(line + 1);
    expect(await here('verify', folder, '--deep')).toMatchObject({ code: 0 });
  });

  it('refuses what is no result', async () => {
    expect(await here('verify', root)).toMatchObject({
      code: 65,
      stderr: expect.stringContaining('no run.json'),
    });
  });
});
