import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/codec/packageRoot.ts';
import { parseDescription } from '../../src/model/import/packageDescription.ts';
import { semanticPackage } from '../../src/model/import/semanticPackage.ts';
import {
  activate,
  checkModel,
  createSession,
  importModel,
  loadModel,
  modelDigest,
  type SemanticManifest,
  type SemanticSession,
} from '../../src/model/index.ts';
import { starNetwork } from '../helpers/onnx.ts';
import { type SemanticOptions, semanticNetwork } from '../helpers/semantic.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const DATA = process.env.MORULA_DATA ?? join(packageRoot(), '..', 'shared', 'data');
const folder = tempFolder();
let serial = 0;

async function place(files: Record<string, string | Uint8Array>): Promise<string> {
  const home = join(folder, `m${serial++}`);
  await mkdir(home);
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(home, name), bytes);
  return home;
}

async function load(options: SemanticOptions, stated?: object): Promise<[SemanticManifest, string[]]> {
  const sidecar: Record<string, string> = stated ? { 'model.json': JSON.stringify(stated) } : {};
  const { manifest, warnings } = await loadModel(
    await place({ 'model.onnx': semanticNetwork(options), ...sidecar }),
  );
  if (manifest.kind !== 'semantic') throw new Error('it is a StarDist network');
  return [manifest, warnings];
}

const LINE: readonly [number, number] = [1, 0];
const LOGIT: readonly [number, number] = [8, -4];

describe('loadModel of a semantic network', () => {
  it.each([
    ['one logit', { heads: [LOGIT] }, ['foreground'], 'sigmoid'],
    ['one probability', { heads: [LOGIT], activation: 'Sigmoid' }, ['foreground'], 'none'],
    ['two logits', { heads: [LOGIT, [-8, 4]] }, ['foreground', 'boundary'], 'sigmoid'],
    [
      'two probabilities',
      { heads: [LOGIT, [3, -4]], activation: 'Sigmoid' },
      ['foreground', 'boundary'],
      'none',
    ],
    [
      'two probabilities that sum up to 1',
      { heads: [LOGIT, LINE], activation: 'Softmax' },
      ['background', 'foreground'],
      'none',
    ],
    ['three logits', { heads: [LOGIT, LINE, LINE] }, ['background', 'foreground', 'boundary'], 'softmax'],
    [
      'two outputs',
      { heads: [LOGIT, [3, -4]], apart: true, activation: 'Sigmoid' },
      ['foreground', 'boundary'],
      'none',
    ],
  ] as [string, SemanticOptions, string[], string][])('takes %s', async (_, options, classes, activation) => {
    const [manifest, warnings] = await load(options);
    expect(manifest).toMatchObject({ kind: 'semantic', ndim: 2, layout: 'NCHW', classes, activation });
    expect(manifest).toMatchObject({ divisibleBy: [16, 16], halo: [96, 96], fixedSize: null });
    expect(warnings).toEqual([expect.stringContaining(`${classes.join(', ')} assumed`)]);
  });

  it('tells a distance by values that are no probabilities, and its unit by their size', async () => {
    const stated = { kind: 'semantic', classes: ['foreground', 'distance'], activation: 'none' };
    const [far] = await load({
      heads: [
        [0.5, 0.1],
        [9, 1],
      ],
    });
    expect(far).toMatchObject({ classes: ['foreground', 'distance'], activation: 'none' });
    expect(far.instances).toMatchObject({ seeds: 'distance', distanceUnit: 'pixels', minDepth: 0.5 });
    const [near] = await load(
      {
        heads: [
          [0.5, 0.1],
          [0.8, 0],
        ],
      },
      stated,
    );
    expect(near.instances).toMatchObject({ distanceUnit: 'relative', minDepth: 0.1, seedThreshold: 0.5 });
  });

  it.each(['NHWC', 'NCDHW', 'NDHWC'] as const)(
    'takes %s, several input channels and fixed sizes',
    async (layout) => {
      const size = layout.includes('D') ? [4, 16, 24] : [16, 24];
      const [manifest] = await load({ layout, heads: [LOGIT, LINE], channels: 3, size });
      expect(manifest).toMatchObject({ layout, channels: 3, fixedSize: size, ndim: size.length });
    },
  );

  it('takes what a model.json states, without a run, and fills its rules', async () => {
    const stated = {
      kind: 'semantic',
      layout: 'NCHW',
      outputs: ['out0'],
      classes: ['other', 'foreground', 'other', 'boundary'],
      activation: 'softmax',
      divisibleBy: 4,
      halo: [7, 9],
      normalise: { method: 'linear', gain: 0.5, offset: 1 },
      thresholds: { prob: 0.3 },
      instances: { minSize: 5, mergeBelow: 0.3 },
    };
    const [manifest, warnings] = await load({ heads: [LINE, LINE, LINE, LINE] }, stated);
    expect(warnings).toEqual([]);
    expect(manifest).toMatchObject({ ...stated, divisibleBy: [4, 4] });
    expect(manifest.instances).toMatchObject({
      seeds: 'interior',
      seedThreshold: 0.5,
      minSize: 5,
      mergeBelow: 0.3,
    });
  });

  it('names another model when a rule changes, the same when a threshold does', async () => {
    const digest = async (stated: object): Promise<string> => {
      const json = JSON.stringify({ kind: 'semantic', ...stated });
      return modelDigest(
        await loadModel(
          await place({ 'model.onnx': semanticNetwork({ heads: [LOGIT] }), 'model.json': json }),
        ),
      );
    };
    const usual = await digest({});
    expect(await digest({ thresholds: { prob: 0.2 } })).toBe(usual);
    expect(await digest({ instances: { minSize: 7 } })).not.toBe(usual);
  });

  it.each([
    [{ classes: ['foreground'] }, /a channel for each of its classes \(foreground\), got 2/],
    [{ classes: ['background', 'boundary'] }, /"classes" must be a list of/],
    [{ classes: ['foreground', 'foreground'] }, /"classes" must be a list of/],
    [{ outputs: ['mask'] }, /must have the output "mask" that its model.json names, found out0/],
    [
      { instances: { seeds: 'anywhere' } },
      /"instances" must be rules of their form: seeds "interior" or "distance"/,
    ],
    [{ normalise: { method: 'linear', gain: 0, offset: 1 } }, /"normalise" must be/],
    [
      { classes: ['background', 'foreground'], instances: { mergeBelow: 0.3 } },
      /"mergeBelow" needs a class "boundary"/,
    ],
    [{ objectDiameterPx: 20 }, /not rescaled/],
  ])('refuses the manifest %j', async (stated, line) => {
    await expect(load({ heads: [LOGIT, LINE] }, { kind: 'semantic', ...stated })).rejects.toThrow(line);
  });

  it('refuses outputs of another size, and more channels than it can tell', async () => {
    const smaller = load({ heads: [LOGIT], pooled: true }, { kind: 'semantic' });
    await expect(smaller).rejects.toThrow(
      /outputs as large as its input to be a semantic network, got 40 x 56 for 80 x 112/,
    );
    const many = load({ heads: [LOGIT, LOGIT, LOGIT, LOGIT, LOGIT] }, { kind: 'semantic' });
    await expect(many).rejects.toThrow(/at most 4, got 5/);
    await expect(load({ heads: Array(6).fill(LOGIT) })).rejects.toThrow(/must be a StarDist network/);
  });

  it('is no StarDist network and the reverse', async () => {
    const home = await place({ 'model.onnx': starNetwork() });
    expect((await loadModel(home)).manifest.kind).toBe('stardist');
    await expect(load({ heads: [LOGIT] }, { kind: 'stardist' })).rejects.toThrow(/8 rays are needed/);
  });
});

