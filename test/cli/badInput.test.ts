import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { starNetwork } from '../helpers/onnx.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { mountTinyDisk, type TinyDisk } from '../helpers/tinyDisk.ts';
import { contentOf, here, morula, simulate } from './morula.ts';

const folder = tempFolder();
const result = join(folder, 'whole');
const NEVER = join(folder, 'never');
let movie: string;

beforeAll(async () => {
  movie = await simulate(folder, 'a');
  const { code, stderr } = await here('track', movie, '-o', result, '--workers', '1', '--quiet');
  if (code !== 0) throw new Error(stderr);
});

/** Runs a command that must fail in one line, and gives the line without its head. */
async function failure(exit: number, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await here(...args);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^morula: [^\n]+[^.\n]\n$/);
  expect([code, stderr]).toEqual([exit, stderr]);
  return stderr.slice('morula: '.length, -1);
}

/** A copy of the movie that may be spoilt. */
function spoilt(name: string): string {
  const path = join(folder, `${name}.ome.zarr`);
  cpSync(movie, path, { recursive: true });
  return path;
}

const chunk = (path: string, t: number): string => join(path, `0/c/${t}/0/0/0`);
const done = (path: string): string[] =>
  readdirSync(join(path, 'frames')).filter((name) => name.endsWith('.json'));

describe('track on what is no movie', () => {
  it.each([
    ['a path that is not there', 'nothing', 'found nothing there'],
    ['an empty folder', 'empty', 'found a folder without either'],
    ['a text file', 'text.txt', 'found a file of 6 bytes that is no TIFF'],
  ])('says what a movie is and what was found instead: %s', async (_, name, found) => {
    mkdirSync(join(folder, 'empty'), { recursive: true });
    writeFileSync(join(folder, 'text.txt'), 'hello\n');
    expect(await failure(65, 'track', join(folder, name), '-o', NEVER)).toBe(
      `read: ${join(folder, name)} is not a movie: expected an OME-Zarr folder (.zattrs or zarr.json), a TIFF file or a folder of TIFFs, ${found}`,
    );
    expect(existsSync(NEVER)).toBe(false);
  });

  it('says that axes have no time', async () => {
    const path = spoilt('timeless');
    const text = readFileSync(join(path, 'zarr.json'), 'utf8');
    writeFileSync(
      join(path, 'zarr.json'),
      text.replace(/"name": "t",\s*"type": "time",\s*"unit": "second"/, '"name": "z", "type": "space"'),
    );
    expect(await failure(65, 'track', path, '-o', NEVER)).toBe(
      `read: axes "z c y x" have no t, a time-lapse is needed (${path})`,
    );
  });

  it('names the array that is missing', async () => {
    const path = spoilt('arrayless');
    rmSync(join(path, '0/zarr.json'));
    expect(await failure(65, 'track', path, '-o', NEVER)).toContain(`array "0" of ${path} must be there`);
  });

  it('names the metadata that do not parse', async () => {
    const path = spoilt('torn');
    truncateSync(join(path, 'zarr.json'), 20);
    expect(await failure(65, 'track', path, '-o', NEVER)).toContain(join(path, 'zarr.json'));
    expect(existsSync(NEVER)).toBe(false);
  });
});

describe('track on a movie with a chunk that does not decode', () => {
  const damages: [string, (path: string) => void][] = [
    ['cut short', (path) => truncateSync(path, statSync(path).size - 1)],
    ['empty', (path) => truncateSync(path, 0)],
    ['longer', (path) => appendFileSync(path, 'x')],
    [
      'with one bit turned',
      (path) => {
        const bytes = readFileSync(path);
        bytes[bytes.length >> 1]! ^= 16;
        writeFileSync(path, bytes);
      },
    ],
  ];

  it.each(damages)(
    'names array, chunk and frame (%s), keeps the other frames, and goes on when it is mended',
    async (name, damage) => {
      const path = spoilt(`chunk ${name}`);
      const target = join(folder, `result ${name}`);
      damage(chunk(path, 2));
      const said = await failure(65, 'track', path, '-o', target, '--workers', '1');
      expect(said).toMatch(/^read: frame 2: zarr: array "0" of .*, chunk c\/2\/0\/0\/0 must decode, /);
      expect(done(target)).toEqual(['000000.json', '000001.json']);
      expect(existsSync(join(target, 'tables'))).toBe(false);
      expect(existsSync(join(target, 'run.lock'))).toBe(false);
      cpSync(chunk(movie, 2), chunk(path, 2));
      const { code, stdout } = await here('track', path, '-o', target, '--json', '--workers', '1');
      expect([code, JSON.parse(stdout)]).toMatchObject([0, { segmented: 1, kept: 2 }]);
      expect(contentOf(target)['tables/nodes.csv']).toBe(contentOf(result)['tables/nodes.csv']);
    },
  );
});

