import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NdArray } from '../../src/array/index.ts';
import { createSession, isSemanticSession, loadModel, type SemanticSession } from '../../src/model/index.ts';
import { createScratch, restoreImage, segmentFrame } from '../../src/segment/index.ts';
import { blurNetwork } from '../helpers/blur.ts';
import { starNetwork } from '../helpers/onnx.ts';
import { semanticNetwork } from '../helpers/semantic.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const folder = tempFolder();
let serial = 0;

async function open(bytes: Uint8Array, stated: object): Promise<SemanticSession> {
  const home = join(folder, `m${serial++}`);
  mkdirSync(home);
  writeFileSync(join(home, 'model.onnx'), bytes);
  writeFileSync(join(home, 'model.json'), JSON.stringify({ kind: 'restoration', ...stated }));
  const session = await createSession(await loadModel(home));
  if (!isSemanticSession(session)) throw new Error('it is no network that restores');
  return session;
}

const LINEAR = { method: 'linear', gain: 0.5, offset: -2 };
const image = (rows: number[][]): NdArray => ({
  data: Uint16Array.from(rows.flat()),
  shape: [rows.length, rows[0]!.length],
});

describe('restoreImage', () => {
  it('gives the grey values of the picture that the network makes of it', async () => {
    // The network adds 3 to what it is fed, which is v / 2 - 2: of v it makes v + 6.
    const session = await open(semanticNetwork({ heads: [[1, 3]] }), { normalise: LINEAR });
    const { image: restored } = await restoreImage(
      image([
        [10, 20, 30],
        [40, 50, 65535],
      ]),
      session,
      createScratch(),
    );
    expect(restored.shape).toEqual([2, 3]);
    expect([...restored.data]).toEqual([16, 26, 36, 46, 56, 65541]);
  });

  it('feeds percentiles 2 and 99.8 as 0 and 1 where its model.json says nothing else', async () => {
    const { manifest } = await open(semanticNetwork({ heads: [[1, 0]] }), {});
    expect(manifest).toMatchObject({
      classes: ['image'],
      activation: 'none',
      normalise: { method: 'percentiles', low: 2, high: 99.8 },
    });
  });

  it.each([
    ['NCHW', [40, 56]],
    ['NHWC', [40, 56]],
    ['NCDHW', [4, 40, 24]],
  ] as const)('is the same whether the frame is cut into tiles or not: %s', async (layout, shape) => {
    const session = await open(blurNetwork(layout), { normalise: LINEAR, divisibleBy: 8, halo: 8 });
    const data = Uint16Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (i * 7919) % 1000);
    const whole = await restoreImage({ data, shape: [...shape] }, session, createScratch());
    const cut = await restoreImage({ data, shape: [...shape] }, session, createScratch(), 1);
    expect(whole.image.data).toHaveLength(data.length);
    expect(cut.image.data).toEqual(whole.image.data);
  });

  it('means over the neighbours with a network that does', async () => {
    const session = await open(blurNetwork('NCHW'), { normalise: LINEAR, divisibleBy: 1, halo: 1 });
    const rows = Array.from({ length: 16 }, (_, y) => Array.from({ length: 16 }, (_, x) => 9 * y + 90 * x));
    rows[8]![8]! += 90;
    const { image: restored } = await restoreImage(image(rows), session, createScratch());
    expect(restored.data[8 * 16 + 8]).toBeCloseTo(9 * 8 + 90 * 8 + 10, 3);
    expect(restored.data[7 * 16 + 7]).toBeCloseTo(9 * 7 + 90 * 7 + 10, 3);
    expect(restored.data[5 * 16 + 5]).toBeCloseTo(9 * 5 + 90 * 5, 3);
  });

  it('leaves a picture without contrast as it is, and takes pixels that are not finite for background', async () => {
    const session = await open(semanticNetwork({ heads: [[1, 0]] }), { normalise: LINEAR });
    const flat = image([
      [7, 7],
      [7, 7],
    ]);
    expect((await restoreImage(flat, session, createScratch())).image).toBe(flat);
    const data = Float32Array.from([Number.NaN, 8, 6, Number.POSITIVE_INFINITY]);
    const holed = await restoreImage({ data, shape: [2, 2] }, session, createScratch());
    expect([...holed.image.data]).toEqual([4, 8, 6, 4]);
  });

  it('refuses a network that gives no numbers', async () => {
    const session = await open(semanticNetwork({ heads: [[1e38, 1e38]] }), {
      normalise: { method: 'linear', gain: 1e3, offset: 1 },
      layout: 'NCHW',
      outputs: ['out0'],
      divisibleBy: 1,
      halo: 0,
    });
    await expect(restoreImage(image([[1, 60000]]), session, createScratch())).rejects.toMatchObject({
      tag: 'invalid-data',
      message: expect.stringContaining('must give numbers'),
    });
  });
});

describe('segmentFrame', () => {
  it('finds objects in what is seen, and measures the channels', async () => {
    const home = join(folder, 'star');
    mkdirSync(home);
    writeFileSync(join(home, 'model.onnx'), starNetwork({ rays: 8 }));
    const session = await createSession(await loadModel(join(home, 'model.onnx')));
    const [height, width] = [64, 64];
    const spot = Float32Array.from({ length: height * width }, (_, i) => {
      const away = Math.hypot(Math.floor(i / width) - 30, (i % width) - 20);
      return 100 + ((i * 7919) % 13) + 900 / (1 + Math.exp(2 * (away - 4)));
    });
    const dark = new Uint16Array(height * width).fill(50);
    const shape = [height, width];
    const seen = [{ data: spot, shape }];
    const { objects } = await segmentFrame([{ data: dark, shape }], 0, session, { seen });
    const plain = await segmentFrame(seen, 0, session);
    expect(objects.count).toBeGreaterThan(0);
    expect([objects.y, objects.x, objects.size]).toEqual([
      plain.objects.y,
      plain.objects.x,
      plain.objects.size,
    ]);
    expect(new Set(objects.intensity)).toEqual(new Set([50]));
  });
});
