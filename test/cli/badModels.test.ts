import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NdArray } from '../../src/array/index.ts';
import { withExternalData } from '../helpers/externalData.ts';
import { conv1, onnx, starNetwork } from '../helpers/onnx.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { discFrame, writeTiffMovie } from '../helpers/tiffMovie.ts';
import { here } from './morula.ts';

/** Leaves nothing to detect: the network is first run on a frame. */
const STATED = { layout: 'NCHW', grid: 1, nRays: 8, divisibleBy: 8, halo: 16 };
const folder = tempFolder();
const movie = join(folder, 'movie');
const stack = join(folder, 'stack');
let made = 0;

beforeAll(() => {
  const frames = [discFrame(), discFrame(), discFrame()];
  frames[2]!.data[100] = 60_000;
  writeTiffMovie(movie, frames);
  const volume = { data: new Float32Array(4 * 24 * 24).fill(1), shape: [4, 24, 24] };
  volume.data[1000] = 9;
  mkdirSync(stack);
  writeTiffMovie(stack, [volume, volume]);
});

function model(bytes: Uint8Array, manifest?: object): string {
  const home = join(folder, `m${made++}`);
  mkdirSync(home);
  writeFileSync(join(home, 'net.onnx'), bytes);
  if (manifest !== undefined) writeFileSync(join(home, 'net.json'), JSON.stringify(manifest));
  return join(home, 'net.onnx');
}

/** Runs segment, which must fail in one line with 65; gives the line without its head, and the frames that are done. */
async function failure(
  path: string,
  source = movie,
  ...rest: string[]
): Promise<{ said: string; done: string[] }> {
  const result = join(folder, `r${made++}`);
  const args = ['segment', source, '-o', result, '--model', path, '--workers', '1', ...rest];
  const { code, stdout, stderr } = await here(...args, '--quiet');
  expect([code, stdout, stderr]).toEqual([65, '', expect.stringMatching(/^morula: [^\n]+[^.\n]\n$/)]);
  const frames = join(result, 'frames');
  const done = existsSync(frames) ? readdirSync(frames).filter((name) => name.endsWith('.json')) : [];
  return { said: stderr.slice('morula: '.length, -1), done };
}

/** prob = sigmoid(weight x - 4), dist = 4 + distWeight x, at the size of the input. */
function network(weight: number, distWeight: number, grow = 1): Uint8Array {
  const logit = conv1('logit', 'image', 1, weight, -4);
  const dist = conv1(grow === 1 ? 'dist' : 'd', 'image', 8, distWeight, 4);
  const scales = { name: 'scales', dims: [4], values: [1, 1, grow, grow] };
  const resize = {
    op: 'Resize',
    inputs: ['d', '', 'scales'],
    outputs: ['dist'],
    attributes: { mode: 'nearest' },
  };
  return onnx({
    inputs: [{ name: 'image', shape: ['n', 1, 'h', 'w'] }],
    outputs: [
      { name: 'prob', shape: ['n', 1, 'oh', 'ow'] },
      { name: 'dist', shape: ['n', 8, 'dh', 'dw'] },
    ],
    nodes: [
      logit[0],
      { op: 'Sigmoid', inputs: ['logit'], outputs: ['prob'] },
      dist[0],
      ...(grow === 1 ? [] : [resize]),
    ],
    weights: [...logit[1], ...dist[1], ...(grow === 1 ? [] : [scales])],
  });
}

/** A network of one input with that shape and element type, which it gives back. */
function echo(shape: (number | string)[], type?: number): Uint8Array {
  const port = { shape, ...(type === undefined ? {} : { type }) };
  return onnx({
    inputs: [{ name: 'x', ...port }],
    outputs: [{ name: 'out', ...port }],
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['out'] }],
    weights: [],
  });
}

describe('segment with a model that is none of ours', () => {
  it.each([
    ['rank 2', echo(['n', 'm']), /an input of rank 4 is needed, or of rank 5 for volumes, found rank 2$/],
    ['bytes as input', echo(['n', 1, 'h', 'w'], 2), /a float32 input is needed, found uint8$/],
    ['7 rays', starNetwork({ rays: 7 }), /at least 8 rays are needed, found .*dist with 7 channels$/],
    [
      'more channels than the movie has',
      starNetwork({ channels: 3 }),
      /net takes 3 channels, movie has 0 \(.*\); .*--channel 0,0,0$/,
    ],
    [
      'weights elsewhere',
      withExternalData(starNetwork(), '../w').model,
      /outside its folder; only files beside/,
    ],
    [
      'weights lost',
      withExternalData(starNetwork(), 'w.bin').model,
      /w\.bin is not there; copy that file too$/,
    ],
    [
      'NaN in place of weights',
      network(Number.NaN, 1),
      /must give numbers, but 100 % of its output "prob" are NaN/,
    ],
  ])('says so before any frame: %s', async (_, bytes, line) => {
    const { said, done } = await failure(model(bytes));
    expect(said).toMatch(/^model: /);
    expect(said).toMatch(line);
    expect(done).toEqual([]);
  });

  it('takes one whose weights lie beside it', async () => {
    const { model: bytes, weights } = withExternalData(starNetwork(), 'w.bin');
    const path = model(bytes);
    writeFileSync(join(path, '../w.bin'), weights);
    const args = ['segment', movie, '-o', join(folder, 'beside'), '--model', path, '--quiet', '--json'];
    const { code, stdout } = await here(...args);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { segmented: 3 }]);
  });

  it('says that a 2D model is none for stacks, and the reverse', async () => {
    const flat = await failure(model(starNetwork()), stack);
    expect(flat.said).toMatch(
      /^model: net is made for 2D frames, stack is 3D \(4 x 24 x 24 pixels, z y x\); .*3D model/,
    );
    const deep = await failure(model(starNetwork({ layout: 'NCDHW' })));
    expect(deep.said).toMatch(/^model: net is made for 3D frames, movie is 2D \(.*\); .*2D model/);
  });
});