describe('track --on-bad-chunk mask', () => {
  it('goes on where a run ended at a bad chunk, lists its frame everywhere, and takes it in once it is mended', async () => {
    const path = spoilt('masked');
    const target = join(folder, 'masked');
    const bytes = readFileSync(chunk(path, 2));
    bytes[bytes.length >> 1]! ^= 16;
    writeFileSync(chunk(path, 2), bytes);
    await failure(65, 'track', path, '-o', target, '--workers', '1');
    const track = ['track', path, '-o', target, '--workers', '1', '--on-bad-chunk', 'mask'];
    const { code, stdout, stderr } = await here(...track);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^masked {6}chunks [^\n]* in 1 frame: 2$/m)]);
    expect(stderr).toMatch(
      /^note: frame 2: what does not decode counts as missing: zarr: array "0" [^\n]* must decode/m,
    );
    const frames = readFileSync(join(target, 'tables/counts.csv'), 'utf8').split('\n').slice(1, 4);
    expect(frames.map((line) => Number(line.split(',')[2]) > 0)).toEqual([true, true, false]);
    const again = await here(...track, '--json', '--quiet');
    expect(JSON.parse(again.stdout)).toMatchObject({ segmented: 0, kept: 3, masked: [2] });
    expect(JSON.parse((await here('info', target, '--json')).stdout)).toMatchObject({ masked: [2] });
    const verified = await here('verify', target, '--deep', '--json');
    const { flaws } = JSON.parse(verified.stdout) as { flaws: { kind: string; mend: string }[] };
    expect([verified.code, flaws]).toMatchObject([
      0,
      [{ kind: 'note', mend: expect.stringMatching(/^rm /) }],
    ]);

    cpSync(chunk(movie, 2), chunk(path, 2));
    rmSync(flaws[0]!.mend.split(' ')[1]!);
    expect(JSON.parse((await here(...track, '--json', '--quiet')).stdout)).toMatchObject({
      segmented: 1,
      masked: [],
    });
    expect(contentOf(target)['tables/nodes.csv']).toBe(contentOf(result)['tables/nodes.csv']);
  });

  it('never hides a store that cannot be reached, and is for OME-Zarr alone', async () => {
    const gone = 'http://127.0.0.1:9/a.ome.zarr';
    expect((await here('track', gone, '-o', NEVER, '--on-bad-chunk', 'mask', '--quiet')).code).toBe(69);
    const tiff = join(folder, 'a.tif');
    writeFileSync(tiff, Uint8Array.from([73, 73, 42, 0, 8, 0, 0, 0]));
    for (const option of ['--on-bad-chunk mask', '--require-chunks'])
      expect(await failure(64, 'track', tiff, '-o', NEVER, ...option.split(' '))).toBe(
        `${option}: only OME-Zarr has chunks, ${tiff} is TIFF; leave it out`,
      );
  });
});

describe('track --require-chunks', () => {
  it('takes a missing chunk for a bad one, which else is fill values', async () => {
    const path = spoilt('sparse');
    const target = join(folder, 'sparse');
    rmSync(chunk(path, 1));
    const track = ['track', path, '-o', target, '--workers', '1', '--quiet'];
    expect(await failure(65, ...track, '--require-chunks')).toMatch(
      /^read: frame 1: zarr: array "0" of .*, chunk c\/1\/0\/0\/0 must decode, it is not there; copy the data again$/,
    );
    const masked = await here(...track, '--require-chunks', '--on-bad-chunk', 'mask', '--json');
    expect(JSON.parse(masked.stdout)).toMatchObject({ masked: [1] });
    const sparse = await here(...track, '--overwrite', '--json');
    expect(JSON.parse(sparse.stdout)).toMatchObject({ masked: [], segmented: 3 });
  });
});