describe('createSession of a semantic network', () => {
  it.each(['NCHW', 'NHWC', 'NCDHW', 'NDHWC'] as const)('gives one plane a channel for %s', async (layout) => {
    const size = layout.includes('D') ? [2, 16, 16] : [16, 32];
    const home = await place({
      'model.onnx': semanticNetwork({ layout, heads: [LINE, [-2, 1]], channels: 2 }),
    });
    const session = (await createSession(await loadModel(home))) as SemanticSession;
    const pixels = size.reduce((product, n) => product * n, 1);
    const input = Float32Array.from({ length: 2 * pixels }, (_, i) => (i < pixels ? i : 3 * (i - pixels)));
    const { planes } = await session.run(input, size);
    expect(planes.map((plane) => [plane.length, plane[0], plane[5], plane.at(-1)])).toEqual([
      [pixels, 0, 10, 2 * (pixels - 1)],
      [pixels, 1, -19, 1 - 4 * (pixels - 1)],
    ]);
    await session.close();
  });

  it('refuses a manifest that is not the file’s', async () => {
    const stated = {
      kind: 'semantic',
      layout: 'NCHW',
      outputs: ['out0'],
      classes: ['foreground', 'other'],
      activation: 'none',
      divisibleBy: 2,
      halo: 0,
    };
    const home = await place({
      'model.onnx': semanticNetwork({ heads: [LOGIT] }),
      'model.json': JSON.stringify(stated),
    });
    const session = (await createSession(await loadModel(home))) as SemanticSession;
    await expect(session.run(new Float32Array(4), [2, 2])).rejects.toThrow(
      /must give 2 channels \(foreground, other\), got 1/,
    );
    await session.close();
    const misnamed = await place({
      'model.onnx': semanticNetwork({ heads: [LOGIT] }),
      'model.json': JSON.stringify({ ...stated, outputs: ['a'] }),
    });
    await expect(createSession(await loadModel(misnamed))).rejects.toThrow(/must have the output "a"/);
  });
});