describe('segment with a model that lies', () => {
  it.each([
    [
      'NaN in prob',
      network(Number.NaN, 1),
      STATED,
      /must give numbers, but 100 % of its output "prob" are NaN/,
    ],
    [
      'infinity in dist',
      network(8, Number.POSITIVE_INFINITY),
      STATED,
      /must give numbers, but \d+ % of its output "dist" are NaN or infinite; the model is damaged$/,
    ],
    [
      'another size than it states',
      network(8, 1, 2),
      STATED,
      /must give 8 x 48 x 48 \(channels, rows, columns\), got 8 x 96 x 96; correct or remove its model\.json$/,
    ],
    [
      'other rays than it states',
      network(8, 1),
      { ...STATED, nRays: 16 },
      /must give 16 x 48 x 48 \(channels, rows, columns\), got 8 x 48 x 48; correct or remove its model\.json$/,
    ],
  ])('names model and frame: %s', async (_, bytes, manifest, line) => {
    const path = model(bytes, manifest);
    const { said, done } = await failure(path);
    expect(said.startsWith(`model: frame 0: ${path} `)).toBe(true);
    expect(said).toMatch(line);
    expect(done).toEqual([]);
  });

  it('keeps the frames before the one that it fails on', async () => {
    // 1e37 x overflows where a pixel is hot, and infinity times 0 is NaN.
    const power = conv1('power', 'image', 1, 1e37, 0);
    const hot = onnx({
      inputs: [{ name: 'image', shape: ['n', 1, 'h', 'w'] }],
      outputs: [
        { name: 'prob', shape: ['n', 1, 'oh', 'ow'] },
        { name: 'dist', shape: ['n', 8, 'dh', 'dw'] },
      ],
      nodes: [
        power[0],
        { op: 'ReduceMax', inputs: ['power'], outputs: ['most'], attributes: { axes: [2, 3], keepdims: 1 } },
        { op: 'Mul', inputs: ['most', 'zero'], outputs: ['nothing'] },
        { op: 'Add', inputs: ['image', 'nothing'], outputs: ['x'] },
        ...[conv1('logit', 'x', 1, 8, -4)[0], conv1('dist', 'x', 8, 1, 4)[0]],
        { op: 'Sigmoid', inputs: ['logit'], outputs: ['prob'] },
      ],
      weights: [
        ...power[1],
        ...conv1('logit', 'x', 1, 8, -4)[1],
        ...conv1('dist', 'x', 8, 1, 4)[1],
        { name: 'zero', dims: [1], values: [0] },
      ],
    });
    const { said, done } = await failure(model(hot, STATED));
    expect(said).toMatch(/^model: frame 2: .* must give numbers, but 100 % of its output "prob" are NaN/);
    expect(done).toEqual(['000000.json', '000001.json']);
  });
});

describe('segment on frames that show nothing', () => {
  const SIZE = 24;
  const even = (value: number): NdArray => ({
    data: new Float32Array(SIZE * SIZE).fill(value),
    shape: [SIZE, SIZE],
  });
  const single = (value: number): NdArray => ({ data: Float32Array.of(value), shape: [1, 1] });

  it.each([
    ['all NaN', even(Number.NaN), ['576 pixels are NaN or infinite', 'the frame is empty: all its pixels']],
    ['constant', even(7), ['the frame is empty: all its pixels are equal or not finite']],
    ['black', even(0), ['the frame is empty: all its pixels are equal or not finite']],
    ['of one pixel', single(7), ['the frame is empty: all its pixels are equal or not finite']],
  ])(
    'gives empty frames when they are %s, with one line a kind and how often',
    async (name, frame, kinds) => {
      const source = writeTiffMovie(join(folder, `odd ${name}`), [frame, frame, frame]);
      const args = [
        'track',
        source,
        '-o',
        join(folder, `odd ${name} r`),
        '--model',
        model(starNetwork(), STATED),
      ];
      const { code, stdout, stderr } = await here(...args, '--json', '--quiet', '--pixel-size', '1,1');
      expect([code, JSON.parse(stdout)]).toMatchObject([0, { detections: 0, segmented: 3 }]);
      const lines = stderr.split('\n').filter((line) => line.includes('frame'));
      for (const kind of kinds) {
        const said = lines.filter((line) => line.includes(kind));
        expect(said).toEqual([
          expect.stringMatching(/^note: frame \d: /),
          expect.stringMatching(/^note: in 2 more frames: /),
        ]);
      }
      expect(lines).toHaveLength(2 * kinds.length);
    },
  );
});
