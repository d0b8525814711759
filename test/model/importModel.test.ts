import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/codec/files.ts';
import { importModel, loadModel } from '../../src/model/index.ts';
import { starNetwork } from '../helpers/onnx.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const MODELS = fileURLToPath(new URL('../fixtures/models', import.meta.url));
const UNET = join(MODELS, 'unet2d-grid2-norm');
const folder = tempFolder();
let serial = 0;
const fresh = (): string => join(folder, `m${serial++}`);

/** A folder with the files that are given. */
async function place(files: Record<string, string | Uint8Array>): Promise<string> {
  const home = fresh();
  await mkdir(home);
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(home, name), bytes);
  return home;
}

const CONFIG = JSON.parse(await readFile(join(UNET, 'config.json'), 'utf8')) as object;
const STARDIST = {
  stardist: { thresholds: { prob: 0.42, nms: 0.25 }, weights: 'stardist_weights.h5', config: CONFIG },
};
/** Descriptions are YAML, of which JSON is a part. */
const V04 = {
  format_version: '0.4.9',
  type: 'model',
  name: 'Small nuclei',
  inputs: [
    {
      name: 'input',
      axes: 'byxc',
      preprocessing: [
        {
          name: 'scale_range',
          kwargs: { mode: 'per_sample', axes: 'yx', min_percentile: 1, max_percentile: 99.8 },
        },
      ],
    },
  ],
  outputs: [{ name: 'output', axes: 'byxc' }],
  test_inputs: ['test_input.npy'],
  test_outputs: ['test_output.npy'],
  weights: { tensorflow_saved_model_bundle: { source: './TF_SavedModel.zip' } },
  config: STARDIST,
};
const V05 = {
  ...V04,
  format_version: '0.5.4',
  test_inputs: undefined,
  test_outputs: undefined,
  inputs: [
    {
      id: 'input',
      axes: [
        { type: 'batch' },
        { type: 'space', id: 'y', size: { min: 8, step: 8 } },
        { type: 'space', id: 'x', size: { min: 8, step: 8 } },
        { type: 'channel', channel_names: ['raw'] },
      ],
      preprocessing: [
        { id: 'ensure_dtype', kwargs: { dtype: 'float32' } },
        { id: 'scale_range', kwargs: { axes: ['y', 'x'], min_percentile: 1, max_percentile: 99.8 } },
      ],
      test_tensor: { source: './test_input.npy' },
    },
  ],
  outputs: [{ id: 'output', test_tensor: { source: 'test_output.npy' } }],
};

/** The files of a package as StarDist's exporter makes it. */
async function packageFiles(description: object): Promise<Record<string, Uint8Array>> {
  const bytes = async (name: string) => new Uint8Array(await readFile(join(UNET, name)));
  return {
    'rdf.yaml': new TextEncoder().encode(JSON.stringify(description)),
    'stardist_weights.h5': await bytes('weights_best.h5'),
    'test_input.npy': await bytes('test_input.npy'),
    'test_output.npy': await bytes('test_output.npy'),
  };
}

describe('importModel', () => {
  it('writes a folder that loads without a probe, and says what a run of it gave', async () => {
    const output = fresh();
    const report = await importModel(UNET, { output });
    expect(report).toMatchObject({ folder: output, path: join(output, 'model.onnx'), testDifference: null });
    expect(report.probeSize).toEqual([256, 256]);
    expect(report.warnings).toEqual([]);
    expect((await readdir(output)).sort()).toEqual(['model.json', 'model.onnx']);
    const { manifest, sha256, warnings } = await loadModel(output);
    expect(manifest).toEqual(report.manifest);
    expect(manifest).toMatchObject({ name: 'unet2d-grid2-norm', nRays: 32, grid: [2, 2], halo: [51, 51] });
    expect(warnings).toEqual([]);
    const written = JSON.parse(await readFile(join(output, 'model.json'), 'utf8')) as Record<string, unknown>;
    expect(written.sha256).toBe(sha256);
    const { sources } = written.imported as { sources: Record<string, string> };
    expect(sources['weights_best.h5']).toBe(sha256Hex(await readFile(join(UNET, 'weights_best.h5'))));
  });

  it.each(['unet3d', 'resnet3d-norm'])('writes and runs the 3D network %s', async (model) => {
    const output = fresh();
    const report = await importModel(join(MODELS, model), { output });
    expect(report.probeSize).toEqual([16, 64, 64]);
    expect(report.warnings).toEqual([]);
    const { manifest } = await loadModel(output);
    expect(manifest).toMatchObject({ ndim: 3, layout: 'NCDHW', rays: { name: 'golden-spiral', n: 32 } });
  });

  it('writes over an earlier import with leave, and over nothing else', async () => {
    const output = fresh();
    await importModel(UNET, { output });
    await expect(importModel(UNET, { output })).rejects.toThrow(/--overwrite replaces it/);
    await importModel(join(MODELS, 'unet2d'), { output, overwrite: true });
    expect((await loadModel(output)).manifest.name).toBe('unet2d');
    const taken = await place({ 'thesis.txt': 'three years of work' });
    await expect(importModel(UNET, { output: taken, overwrite: true })).rejects.toMatchObject({ exit: 64 });
    expect(await readdir(taken)).toEqual(['thesis.txt']);
  });

  it('leaves nothing behind when the model cannot be used', async () => {
    const home = await place({ 'net.onnx': starNetwork({ rays: 7 }) });
    const parent = fresh();
    await mkdir(parent);
    const failure = importModel(home, { output: join(parent, 'out') });
    await expect(failure).rejects.toThrow(
      `model: ${join(parent, 'out', 'model.onnx')} must be a StarDist network`,
    );
    expect(await readdir(parent)).toEqual([]);
  });

  it('detects a plain ONNX file and keeps what was found', async () => {
    const home = await place({
      'fiji.onnx': starNetwork({ layout: 'NHWC', grid: 2, concatenated: true }),
      'thresholds.json': '{"prob": 0.6, "nms": 0.3}',
    });
    const output = fresh();
    const { format, warnings } = await importModel(join(home, 'fiji.onnx'), { output });
    expect([format, warnings]).toEqual(['ONNX', []]);
    const stated = JSON.parse(await readFile(join(output, 'model.json'), 'utf8')) as object;
    expect(stated).toMatchObject({
      name: 'fiji',
      layout: 'NHWC',
      grid: [2, 2],
      sparseLattice: true,
      thresholds: { prob: 0.6, nms: 0.3 },
    });
  });
});