describe('checkModel of a semantic network', () => {
  it('runs it, and says when it sees nothing', async () => {
    const { probeSize, warnings } = await checkModel(
      await place({ 'model.onnx': semanticNetwork({ heads: [[0, 1]] }) }),
    );
    expect(probeSize).toEqual([256, 256]);
    expect(warnings.at(-1)).toMatch(/every output is the same everywhere/);
  });
});

describe('activate', () => {
  it('is the logistic function, or shares that sum up to 1; distances stay', () => {
    const planes = [Float32Array.of(0, 2), Float32Array.of(1, 1000), Float32Array.of(7, 8)];
    activate(planes, { activation: 'softmax', classes: ['background', 'foreground', 'distance'] });
    expect(planes[1]![0]).toBeCloseTo(Math.E / (1 + Math.E), 6);
    expect([planes[0]![1], planes[1]![1], ...planes[2]!]).toEqual([0, 1, 7, 8]);
    const logits = [Float32Array.of(0, Math.log(3))];
    activate(logits, { activation: 'sigmoid', classes: ['foreground'] });
    expect(logits[0]![0]).toBe(0.5);
    expect(logits[0]![1]).toBeCloseTo(0.75, 6);
  });
});

/** A package of a network of two logits, of format 0.5 unless `changes` say otherwise. */
function description(changes: object = {}, input: object = {}, output: object = {}): string {
  const axes = (more: object, names: string[]) => [
    { type: 'batch' },
    { type: 'channel', channel_names: names },
    { type: 'space', id: 'y', ...more },
    { type: 'space', ...more },
  ];
  return JSON.stringify({
    type: 'model',
    name: 'Two heads',
    format_version: '0.5.4',
    inputs: [
      {
        axes: axes({ size: { min: 32, step: 8 } }, ['raw']),
        preprocessing: [{ id: 'zero_mean_unit_variance', kwargs: { axes: ['y', 'x'] } }],
        test_tensor: { source: 'in.npy' },
        ...input,
      },
    ],
    outputs: [
      {
        axes: axes({ halo: 12, size: { tensor_id: 'raw', axis_id: 'y' } }, ['cell boundary', 'nucleus']),
        postprocessing: [{ id: 'sigmoid' }, { id: 'ensure_dtype' }],
        test_tensor: { source: 'out.npy' },
        ...output,
      },
    ],
    weights: { onnx: { source: 'net.onnx' } },
    ...changes,
  });
}

/** A NumPy file of float32. */
function npy(shape: readonly number[], values: ArrayLike<number>): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const header = `${text.padEnd(117)}\n`;
  const bytes = new Uint8Array(128 + 4 * values.length);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, 118, 0]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(Float32Array.from(values).buffer), 128);
  return bytes;
}

const SIZE = [1, 1, 32, 40];
const raw = Float32Array.from({ length: 32 * 40 }, (_, i) => (i * 7919) % 1013);
const mean = raw.reduce((sum, v) => sum + v, 0) / raw.length;
const deviation = Math.sqrt(raw.reduce((sum, v) => sum + (v - mean) ** 2, 0) / raw.length);
const logistic = (v: number): number => 1 / (1 + Math.exp(-v));

/** Files of the package; the network's heads are `z` and `2 - z` of the normalised image z. */
function packageFiles(
  yaml: string,
  z = (v: number) => (v - mean) / deviation,
): Record<string, string | Uint8Array> {
  const out = [...raw].map((v) => logistic(z(v))).concat([...raw].map((v) => logistic(2 - z(v))));
  return {
    'rdf.yaml': yaml,
    'net.onnx': semanticNetwork({ heads: [LINE, [-1, 2]] }),
    'in.npy': npy(SIZE, raw),
    'out.npy': npy([1, 2, 32, 40], out),
  };
}

