import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { readKerasWeights } from '../../src/model/import/kerasWeights.ts';
import { readNpy } from '../../src/model/import/npy.ts';
import { readCandidate } from '../../src/model/import/readCandidate.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const MODELS = fileURLToPath(new URL('../fixtures/models', import.meta.url));
/** Float32 sums in another order than TensorFlow's differ by about 1e-6 of the value. */
const TOLERANCE = 1e-4;
const folder = tempFolder();

function array(model: string, name: string): { data: Float32Array; shape: number[] } {
  const path = join(MODELS, model, `${name}.npy`);
  return readNpy(new Uint8Array(readFileSync(path)), path);
}

/** Largest differences between our network's outputs and Keras's. */
async function differences(onnx: Uint8Array, model: string): Promise<{ prob: number; dist: number }> {
  const image = array(model, 'input');
  const session = await InferenceSession.create(onnx);
  const out = await session.run({ image: new Tensor('float32', image.data, [1, 1, ...image.shape]) });
  await session.release();
  const [prob, dist] = [array(model, 'prob'), array(model, 'dist')];
  const rays = dist.shape.at(-1)!;
  expect(out.prob!.dims).toEqual([1, 1, ...prob.shape]);
  expect(out.dist!.dims).toEqual([1, rays, ...prob.shape]);
  const got = { prob: out.prob!.data as Float32Array, dist: out.dist!.data as Float32Array };
  const worst = { prob: 0, dist: 0 };
  for (let i = 0; i < prob.data.length; i++) {
    worst.prob = Math.max(worst.prob, Math.abs(got.prob[i]! - prob.data[i]!));
    for (let r = 0; r < rays; r++) {
      const apart = Math.abs(got.dist[r * prob.data.length + i]! - dist.data[i * rays + r]!);
      worst.dist = Math.max(worst.dist, apart);
    }
  }
  return worst;
}

let serial = 0;

/** A copy of a fixture with other keys in its config, or with files left out. */
async function variant(
  model: string,
  config: Record<string, unknown> = {},
  without: string[] = [],
): Promise<string> {
  const home = join(folder, `v${serial++}`);
  await mkdir(home);
  const stated = JSON.parse(await readFile(join(MODELS, model, 'config.json'), 'utf8')) as object;
  const files: Record<string, string | Uint8Array> = {
    'config.json': JSON.stringify({ ...stated, ...config }),
    'thresholds.json': await readFile(join(MODELS, model, 'thresholds.json')),
    'weights_best.h5': await readFile(join(MODELS, model, 'weights_best.h5')),
  };
  for (const [name, bytes] of Object.entries(files))
    if (!without.includes(name)) await writeFile(join(home, name), bytes);
  return home;
}