describe('track with a model that cannot be used', () => {
  const star = (options: Parameters<typeof starNetwork>[0]): Uint8Array => starNetwork(options);

  it.each([
    ['is not there', null, 'nothing is there'],
    ['is empty', new Uint8Array(0), 'the file is empty'],
    ['is no ONNX', 'no model at all', 'is not a whole ONNX model'],
    [
      'is a git-LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 1\n',
      'git lfs pull',
    ],
    ['is cut short', star({ grid: 2 }).slice(0, 200), 'is not a whole ONNX model'],
  ])('says so when it %s', async (name, bytes, why) => {
    const path = join(folder, `${name}.onnx`);
    if (bytes !== null) writeFileSync(path, bytes);
    const said = await failure(65, 'track', movie, '-o', NEVER, '--model', path);
    expect(said).toMatch(/^model: /);
    expect(said).toContain(why);
    expect(existsSync(NEVER)).toBe(false);
  });

  it('says that a stack needs a 3D model when it is given a 2D one', async () => {
    const stack = join(folder, 'stack.ome.zarr');
    await here(
      'simulate',
      stack,
      '--preset',
      '3d',
      '--frames',
      '1',
      '--cells',
      '1',
      '--workers',
      '1',
      '--quiet',
    );
    expect(await failure(65, 'track', stack, '-o', NEVER, '--model', 'nuclei-2d')).toMatch(
      /^model: nuclei-2d is made for 2D frames, stack is 3D \(\d+ x \d+ x \d+ pixels, z y x\); leave --model out, or give a 3D model$/,
    );
  });
});

describe('a command line that asks for what cannot be', () => {
  // A function, since the movie's path is known only when the tests run.
  const cases: [string, () => string[]][] = [
    ['--channel: "7" is not in a; it has 0 (nuclei)', () => ['track', movie, '-o', NEVER, '--channel', '7']],
    [
      '--channel: "actin" is not in a; it has 0 (nuclei)',
      () => ['track', movie, '-o', NEVER, '--channel', 'actin'],
    ],
    [
      '--frames: 1:4 must lie in 0:3, the frames of a',
      () => ['segment', movie, '-o', NEVER, '--frames', '1:4'],
    ],
    [
      '--frames: must be a:b with a < b (frames a to b - 1), got "2:2"',
      () => ['segment', movie, '--frames', '2:2'],
    ],
    ['--workers: must be an integer of at least 1, got "0"', () => ['track', movie, '--workers', '0']],
    ['--prob-threshold: must lie in (0, 1), got "1"', () => ['track', movie, '--prob-threshold', '1']],
    ['--max-distance: must be a number above 0, got "far"', () => ['link', result, '--max-distance', 'far']],
    [
      '--pixel-size: must be two or three numbers above 0 (y,x or z,y,x in micrometres), got "1"',
      () => ['track', movie, '--pixel-size', '1'],
    ],
    ['--linker: must be one of lap, global, got "x"', () => ['link', result, '--linker', 'x']],
    ['--port: must be an integer from 0 to 65535, got "70000"', () => ['view', result, '--port', '70000']],
    ['--output: the result must be a folder, got nothing', () => ['track', movie, '-o', ' ']],
    ['--format: must be given; see --help', () => ['export', result]],
    ['--truth: must be given; see --help', () => ['score', result]],
    [
      "unknown option '--cells'; morula <command> --help lists the options",
      () => ['track', movie, '--cells', '3'],
    ],
    [
      "unknown command 'trak' (Did you mean track?); morula <command> --help lists the options",
      () => ['trak'],
    ],
    ["missing required argument 'movie'; morula <command> --help lists the options", () => ['track']],
  ];
  it.each(cases)('%s', async (line, args) => {
    expect(await failure(64, ...args())).toBe(line);
    expect(existsSync(NEVER)).toBe(false);
  });

  it('names the formats when one is unknown', async () => {
    expect(await failure(64, 'export', result, '--format', 'nope')).toMatch(
      /must be one of .*geff.*, got "nope"$/,
    );
  });

  it('refuses a motion that is not there before it segments', async () => {
    expect(await failure(64, 'track', movie, '-o', NEVER, '--motion', 'warp')).toBe(
      '--motion: must be one of auto, none, drift, flow, got "warp"',
    );
    expect(existsSync(NEVER)).toBe(false);
  });

  it.each(['link', 'view', 'export'])('says how to make a result when %s is given none', async (command) => {
    const rest = command === 'export' ? ['--format', 'csv'] : [];
    expect(await failure(65, command, folder, ...rest)).toBe(
      `store: ${folder} is not a morula result: no run.json in it; make one with: morula track <movie> -o ${folder}`,
    );
  });
});