describe('importModel of a bioimage.io package of a semantic network', () => {
  const output = (): string => join(folder, `out${serial++}`);

  it('honours its steps, sizes, halo and names, and gives its test output', async () => {
    const report = await importModel(await place(packageFiles(description())), { output: output() });
    expect(report.testDifference).toBeLessThan(1e-5);
    expect(report.warnings).toEqual([]);
    expect(report.manifest).toMatchObject({
      name: 'Two heads',
      kind: 'semantic',
      normalise: { method: 'standard', perChannel: true },
      activation: 'sigmoid',
      classes: ['boundary', 'foreground'],
      divisibleBy: [8, 8],
      halo: [12, 12],
    });
    expect((await loadModel(report.folder)).warnings).toEqual([]);
  });

  it.each([
    [
      'scale_linear',
      { name: 'scale_linear', kwargs: { gain: 0.01, offset: -3 } },
      (v: number) => v * 0.01 - 3,
    ],
    [
      'a fixed mean',
      { name: 'zero_mean_unit_variance', kwargs: { mode: 'fixed', mean: [500], std: [250] } },
      (v: number) => (v - 500) / 250,
    ],
    [
      'a fixed mean of 0.5',
      { id: 'fixed_zero_mean_unit_variance', kwargs: { mean: 500, std: 250 } },
      (v: number) => (v - 500) / 250,
    ],
    [
      'percentiles',
      { name: 'scale_range', kwargs: { axes: 'yx', min_percentile: 0, max_percentile: 100 } },
      (v: number) => v / 1012,
    ],
  ])('feeds it by %s', async (_, step, z) => {
    const files = packageFiles(description({}, { preprocessing: [step] }), z);
    const { testDifference } = await importModel(await place(files), { output: output() });
    expect(testDifference).toBeLessThan(1e-4);
  });

  it('refuses a test output that it does not give, and steps that it cannot apply', async () => {
    const wrong = packageFiles(description(), (v) => v / 1000);
    await expect(importModel(await place(wrong), { output: output() })).rejects.toThrow(
      /must reproduce its package's test output/,
    );
    const clipped = description({}, { preprocessing: [{ id: 'clip', kwargs: { min: 0, max: 1 } }] });
    await expect(importModel(await place(packageFiles(clipped)), { output: output() })).rejects.toThrow(
      /found preprocessing clip/,
    );
    const binary = description({}, {}, { postprocessing: [{ id: 'binarize' }] });
    await expect(importModel(await place(packageFiles(binary)), { output: output() })).rejects.toThrow(
      /found postprocessing binarize/,
    );
  });

  it('imports a plain ONNX file, with the classes that its model.json states', async () => {
    const stated = { kind: 'semantic', classes: ['boundary', 'foreground'], instances: { minSize: 9 } };
    const home = await place({
      'net.onnx': semanticNetwork({ heads: [LINE, LOGIT] }),
      'net.json': JSON.stringify(stated),
    });
    const {
      manifest,
      warnings,
      folder: made,
    } = await importModel(join(home, 'net.onnx'), { output: output() });
    expect(manifest).toMatchObject({
      kind: 'semantic',
      classes: ['boundary', 'foreground'],
      thresholds: { prob: 0.5 },
    });
    expect(warnings).toEqual([]);
    const written = JSON.parse(await readFile(join(made, 'model.json'), 'utf8')) as SemanticManifest;
    expect(written.instances.minSize).toBe(9);
  });

  const unet = join(DATA, 'models', 'unet2d-nuclei-bioimageio');
  it.skipIf(!existsSync(unet)).each(['bioimageio.yaml', 'v0_4_9.bioimageio.yaml'])(
    'takes the U-Net for nuclei as %s describes it (needs the shared data)',
    async (name) => {
      const report = await importModel(join(unet, name), { output: output() });
      expect(report.testDifference).toBeLessThan(1e-3);
      expect(report.manifest).toMatchObject({
        normalise: { method: 'standard' },
        activation: 'sigmoid',
        classes: ['foreground'],
        halo: [32, 32],
        fixedSize: [512, 512],
      });
    },
  );
});

describe('semanticPackage', () => {
  it('reads sizes, halo and steps of format 0.4', () => {
    const yaml = JSON.stringify({
      type: 'model',
      format_version: '0.4.10',
      inputs: [
        {
          axes: 'bczyx',
          shape: { min: [1, 1, 8, 32, 32], step: [0, 0, 4, 16, 16] },
          preprocessing: [
            { name: 'scale_linear', kwargs: { gain: 2, offset: 1 } },
            {
              name: 'scale_range',
              kwargs: { mode: 'per_dataset', axes: 'czyx', min_percentile: 2, max_percentile: 98 },
            },
          ],
        },
      ],
      outputs: [{ axes: 'bczyx', halo: [0, 0, 2, 8, 8] }],
      weights: {},
    });
    const { stated, jointly, unsupported, notes } = semanticPackage(
      parseDescription(yaml, 'rdf.yaml'),
      'rdf.yaml',
    );
    expect(stated).toEqual({
      kind: 'semantic',
      layout: 'NCDHW',
      normalise: { method: 'percentiles', low: 2, high: 98, perChannel: false },
      halo: [2, 8, 8],
      divisibleBy: [4, 16, 16],
    });
    expect([jointly, unsupported]).toEqual(['czyx', null]);
    expect(notes).toEqual([expect.stringMatching(/taken of each frame instead/)]);
  });
});
