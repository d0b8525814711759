import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import {
  addActivation,
  addConcat,
  addConvolution,
  addMaxPool,
  addOutput,
  addUpsampling,
  startGraph,
} from '../../src/model/import/graphBuilder.ts';
import { parseStarDistConfig } from '../../src/model/import/kerasConfig.ts';
import type { KerasLayer } from '../../src/model/import/kerasWeights.ts';
import { memoryPerVoxel } from '../../src/model/import/memoryPerVoxel.ts';
import { readNpy } from '../../src/model/import/npy.ts';
import { encodeOnnx, type OnnxGraph } from '../../src/model/import/onnxWriter.ts';
import { parseDescription } from '../../src/model/import/packageDescription.ts';
import { receptiveField } from '../../src/model/import/receptiveField.ts';
import { scaleRange } from '../../src/model/import/scaleRange.ts';

/** A convolution whose every tap is 1, so that what it sees can be told from what it gives. */
function ones(kernel: number[], inputs: number, outputs: number): KerasLayer {
  const shape = [...kernel, inputs, outputs];
  const data = new Float32Array(shape.reduce((product, n) => product * n, 1)).fill(1);
  return { name: 'ones', arrays: { kernel: { shape, data } } };
}

/** Outputs on an input of one row, `[1, 1, 1, width]`. */
async function runRow(graph: OnnxGraph, row: Float32Array): Promise<Float32Array> {
  const session = await InferenceSession.create(encodeOnnx(graph, 'test'));
  const out = await session.run({ image: new Tensor('float32', row, [1, 1, 1, row.length]) });
  await session.release();
  return Object.values(out)[0]!.data as Float32Array;
}

describe('receptiveField', () => {
  /** Convolutions of `kernel`, pooling by `pool`, back up by it; all taps 1. */
  function hourglass(kernel: number, pool: number): OnnxGraph {
    const { graph, image } = startGraph(1, 2);
    let x = addConvolution(graph, image, 'a', ones([1, kernel], 1, 1));
    x = addMaxPool(graph, x, 'down', [1, pool]);
    x = addConvolution(graph, x, 'b', ones([1, kernel], 1, 1));
    x = addUpsampling(graph, x, 'up', [1, pool]);
    addOutput(graph, addConvolution(graph, x, 'c', ones([1, kernel], 1, 1)), 2);
    return graph;
  }

  it.each([
    [3, 2],
    [5, 2],
    [3, 4],
    [4, 3],
  ])('reaches as far as an impulse does for kernel %i and pool %i', async (kernel, pool) => {
    const graph = hourglass(kernel, pool);
    const width = 24 * pool;
    let farthest = 0;
    for (let at = 8 * pool; at < 16 * pool; at++) {
      const out = await runRow(
        graph,
        new Float32Array(width).map((_, x) => (x === at ? 1 : 0)),
      );
      for (let x = 0; x < width; x++) if (out[x] !== 0) farthest = Math.max(farthest, Math.abs(x - at));
    }
    expect(receptiveField(graph, [1, 1], [1, pool])).toEqual([0, farthest]);
  });

  it('counts in input pixels from the position of a grid cell', () => {
    const { graph, image } = startGraph(1, 2);
    addOutput(graph, addConvolution(graph, image, 'a', ones([3, 7], 1, 1), null, [2, 2]), 2);
    expect(receptiveField(graph, [2, 2], [2, 2])).toEqual([2, 4]);
  });
});

describe('memoryPerVoxel', () => {
  it('holds what is still to be read, with activations in place', () => {
    const { graph, image } = startGraph(1, 2);
    const skip = addActivation(graph, addConvolution(graph, image, 'a', ones([1, 1], 1, 2)), 'relu', 'a.act');
    // The picture is read, 4 bytes, and two channels are written, 8: 12.
    expect(memoryPerVoxel(graph)).toBe(12);
    const low = addMaxPool(graph, skip, 'low', [2, 2]);
    const up = addUpsampling(graph, low, 'up', [2, 2]);
    // 8 of the skip, and 8 + 8 / 4 of the upsampling; then 8 + 8, and 16 for both joined.
    addOutput(graph, addConcat(graph, up, skip, 'both'), 2);
    expect(memoryPerVoxel(graph)).toBe(32);
  });
});