describe('readCandidate of a Keras folder', () => {
  it.each([
    ['unet2d', { ndim: 2, grid: [1, 1], nRays: 32, divisibleBy: [8, 8] }],
    ['unet2d-grid2-norm', { ndim: 2, grid: [2, 2], nRays: 32, divisibleBy: [8, 8] }],
    ['unet2d-uncommon', { ndim: 2, grid: [4, 2], nRays: 12, divisibleBy: [8, 8] }],
    ['unet3d', { ndim: 3, grid: [1, 2, 2], nRays: 32, divisibleBy: [4, 8, 8], layout: 'NCDHW' }],
    ['resnet3d', { ndim: 3, grid: [1, 2, 2], nRays: 96, divisibleBy: [1, 2, 2], layout: 'NCDHW' }],
    ['resnet3d-norm', { ndim: 3, grid: [2, 4, 4], nRays: 32, divisibleBy: [2, 4, 4], layout: 'NCDHW' }],
  ])('gives the outputs of Keras 2.15 for %s, within 1e-4', async (model, stated) => {
    const candidate = await readCandidate(join(MODELS, model));
    expect(candidate.stated).toMatchObject({ ...stated, thresholds: { prob: 0.4790711, nms: 0.3 } });
    const { prob, dist } = await differences(candidate.onnx, model);
    expect(prob).toBeLessThan(TOLERANCE);
    expect(dist).toBeLessThan(TOLERANCE);
  });

  it('reads the layout of Keras 3, where layers have no names', async () => {
    const home = await variant('resnet3d', {}, ['weights_best.h5']);
    await cp(join(MODELS, 'resnet3d-keras3.weights.h5'), join(home, 'any.weights.h5'));
    const { onnx } = await readCandidate(home);
    const named = await readCandidate(join(MODELS, 'resnet3d'));
    expect(onnx).toEqual(named.onnx);
  });

  it('states the rays of a 3D network with the anisotropy that it was trained for', async () => {
    const { stated } = await readCandidate(join(MODELS, 'resnet3d'));
    expect(stated.rays).toEqual({ name: 'golden-spiral', n: 96, anisotropy: [2.5, 1, 1] });
  });

  it('leaves the head for classes out and says so', async () => {
    const { notes } = await readCandidate(join(MODELS, 'unet2d-uncommon'));
    expect(notes).toEqual(['the head that tells 2 object classes apart is left out']);
  });

  it('takes the library’s defaults for what an old config does not state', async () => {
    const home = await variant('unet2d');
    const { n_rays, unet_n_filter_base, net_conv_after_unet } = JSON.parse(
      await readFile(join(home, 'config.json'), 'utf8'),
    ) as Record<string, number>;
    const old = { n_rays, unet_n_filter_base, net_conv_after_unet };
    await writeFile(join(home, 'config.json'), JSON.stringify(old));
    const { onnx } = await readCandidate(home);
    expect(onnx).toEqual((await readCandidate(join(MODELS, 'unet2d'))).onnx);
  });

  it('uses prob 0.5 and nms 0.4 when thresholds.json is missing or out of range', async () => {
    const missing = await readCandidate(await variant('unet2d', {}, ['thresholds.json']));
    const home = await variant('unet2d');
    await writeFile(join(home, 'thresholds.json'), '{"prob": 0.4, "nms": 1}');
    for (const { stated, notes } of [missing, await readCandidate(home)]) {
      expect(stated.thresholds).toEqual({ prob: 0.5, nms: 0.4 });
      expect(notes).toEqual([expect.stringContaining('no usable thresholds')]);
    }
  });

  it('prefers the newest weights with "best" in the name', async () => {
    const home = await variant('unet2d');
    for (const [name, year] of [
      ['weights_best.h5', 2020],
      ['weights_best_2.h5', 2021],
      ['weights_last.h5', 2022],
    ] as const) {
      const path = join(home, name);
      await cp(join(MODELS, 'unet2d', 'weights_best.h5'), path);
      await utimes(path, new Date(year, 1), new Date(year, 1));
    }
    expect(Object.keys((await readCandidate(home)).sources)).toContain('weights_best_2.h5');
    const named = await readCandidate(join(home, 'weights_last.h5'));
    expect(Object.keys(named.sources)).toContain('weights_last.h5');
  });

  it('takes a zip archive with everything in one folder', async () => {
    const home = await variant('unet2d');
    const entry = async (name: string) => new Uint8Array(await readFile(join(home, name)));
    const zip = zipSync({
      'net/config.json': await entry('config.json'),
      'net/thresholds.json': await entry('thresholds.json'),
      'net/weights_best.h5': await entry('weights_best.h5'),
    });
    const path = join(folder, 'packed.zip');
    await writeFile(path, zip);
    const candidate = await readCandidate(path);
    expect(candidate.name).toBe('packed');
    expect(candidate.onnx).toEqual((await readCandidate(home)).onnx);
    await writeFile(path, zip.subarray(0, zip.length / 2));
    await expect(readCandidate(path)).rejects.toMatchObject({ tag: 'invalid-data' });
  });

  it.each([
    [
      { unet_n_depth: 2 },
      'shape-mismatch',
      /layer middle_0 must have a kernel of 3 x 3 x 8 x 16 .*got 3 x 3 x 16 x 32/,
    ],
    [{ unet_n_depth: 4 }, 'shape-mismatch', /layer down_level_3_no_0 must be there, found none/],
    [
      { n_rays: 16 },
      'shape-mismatch',
      /layer dist must have a kernel of 1 x 1 x 8 x 16 .*got 1 x 1 x 8 x 32/,
    ],
    [{ unet_kernel_size: [5, 5] }, 'shape-mismatch', /layer down_level_0_no_0 must have a kernel of 5 x 5/],
    [
      { unet_batch_norm: true },
      'shape-mismatch',
      /a batch normalisation after down_level_0_no_0 must be there/,
    ],
    [{ net_conv_after_unet: 0 }, 'shape-mismatch', /layer prob must have a kernel of 1 x 1 x 4 x 1/],
    [{ grid: [2, 2] }, 'shape-mismatch', /layer grid_0_no_0 must be there, found none/],
    [
      { unet_activation: 'mish' },
      'unsupported',
      /activation "mish" \(at down_level_0_no_0\.act\) must be one of/,
    ],
    [{ backbone: 'resnet' }, 'unsupported', /"backbone" must be "unet", got "resnet"/],
    [{ n_channel_in: 3 }, 'shape-mismatch', /layer down_level_0_no_0 must have a kernel of 3 x 3 x 3 x 4/],
    [{ n_channel_in: 9 }, 'unsupported', /must take 1 to 8 channels, got 9/],
    [{ axes: 'XYC' }, 'unsupported', /"axes" must be "YXC", got "XYC"/],
    [{ grid: [3, 3] }, 'invalid-metadata', /"grid" must be powers of two/],
    [{ unet_pool: [2] }, 'invalid-metadata', /"unet_pool" must be 2 whole numbers from 1, got \[2\]/],
  ])('refuses weights and config that differ: %j', async (config, tag, line) => {
    const failure = readCandidate(await variant('unet2d', config));
    await expect(failure).rejects.toMatchObject({ tag, exit: 65 });
    await expect(failure).rejects.toThrow(line);
  });

  it('refuses layers that the config does not describe', async () => {
    await expect(readCandidate(await variant('unet2d-uncommon', { n_classes: null }))).rejects.toThrow(
      /found besides: prob_class/,
    );
  });

  it('refuses rays that are no golden spiral', async () => {
    const home = await variant('unet3d', { rays_json: { name: 'Rays_Octo', kwargs: {} } });
    await expect(readCandidate(home)).rejects.toThrow(/must be "Rays_GoldenSpiral", got "Rays_Octo"/);
  });

  it.each([
    ['config.json', /must hold config.json beside its weights/],
    ['weights_best.h5', /must hold the network's weights/],
  ])('refuses a folder without %s', async (name, line) => {
    const failure = readCandidate(await variant('unet2d', {}, [name]));
    await expect(failure).rejects.toMatchObject({ tag: 'invalid-data', exit: 65 });
    await expect(failure).rejects.toThrow(line);
  });

  it.each([
    ['a truncated file', (whole: Uint8Array) => whole.subarray(0, 70000), /truncated or damaged/],
    ['an empty file', () => new Uint8Array(0), /it is empty/],
    ['a git-LFS pointer', () => 'version https://git-lfs.github.com/spec/v1\n', /git lfs pull/],
    ['something else', () => 'PK or not', /something else/],
  ])('refuses weights that are %s', async (_, make, line) => {
    const home = await variant('unet2d');
    const path = join(home, 'weights_best.h5');
    await writeFile(path, make(new Uint8Array(await readFile(path))));
    await expect(readCandidate(home)).rejects.toThrow(line);
  });

  it('refuses weights with NaN, naming the layer', async () => {
    const home = await variant('unet2d');
    const path = join(home, 'weights_best.h5');
    const bytes = await readFile(path);
    const { convolutions } = await readKerasWeights(new Uint8Array(bytes), path);
    const kernel = convolutions.find(({ name }) => name === 'features')!.arrays.kernel!.data;
    bytes.writeFloatLE(Number.NaN, bytes.indexOf(Buffer.from(kernel.buffer, kernel.byteOffset, 16)));
    await writeFile(path, bytes);
    await expect(readCandidate(home)).rejects.toThrow(/layer features must hold finite numbers/);
  });
});

describe('readCandidate', () => {
  it('refuses a path with nothing, an empty folder and any other file', async () => {
    await expect(readCandidate(join(folder, 'none'))).rejects.toMatchObject({ tag: 'not-found', exit: 65 });
    const empty = join(folder, 'empty');
    await mkdir(empty);
    await expect(readCandidate(empty)).rejects.toThrow(/must be a StarDist folder .*found an empty folder/);
    await writeFile(join(empty, 'notes.txt'), 'no model');
    await expect(readCandidate(join(empty, 'notes.txt'))).rejects.toThrow(/found the file notes.txt/);
  });

  it.each([
    ['an archive', 'TF_SavedModel.zip', 'TF_SavedModel.zip'],
    ['an archive in a folder', 'TF_SavedModel.zip', '.'],
    ['a config', 'config.json', '.'],
    ['a graph', 'saved_model.pb', '.'],
    ['a description', 'rdf.yaml', 'rdf.yaml'],
  ])('says that %s is a git-LFS pointer', async (_, name, path) => {
    const home = await mkdtemp(join(folder, 'pointer-'));
    if (name === 'config.json') await writeFile(join(home, 'weights_best.h5'), 'weights');
    await writeFile(join(home, name), 'version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 1\n');
    await expect(readCandidate(join(home, path))).rejects.toThrow(
      `model: ${join(home, name)} must be the file itself, but it is a git-LFS pointer; run "git lfs pull"`,
    );
  });
});
