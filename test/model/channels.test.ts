import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { Files } from '../../src/model/import/files.ts';
import { convertNetwork } from '../../src/model/import/keras.ts';
import { readKerasWeights } from '../../src/model/import/kerasWeights.ts';
import { readNpy } from '../../src/model/import/npy.ts';
import { checkModel, importModel, loadModel } from '../../src/model/index.ts';
import { fromPlanes } from '../../src/model/outputs.ts';
import { type StarOptions, starNetwork } from '../helpers/onnx.ts';
import { openPlanes, openVolumes } from '../helpers/sessions.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const folder = tempFolder();
let serial = 0;

async function write(options: StarOptions, manifest?: unknown): Promise<string> {
  const path = join(folder, `n${serial++}.onnx`);
  await writeFile(path, starNetwork(options));
  if (manifest !== undefined) await writeFile(path.replace('.onnx', '.json'), JSON.stringify(manifest));
  return path;
}

/** Three planes whose mean is y / 31 + x / 1000. */
function threePlanes(height: number, width: number): { input: Float32Array; mean: Float32Array } {
  const pixels = height * width;
  const mean = Float32Array.from(
    { length: pixels },
    (_, i) => Math.floor(i / width) / 31 + (i % width) / 1000,
  );
  const input = new Float32Array(3 * pixels);
  for (const [c, factor] of [0.25, 0.5, 2.25].entries())
    for (let i = 0; i < pixels; i++) input[c * pixels + i] = factor * mean[i]!;
  return { input, mean };
}

describe('networks of several channels', () => {
  const cases: [string, StarOptions][] = [
    ['NCHW', {}],
    ['NHWC at grid 2', { layout: 'NHWC', grid: 2 }],
    ["Fiji's upsampled export", { layout: 'NHWC', grid: 2, concatenated: true, rays: 32 }],
    ['a fixed size', { size: [64, 96], layout: 'NHWC' }],
  ];
  it.each(cases)('are told by the declared input and given planes: %s', async (_, options) => {
    const model = await loadModel(await write({ ...options, channels: 3 }));
    expect(model.manifest).toMatchObject({ channels: 3, layout: options.layout ?? 'NCHW' });
    const session = await openPlanes(model);
    const [h, w] = options.size ?? [32, 48];
    const grid = Number(options.grid ?? 1);
    const { input, mean } = threePlanes(h!, w!);
    const out = await session.run(input, h!, w!);
    await session.close();
    for (const [y, x] of [
      [0, 0],
      [h! / grid - 1, w! / grid - 1],
    ] as const) {
      const value = mean[(y * grid + grid - 1) * w! + x * grid + grid - 1]!;
      expect(out.prob[y * out.width + x]).toBeCloseTo(1 / (1 + Math.exp(4 - 8 * value)), 5);
    }
  });

  it('take volumes too', async () => {
    const model = await loadModel(await write({ layout: 'NDHWC', channels: 2, grid: [1, 2, 2] }));
    const session = await openVolumes(model);
    const pixels = 4 * 16 * 16;
    const input = new Float32Array(2 * pixels).fill(0.25, 0, pixels).fill(0.75, pixels);
    const { prob } = await session.run(input, 4, 16, 16);
    await session.close();
    expect(model.manifest.channels).toBe(2);
    expect(prob[0]).toBeCloseTo(0.5, 5);
  });

  it('are checked with a picture in every channel', async () => {
    const { manifest, warnings } = await checkModel(await write({ channels: 3 }));
    expect(manifest.channels).toBe(3);
    expect(warnings).toHaveLength(1);
  });

  it('may be stated by the manifest where the file leaves the channels open', async () => {
    const path = await write(
      { channels: 3 },
      { channels: 3, normalise: { low: 2, high: 98, perChannel: true } },
    );
    const { manifest } = await loadModel(path);
    expect(manifest).toMatchObject({ channels: 3, normalise: { low: 2, high: 98, perChannel: true } });
  });

  it.each([0, 9, 1.5, '3'])('are refused by the number %j', async (channels) => {
    await expect(loadModel(await write({}, { channels }))).rejects.toThrow(
      /"channels" must be a whole number in \[1, 8\]/,
    );
  });

  it('are imported with their channels', async () => {
    const output = join(folder, 'imported');
    const { manifest } = await importModel(await write({ channels: 3, layout: 'NHWC' }), { output });
    expect(manifest).toMatchObject({ channels: 3, layout: 'NHWC' });
    expect((await loadModel(output)).manifest.channels).toBe(3);
  });
});

describe('fromPlanes', () => {
  it('puts the channels of a pixel beside each other, in their order', () => {
    const planes = Float32Array.of(1, 2, 3, 4, 10, 20, 30, 40);
    expect([...fromPlanes(planes, 'NHWC', 2)]).toEqual([1, 10, 2, 20, 3, 30, 4, 40]);
    expect(fromPlanes(planes, 'NCHW', 2)).toBe(planes);
    expect(fromPlanes(planes, 'NHWC', 1)).toBe(planes);
  });
});

describe('convertNetwork with three input channels', () => {
  it('gives the outputs of Keras when the kernels of one channel are shared out over three', async () => {
    const home = fileURLToPath(new URL('../fixtures/models/unet2d', import.meta.url));
    const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(join(home, name)));
    const weights = await readKerasWeights(bytes('weights_best.h5'), home);
    const [first] = weights.convolutions;
    const kernel = first!.arrays.kernel!;
    const [kh, kw, , filters] = kernel.shape as [number, number, number, number];
    const shares = [0.5, -1, 2];
    const shared = new Float32Array(kernel.data.length * 3);
    for (let i = 0; i < kh * kw; i++)
      for (let c = 0; c < 3; c++)
        for (let f = 0; f < filters; f++)
          shared[(i * 3 + c) * filters + f] = shares[c]! * Number(kernel.data[i * filters + f]);
    first!.arrays.kernel = { ...kernel, data: shared, shape: [kh, kw, 3, filters] };
    const config = { ...JSON.parse(readFileSync(join(home, 'config.json'), 'utf8')), n_channel_in: 3 };
    const files = { name: 'rgb', path: home, names: [] } as unknown as Files;
    const parts = { config, thresholds: null, weights, configPath: home };
    const { onnx, stated } = convertNetwork(files, parts, {});
    expect(stated).toMatchObject({ channels: 3, layout: 'NCHW' });

    const read = (name: string) => readNpy(bytes(name), name);
    const [image, prob] = [read('input.npy'), read('prob.npy')];
    // 0.5 * 2 - 1 * 1 + 2 * 0.5 = 1
    const planes = new Float32Array(3 * image.data.length);
    for (const [c, factor] of [2, 1, 0.5].entries())
      planes.set(
        image.data.map((v) => v * factor),
        c * image.data.length,
      );
    const session = await InferenceSession.create(onnx);
    const out = await session.run({ image: new Tensor('float32', planes, [1, 3, ...image.shape]) });
    await session.release();
    const got = out.prob!.data as Float32Array;
    expect(Math.max(...prob.data.map((p, i) => Math.abs(p - got[i]!)))).toBeLessThan(1e-4);
  });
});