describe('addActivation', () => {
  it.each([
    ['linear', (x: number) => x],
    ['relu', (x: number) => Math.max(0, x)],
    ['elu', (x: number) => (x > 0 ? x : Math.expm1(x))],
    ['leaky_relu', (x: number) => (x > 0 ? x : 0.2 * x)],
    ['hard_sigmoid', (x: number) => Math.min(1, Math.max(0, 0.2 * x + 0.5))],
    ['softplus', (x: number) => Math.log1p(Math.exp(x))],
    ['tanh', Math.tanh],
  ])('computes %s as Keras does', async (name, expected) => {
    const { graph, image } = startGraph(1, 2);
    const x = addConvolution(graph, image, 'same', ones([1, 1], 1, 1));
    addOutput(graph, addActivation(graph, x, name, 'act'), 2);
    const row = Float32Array.from([-3, -0.5, 0, 0.25, 4]);
    const out = await runRow(graph, row);
    for (const [i, value] of row.entries()) expect(out[i]).toBeCloseTo(expected(value), 5);
  });
});

describe('addConvolution', () => {
  it('folds a batch normalisation into weights and bias', async () => {
    const { graph, image } = startGraph(1, 2);
    const of = (value: number) => ({ shape: [1], data: Float32Array.of(value) });
    const layer = ones([1, 1], 1, 1);
    layer.arrays.bias = of(0.5);
    const norm = { gamma: of(3), beta: of(-1), moving_mean: of(2), moving_variance: of(4) };
    addOutput(graph, addConvolution(graph, image, 'a', layer, { name: 'bn', arrays: norm }), 2);
    const [out] = await runRow(graph, Float32Array.of(7));
    expect(out).toBeCloseTo((3 * (7 + 0.5 - 2)) / Math.sqrt(4.001) - 1, 5);
  });

  it('pads a strided convolution at the end first, as Keras does', async () => {
    const { graph, image } = startGraph(1, 2);
    addOutput(graph, addConvolution(graph, image, 'a', ones([1, 3], 1, 1), null, [1, 2]), 2);
    expect([...(await runRow(graph, Float32Array.of(1, 2, 4, 8)))]).toEqual([7, 12]);
  });
});

describe('parseStarDistConfig', () => {
  it('completes an empty config to a 2D U-Net of the library', () => {
    expect(parseStarDistConfig({}, 'c')).toEqual({
      ndim: 2,
      channels: 1,
      nRays: 32,
      grid: [1, 1],
      classes: 0,
      backbone: {
        kind: 'unet',
        depth: 3,
        kernel: [3, 3],
        filters: 32,
        expansion: 2,
        convsPerDepth: 2,
        pool: [2, 2],
        activation: 'relu',
        lastActivation: 'relu',
        batchNorm: false,
        prefix: '',
        features: 128,
      },
      anisotropy: null,
    });
  });

  it('completes a 3D ResNet of the library', () => {
    const config = parseStarDistConfig({ axes: 'ZYXC', backbone: 'resnet', anisotropy: [2, 1, 1] }, 'c');
    expect(config).toMatchObject({ ndim: 3, nRays: 96, grid: [1, 1, 1], anisotropy: [2, 1, 1] });
    expect(config.backbone).toEqual({
      kind: 'resnet',
      blocks: 4,
      kernel: [3, 3, 3],
      filters: 32,
      convsPerBlock: 3,
      activation: 'relu',
      batchNorm: false,
      features: 128,
    });
  });

  it('takes the depth 2 of 3D U-Nets, and one activation for both when the last is null', () => {
    const raw = { n_dim: 3, unet_activation: 'elu', unet_last_activation: null };
    expect(parseStarDistConfig(raw, 'c').backbone).toMatchObject({
      depth: 2,
      activation: 'elu',
      lastActivation: 'elu',
    });
  });

  it.each([
    [[], /JSON object/],
    [{ n_dim: 4 }, /"n_dim" must be 2 or 3, got 4/],
    [{ n_rays: 4 }, /"n_rays" must be a whole number in \[8, 1024\], got 4/],
    [{ unet_n_depth: -1 }, /"unet_n_depth" must be a whole number from 0, got -1/],
    [{ unet_batch_norm: 'no' }, /"unet_batch_norm" must be true or false/],
    [{ unet_activation: 3 }, /"unet_activation" must be a text/],
  ])('refuses %j', (raw, line) => {
    expect(() => parseStarDistConfig(raw, 'c')).toThrow(line);
  });
});

