import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/codec/files.ts';
import { packageRoot } from '../../src/codec/packageRoot.ts';
import { builtinModels, createSession, loadModel } from '../../src/model/index.ts';
import { conv1, message, onnx, type StarOptions, starNetwork } from '../helpers/onnx.ts';
import { openPlanes } from '../helpers/sessions.ts';

const DATA = process.env.MORULA_DATA ?? join(packageRoot(), '..', 'shared', 'data');
let folder = '';
let serial = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'morula-model-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(bytes: Uint8Array | string, manifest?: unknown): Promise<string> {
  const home = join(folder, `m${serial++}`);
  await mkdir(home);
  await writeFile(join(home, 'net.onnx'), bytes);
  if (manifest !== undefined) await writeFile(join(home, 'net.json'), JSON.stringify(manifest));
  return join(home, 'net.onnx');
}

const FULL = { layout: 'NCHW', grid: [1, 1], nRays: 8, divisibleBy: 8, halo: 16 };

/** A ramp: pixel (y, x) of 32 x 48 holds y / 31 + x / 1000. */
function ramp(height: number, width: number): Float32Array {
  return Float32Array.from(
    { length: height * width },
    (_, i) => Math.floor(i / width) / 31 + (i % width) / 1000,
  );
}

describe('loadModel', () => {
  const cases: [string, StarOptions, Record<string, unknown>][] = [
    ['NCHW at grid 1', {}, { layout: 'NCHW', grid: [1, 1], nRays: 8 }],
    ['NHWC at grid 2', { layout: 'NHWC', grid: 2 }, { layout: 'NHWC', grid: [2, 2], nRays: 8 }],
    ['logits', { logits: true, grid: 2 }, { probActivation: 'sigmoid', grid: [2, 2] }],
    [
      'concatenated at grid 1',
      { concatenated: true },
      { concatenated: true, sparseLattice: false, nRays: 8 },
    ],
    [
      "Fiji's upsampled export",
      { concatenated: true, grid: 2, layout: 'NHWC', rays: 32 },
      { concatenated: true, sparseLattice: true, grid: [2, 2], nRays: 32, layout: 'NHWC' },
    ],
    ['a fixed size', { size: [64, 96], grid: 2 }, { fixedSize: [64, 96], divisibleBy: [64, 96] }],
  ];
  it.each(cases)('detects %s without a manifest', async (_, options, expected) => {
    const model = await loadModel(await write(starNetwork(options)));
    expect(model.manifest).toMatchObject({ kind: 'stardist', channels: 1, ...expected });
    expect(model.warnings).toHaveLength(1);
  });

  it.each(cases)('gives planes at grid resolution for %s', async (_, options) => {
    const model = await loadModel(await write(starNetwork(options)));
    const session = await openPlanes(model);
    const [h, w] = options.size ?? [32, 48];
    const grid = Number(options.grid ?? 1);
    const input = ramp(h, w);
    const out = await session.run(input, h, w);
    await session.close();
    expect([out.height, out.width]).toEqual([h / grid, w / grid]);
    for (const [y, x] of [
      [0, 0],
      [3, 5],
      [h / grid - 1, w / grid - 1],
    ] as const) {
      const value = input[(y * grid + grid - 1) * w + x * grid + grid - 1]!;
      const at = y * out.width + x;
      expect(out.prob[at]).toBeCloseTo(1 / (1 + Math.exp(4 - 8 * value)), 5);
      for (const k of [0, 7]) expect(out.dist[k * out.height * out.width + at]).toBeCloseTo(4 + value, 5);
    }
  });

  it('takes the geometry from a complete manifest without a probe', async () => {
    const bytes = starNetwork();
    const model = await loadModel(await write(bytes, { ...FULL, name: 'mine', sha256: sha256Hex(bytes) }));
    expect(model.manifest).toMatchObject({ name: 'mine', divisibleBy: [8, 8], halo: [16, 16] });
    expect(model.manifest.thresholds).toEqual({ prob: 0.5, nms: 0.4 });
    expect(model.warnings).toEqual([]);
  });

  it('lets a partial manifest overrule detection', async () => {
    const model = await loadModel(await write(starNetwork(), { thresholds: { prob: 0.3, nms: 0.2 } }));
    expect(model.manifest).toMatchObject({ thresholds: { prob: 0.3, nms: 0.2 }, nRays: 8 });
  });

  it('takes a folder with one ONNX file', async () => {
    const path = await write(starNetwork());
    const model = await loadModel(join(path, '..'));
    expect(model.path).toBe(path);
  });

  it('refuses a model whose digest is not the stated one', async () => {
    const path = await write(starNetwork(), { ...FULL, sha256: 'ab'.repeat(32) });
    await expect(loadModel(path)).rejects.toMatchObject({ tag: 'invalid-data', exit: 65 });
  });

  it.each([
    ['an empty file', new Uint8Array(0), /empty/],
    [
      'a git-LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n',
      /git lfs pull/,
    ],
    ['text', 'hello, this is no model', /whole ONNX model/],
    ['a truncated file', starNetwork().subarray(0, 400), /whole ONNX model/],
  ])('refuses %s', async (_, bytes, line) => {
    await expect(loadModel(await write(bytes))).rejects.toThrow(line);
  });

  it('says of a network that gives no numbers on the test picture that, and names it once', async () => {
    const [node, weights] = conv1('out', 'image', 9, Number.NaN, 0);
    const path = await write(
      onnx({
        inputs: [{ name: 'image', shape: ['n', 1, 'h', 'w'] }],
        outputs: [{ name: 'out', shape: ['n', 9, 'oh', 'ow'] }],
        nodes: [node],
        weights,
      }),
    );
    await expect(loadModel(path)).rejects.toThrow(
      `model: ${path} must give numbers, but 100 % of its output "out" are NaN or infinite; the model is damaged`,
    );
  });

  it('refuses external tensor data wherever it hides', async () => {
    const external = message([2, 1], [8, 'w'], [14, 1]);
    const graph = { inputs: [], outputs: [], nodes: [], weights: [] };
    const inInitializer = onnx(graph, [5, external]);
    const inConstant = onnx(graph, [1, message([4, 'Constant'], [5, message([1, 'value'], [5, external])])]);
    for (const bytes of [inInitializer, inConstant])
      await expect(loadModel(await write(bytes))).rejects.toThrow(/external data/);
  });

  it.each([
    [
      'fewer than 8 rays',
      starNetwork({ rays: 7 }),
      /at least 8 rays are needed, found prob with 1 channel, dist/,
    ],
    ['two inputs', twoInputs(), /one input is needed, found a, b/],
    [
      'an input of rank 2',
      withInput({ shape: ['n', 'm'] }),
      /rank 4 is needed, or of rank 5 for volumes, found rank 2/,
    ],
    ['volumes of 7 rays', starNetwork({ layout: 'NCDHW', rays: 7 }), /8 rays are needed, found prob/],
    [
      'bytes as input',
      withInput({ shape: ['n', 1, 'h', 'w'], type: 2 }),
      /float32 input is needed, found uint8/,
    ],
    ['too few rays', starNetwork({ rays: 7 }), /8 rays are needed, found prob with 1 channel, dist with 7/],
  ])('refuses %s', async (_, bytes, line) => {
    await expect(loadModel(await write(bytes))).rejects.toThrow(line);
  });

  it.each([
    [{ ndim: 3 }, 'invalid-metadata', /must describe a 2D network, as the file is, got a 3D one/],
    [{ grid: [1, 2, 2], layout: 'NCHW' }, 'invalid-metadata', /must all be 2D or all 3D, found both/],
    [{ grid: [1, 2, 2] }, 'invalid-metadata', /must describe a 2D network/],
    [{ rays: { name: 'cartesian', n: 32 } }, 'invalid-metadata', /"rays" must be {"name": "golden-spiral"/],
    [{ kind: 'care' }, 'unsupported', /kind "stardist", "semantic" or "restoration", got "care"/],
    [{ nRays: 4 }, 'invalid-metadata', /"nRays" must be a whole number in \[8, 1024\], got 4/],
    [{ thresholds: { prob: 1.4, nms: 0.3 } }, 'invalid-metadata', /"thresholds" must be/],
    [{ keep: { prob: 1, area: 0, border: 0 } }, 'invalid-metadata', /"keep" must be {"prob": a, "area": b/],
    [[], 'invalid-metadata', /JSON object/],
  ])('refuses the manifest %j', async (manifest, tag, line) => {
    const failure = loadModel(await write(starNetwork(), manifest));
    await expect(failure).rejects.toMatchObject({ tag });
    await expect(failure).rejects.toThrow(line);
  });

  it('refuses a path without a model and a folder without one', async () => {
    await expect(loadModel(join(folder, 'none'))).rejects.toMatchObject({ tag: 'not-found', exit: 65 });
    const keras = join(folder, 'keras');
    await mkdir(keras);
    await expect(loadModel(keras)).rejects.toThrow(/must hold an .onnx file, found none/);
    await writeFile(join(keras, 'weights_best.h5'), '');
    await expect(loadModel(keras)).rejects.toThrow(/morula models import/);
  });

  const pretrained = join(DATA, 'models', 'stardist-2d-dsb2018', 'model.onnx');
  it.skipIf(!existsSync(pretrained))('detects the pretrained network (needs the shared data)', async () => {
    const { manifest } = await loadModel(pretrained);
    expect(manifest).toMatchObject({ layout: 'NCHW', grid: [1, 1], nRays: 32, concatenated: false });
  });

  const unet = join(DATA, 'models', 'unet2d-nuclei-bioimageio', 'weights.onnx');
  it.skipIf(!existsSync(unet))(
    'takes a U-Net of one channel for a foreground (needs the shared data)',
    async () => {
      const { manifest, warnings } = await loadModel(unet);
      expect(manifest).toMatchObject({ kind: 'semantic', classes: ['foreground'], fixedSize: [512, 512] });
      expect(warnings).toEqual([expect.stringMatching(/foreground assumed/)]);
    },
  );
});

describe('createSession', () => {
  it('refuses a manifest whose geometry is not the file’s', async () => {
    const session = await openPlanes(await loadModel(await write(starNetwork(), { ...FULL, grid: [2, 2] })));
    await expect(session.run(new Float32Array(256), 16, 16)).rejects.toMatchObject({ tag: 'shape-mismatch' });
    await session.close();
  });

  it.each([{}, { layout: 'NHWC', grid: 2 }, { logits: true }, { concatenated: true, grid: 2 }] as const)(
    'gives each run its own result, whatever ran before: %j',
    async (options) => {
      const model = await loadModel(await write(starNetwork(options)));
      const [used, fresh] = await Promise.all([openPlanes(model), openPlanes(model)]);
      const input = ramp(32, 48);
      await used!.run(
        input.map((v) => 1 - v),
        32,
        48,
      );
      await used!.run(ramp(64, 32), 64, 32);
      await used!.run(
        input.map((v) => 2 - v),
        32,
        48,
      );
      const [again, once] = [await used!.run(input, 32, 48), await fresh!.run(input, 32, 48)];
      expect(again.prob).toEqual(once.prob);
      expect(again.dist).toEqual(once.dist);
      await Promise.all([used!.close(), fresh!.close()]);
    },
  );

  it('refuses outputs that the file does not have', async () => {
    const model = await loadModel(await write(starNetwork(), { ...FULL, outputs: { prob: 'p', dist: 'd' } }));
    await expect(createSession(model)).rejects.toThrow(/must have the output "p"/);
  });

  it('refuses a named device that cannot be used', async () => {
    const model = await loadModel(await write(starNetwork()));
    await expect(createSession(model, { device: 'dml' })).rejects.toMatchObject({ tag: 'unsupported' });
  });

  it('gives the same bits for any number of threads', async () => {
    const model = await loadModel(await write(starNetwork({ grid: 2 })));
    const [one, two] = await Promise.all([1, 2].map((threads) => openPlanes(model, { threads })));
    const input = ramp(64, 64);
    expect((await one!.run(input, 64, 64)).prob).toEqual((await two!.run(input, 64, 64)).prob);
    await Promise.all([one!.close(), two!.close()]);
  });
});

describe('builtinModels', () => {
  it('lists only models that load with the digest they state', async () => {
    for (const { name } of await builtinModels()) {
      const { manifest } = await loadModel(name);
      expect(manifest.name).toBe(name);
    }
    await expect(loadModel('no-such-model')).rejects.toThrow(/must be a built-in model/);
  });
});

function twoInputs(): Uint8Array {
  const shape = ['n', 1, 'h', 'w'];
  return onnx({
    inputs: [
      { name: 'a', shape },
      { name: 'b', shape },
    ],
    outputs: [{ name: 'out', shape }],
    nodes: [{ op: 'Add', inputs: ['a', 'b'], outputs: ['out'] }],
    weights: [],
  });
}

function withInput(port: { shape: (number | string)[]; type?: number }): Uint8Array {
  const [node, weights] = conv1('out', 'x', 1, 1, 0);
  const plain = port.shape.length === 4 && port.type === undefined;
  return onnx({
    inputs: [{ name: 'x', ...port }],
    outputs: [{ name: 'out', ...port }],
    nodes: plain ? [node] : [{ op: 'Identity', inputs: ['x'], outputs: ['out'] }],
    weights: plain ? weights : [],
  });
}