describe('a result that cannot be written', () => {
  let disk: TinyDisk | null = null;
  afterEach(() => {
    disk?.remove();
    disk = null;
  });

  it.for([4, 16, 24, 32, 48])(
    'ends with 74 on a full disk (%i kB; needs a mount: root) and goes on when there is room',
    async (kilobytes, { skip }) => {
      disk = mountTinyDisk(kilobytes);
      if (disk === null) return skip('a disk can be mounted by root alone');
      const target = join(disk.folder, 'r');
      const said = await failure(74, 'track', movie, '-o', target, '--workers', '1');
      expect(said).toMatch(
        /^(write|store|geff): .* cannot be written: the disk is full; free some space and run again$/,
      );
      const entries = readdirSync(disk.folder, { recursive: true, encoding: 'utf8' });
      expect(entries.filter((name) => name.endsWith('.tmp') || name.endsWith('.lock'))).toEqual([]);
      disk.resize(8000);
      expect((await here('track', movie, '-o', target, '--workers', '1')).code).toBe(0);
      expect(contentOf(target)).toEqual(contentOf(result));
    },
  );

  it('ends with 74 in a folder of somebody else (needs root, who becomes nobody)', async ({ skip }) => {
    if (process.getuid?.() !== 0) return skip('only root can become another user');
    const home = join(folder, 'theirs');
    mkdirSync(home);
    for (const [place, mode] of [
      [folder, 0o755],
      [home, 0o555],
    ] as const)
      chmodSync(place, mode);
    const target = join(home, 'r');
    const nobody = { uid: 65534, gid: 65534 };
    const args = ['track', movie, '-o', target, '--workers', '1', '--quiet'];
    const [program, ...words] = morula(...args);
    const ended = spawnSync(program!, words, { ...nobody, encoding: 'utf8' });
    if (ended.status !== 74 && /EACCES|MODULE_NOT_FOUND/.test(ended.stderr))
      return skip('others may not read this program');
    expect([ended.status, ended.stderr]).toEqual([
      74,
      expect.stringMatching(/^morula: [^\n]* cannot be written: permission denied; choose another place\n$/),
    ]);
    expect(readdirSync(home)).toEqual([]);
  });

  it.each(['track', 'import'])('says that a file stands where %s wants a folder', async (command) => {
    const file = join(folder, 'file');
    writeFileSync(file, 'mine');
    const input = command === 'track' ? movie : join(folder, 'a.points.csv');
    for (const target of [file, join(file, 'r')]) {
      expect(await failure(64, command, input, '-o', target)).toMatch(
        /cannot be written: a file stands where a folder is needed; choose another place$/,
      );
    }
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('leaves a folder with other things alone, and the movie itself', async () => {
    for (const target of [folder, movie]) {
      const before = readdirSync(target);
      expect(await failure(64, 'track', movie, '-o', target)).toMatch(
        /holds other files \(.*\) and is not a morula result; choose another -o$/,
      );
      expect(await failure(64, 'track', movie, '-o', target, '--overwrite')).toMatch(/holds other files/);
      expect(readdirSync(target)).toEqual(before);
    }
  });

  it('does not simulate over a movie or a truth that is there', async () => {
    expect(await failure(64, 'simulate', movie, '--frames', '1')).toMatch(
      /exists; use --overwrite, or another name$/,
    );
    const truth = join(folder, 'mine_GT');
    mkdirSync(truth);
    writeFileSync(join(truth, 'drawn.tif'), 'by hand');
    expect(
      await failure(64, 'simulate', join(folder, 'mine.ome.zarr'), '--frames', '1', '--cells', '1'),
    ).toMatch(/mine_GT exists; use --overwrite/);
    expect(readFileSync(join(truth, 'drawn.tif'), 'utf8')).toBe('by hand');
    expect(existsSync(join(folder, 'mine.ome.zarr'))).toBe(false);
  });
});