describe('scaleRange', () => {
  it('maps the percentiles of the axes that are named together to 0 and 1', () => {
    const ramp = Float32Array.from({ length: 12 }, (_, i) => (i === 11 ? 100 : i));
    const out = scaleRange({ data: ramp, shape: [1, 3, 4, 1] }, 'byxc', 'yx', 1, 99.8);
    expect(out[0]).toBeCloseTo(-0.00112348, 7);
    expect(out[1]).toBeCloseTo(0.00908998, 7);
    expect(out[11]).toBeCloseTo(1.0202227, 6);
  });

  it('takes the percentiles of each channel alone when channels are not named', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 4, maxLength: 20 }), (values) => {
        const two = Float32Array.from(values.flatMap((v) => [v, 10 * v + 5]));
        const shape = [1, values.length, 1, 2];
        const out = scaleRange({ data: two, shape }, 'byxc', 'yx', 0, 100);
        for (let i = 0; i < values.length; i++) expect(out[2 * i + 1]).toBeCloseTo(out[2 * i]!, 4);
      }),
    );
  });
});

describe('readNpy', () => {
  const file = (header: string, data: Uint8Array): Uint8Array => {
    const text = new TextEncoder().encode(header);
    return Uint8Array.from([0x93, 78, 85, 77, 80, 89, 1, 0, text.length, 0, ...text, ...data]);
  };

  it('reads shorts as numbers, in the shape of the header', () => {
    const bytes = file(
      "{'descr': '<u2', 'fortran_order': False, 'shape': (1, 2), }",
      Uint8Array.of(1, 2, 3, 0),
    );
    expect(readNpy(bytes, 'a')).toEqual({ data: Float32Array.of(513, 3), shape: [1, 2] });
  });

  it.each([
    ["{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", /its type is >f4/],
    ["{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", /its type is <c8/],
    ["{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }", /Fortran order/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", /truncated/],
  ])('refuses %s', (header, line) => {
    expect(() => readNpy(file(header, new Uint8Array(4)), 'a')).toThrow(line);
  });

  it('refuses other files', () => {
    expect(() => readNpy(new Uint8Array(20), 'a')).toThrow(/something else/);
  });
});

describe('parseDescription', () => {
  it('reads axes, steps and files of YAML in either format', () => {
    const text = `
format_version: 0.5.3
name: Net
inputs:
  - id: raw
    axes:
      - {type: batch}
      - {type: channel, channel_names: [dna]}
      - {type: space, id: y, size: 64}
      - {type: space, id: x, size: 64}
    preprocessing:
      - {id: scale_range, kwargs: {axes: [x, y], min_percentile: 3, max_percentile: 99}}
      - {id: clip, kwargs: {min: 0}}
    test_tensor: {source: ./in.npy}
outputs:
  - test_tensor: {source: out.npy}
weights:
  onnx: {source: ./net.onnx, sha256: AB}
`;
    expect(parseDescription(text, 'a')).toMatchObject({
      name: 'Net',
      formatVersion: '0.5.3',
      normalise: { low: 3, high: 99 },
      normaliseAxes: 'xy',
      inputAxes: 'bcyx',
      otherSteps: ['clip'],
      weights: { onnx: { source: 'net.onnx', sha256: 'AB' } },
      testInputs: ['in.npy'],
      testOutputs: ['out.npy'],
      stardist: null,
    });
  });

  it('refuses percentiles out of order and text that is no description', () => {
    const steps = '[{name: scale_range, kwargs: {min_percentile: 99, max_percentile: 1}}]';
    expect(() => parseDescription(`inputs: [{axes: byxc, preprocessing: ${steps}}]`, 'a')).toThrow(
      /got 99 and 1/,
    );
    expect(() => parseDescription('just text', 'a')).toThrow(/model description/);
  });
});