describe('importModel of a bioimage.io package', () => {
  it.each([
    ['0.4', V04],
    ['0.5', V05],
  ])('takes thresholds and percentiles of format %s, and gives its test output', async (_, description) => {
    const home = await place(await packageFiles(description));
    const report = await importModel(home, { output: fresh() });
    expect(report.testDifference).toBeLessThan(1e-4);
    expect(report.format).toBe(`bioimage.io ${description.format_version} (Keras StarDist 2D, unet)`);
    expect(report.warnings).toEqual([]);
    expect(report.manifest).toMatchObject({
      name: 'Small nuclei',
      thresholds: { prob: 0.42, nms: 0.25 },
      normalise: { low: 1, high: 99.8 },
    });
  });

  it('takes a zip archive', async () => {
    const path = `${fresh()}.zip`;
    await writeFile(path, zipSync(await packageFiles(V04)));
    expect((await importModel(path, { output: fresh() })).testDifference).toBeLessThan(1e-4);
  });

  it('takes the TensorFlow bundle when no Keras weights are attached', async () => {
    const { 'stardist_weights.h5': _, ...files } = await packageFiles(V04);
    const bundle = new Uint8Array(await readFile(join(UNET, 'TF_SavedModel.zip')));
    const report = await importModel(await place({ ...files, 'TF_SavedModel.zip': bundle }), {
      output: fresh(),
    });
    expect(report.testDifference).toBeLessThan(1e-4);
    expect(report.manifest.thresholds).toEqual({ prob: 0.42, nms: 0.25 });
    expect(report.warnings).toEqual([]);
  });

  it('takes ONNX weights when there are no others', async () => {
    const onnx = starNetwork({ rays: 16 });
    const weights = { onnx: { source: 'net.onnx', sha256: sha256Hex(onnx) } };
    const home = await place({
      'bioimageio.yaml': JSON.stringify({ ...V05, config: {}, weights }),
      'net.onnx': onnx,
    });
    const report = await importModel(home, { output: fresh() });
    expect(report.manifest).toMatchObject({ name: 'Small nuclei', nRays: 16 });
    expect(report.warnings.join()).toMatch(/no test tensors in the package/);
    await writeFile(join(home, 'net.onnx'), starNetwork({ rays: 8 }));
    await expect(importModel(home, { output: fresh() })).rejects.toThrow(/net.onnx must have the sha256/);
  });

  it('refuses a network that does not give its test output', async () => {
    const files = await packageFiles(V04);
    const output = files['test_output.npy']!;
    const firstProb = 128;
    new DataView(output.buffer, output.byteOffset).setFloat32(firstProb, 0.9, true);
    await expect(importModel(await place(files), { output: fresh() })).rejects.toThrow(
      /must reproduce its package's test output within 0.001/,
    );
  });

  it.each([
    [{ weights: { torchscript: { source: 'a.pt' } }, config: {} }, /ONNX weights, found torchscript/],
    [{ type: 'dataset' }, /must describe a model, got "dataset"/],
    [
      { inputs: [{ axes: 'byxc', preprocessing: [{ name: 'zero_mean_unit_variance' }] }] },
      /preprocessing must be scale_range alone, found zero_mean_unit_variance/,
    ],
  ])('refuses %j', async (change, line) => {
    const home = await place(await packageFiles({ ...V04, ...change }));
    await expect(importModel(home, { output: fresh() })).rejects.toThrow(line);
  });

  it('refuses a description that is no YAML', async () => {
    const home = await place({ 'rdf.yaml': 'inputs: [unclosed' });
    await expect(importModel(home)).rejects.toMatchObject({ tag: 'invalid-metadata', exit: 65 });
  });
});
