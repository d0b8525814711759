import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzlibSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { readImage } from '../../bench/peers/instances.ts';
import { type Matched, matchedF1, matchLabels } from '../../bench/peers/matchLabels.ts';
import type { NdArray } from '../../src/array/index.ts';
import { packageRoot } from '../../src/codec/packageRoot.ts';
import { createSession, importModel, loadModel, type Model } from '../../src/model/index.ts';
import { segmentFrame } from '../../src/segment/index.ts';
import { blobs } from '../helpers/blobs.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

interface Result {
  picture: Parameters<typeof blobs>;
  /** Best first. */
  points: number[][];
  prob: number[];
  /** uint16, zlib, base64. */
  labels: string;
}

const FIXTURES = fileURLToPath(new URL('../fixtures/parity', import.meta.url));
const DATA = process.env.MORULA_DATA ?? join(packageRoot(), '..', 'shared', 'data');
const folder = tempFolder();

function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')) as T;
}

// Golden: `predict_instances` of stardist 0.9.1 on Keras 2.15, see test/fixtures/parity/make.py.
const references = fixture<{ network: string; results: Result[] }[]>('instances.json');
const onData = fixture<{ network: string; images: Record<string, string> }[]>('data.json');
const models = new Map<string, Model>();

beforeAll(async () => {
  for (const { network } of references) {
    const imported = await importModel(join(FIXTURES, network), { output: join(folder, network) });
    models.set(network, await loadModel(imported.folder));
  }
}, 120_000);

function unpack(labels: string): Uint16Array {
  const bytes = unzlibSync(Buffer.from(labels, 'base64'));
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

async function segment(model: Model, image: NdArray) {
  const session = await createSession(model);
  const found = await segmentFrame([image], 0, session);
  await session.close();
  return { labels: found.labels.data as Uint32Array, prob: [...found.objects.prob] };
}

describe('segmentFrame with imported Keras models', () => {
  it.each(
    references.flatMap(({ network, results }) =>
      results.map((result) => ({ network, result, shape: result.picture[0].join(' x ') })),
    ),
  )('finds the instances of predict_instances: $network on blobs of $shape', async ({ network, result }) => {
    const { labels, prob } = await segment(models.get(network)!, blobs(...result.picture));
    const theirs = unpack(result.labels);
    const n = new Set(theirs).size - 1;
    expect(matchLabels(labels, theirs, 0.9)).toEqual({ matched: n, first: n, second: n });
    // Rays differ by 1e-5 pixels: few pixels lie that near to an edge.
    const apart = labels.filter((label, i) => Number(label > 0) !== Number(theirs[i] > 0)).length;
    expect(apart).toBeLessThan(1e-3 * labels.length);
    if (n === result.prob.length)
      for (const [i, p] of prob.entries()) expect(Math.abs(p - result.prob[i])).toBeLessThan(1e-4);
  });

  it.each(['nuclei-grid2', 'sample-unet3d'])(
    'counts the border from the padded end, as Python does, and so finds more than from the end of the frame: %s',
    async (network) => {
      const model = models.get(network)!;
      expect(model.manifest).toMatchObject({ border: 2, borderRule: 'padded' });
      const inFrame = { ...model, manifest: { ...model.manifest, borderRule: 'frame' as const } };
      let more = 0;
      for (const { picture, points } of references.find((r) => r.network === network)!.results) {
        more += points.length - (await segment(inFrame as Model, blobs(...picture))).prob.length;
      }
      expect(more).toBeGreaterThan(0);
    },
  );
});

/** Matched objects of a network on the images of a set. */
async function onSet(network: string, set: string): Promise<Matched> {
  const model = models.get(network)!;
  const { images } = onData.find((r) => r.network === network)!;
  const total = { matched: 0, first: 0, second: 0 };
  for (const [path, packed] of Object.entries(images)) {
    if (!path.startsWith(set)) continue;
    const { labels } = await segment(model, await readImage(join(DATA, path), model.manifest.ndim));
    const found = matchLabels(labels, unpack(packed), 0.9);
    for (const key of ['matched', 'first', 'second'] as const) total[key] += found[key];
  }
  return total;
}

describe.skipIf(!existsSync(join(DATA, 'dsb2018', 'test')) || !existsSync(join(DATA, 'fixtures')))(
  'segmentFrame on the data folder (skipped without it: see MORULA_DATA)',
  () => {
    it.each([
      ['nuclei-grid2', 'dsb2018/test', 2000],
      ['nuclei-grid2', 'fixtures/stardist-samples', 90],
      ['sample-unet3d', 'fixtures/stardist-samples', 60],
      ['sample-resnet3d', 'fixtures/stardist-samples', 30],
    ])(
      'finds the instances of predict_instances, F1 of 0.999 at IoU 0.9: %s on %s, over %d of them',
      async (network, set, least) => {
        const total = await onSet(network, set);
        expect(total.second).toBeGreaterThan(least);
        expect(matchedF1(total)).toBeGreaterThanOrEqual(0.999);
      },
      180_000,
    );
  },
);

describe('matchLabels', () => {
  it('counts objects whose intersection over union reaches the bound', () => {
    const first = [1, 1, 1, 1, 0, 2, 2, 3, 0];
    const second = [7, 7, 7, 0, 0, 5, 5, 0, 9];
    expect(matchLabels(first, second, 0.75)).toEqual({ matched: 2, first: 3, second: 3 });
    expect(matchLabels(first, second, 0.76)).toEqual({ matched: 1, first: 3, second: 3 });
  });

  it('gives an F1 of 1 when there is nothing to find', () => {
    expect(matchedF1(matchLabels([0, 0], [0, 0], 0.9))).toBe(1);
    expect(matchedF1({ matched: 3, first: 4, second: 4 })).toBe(0.75);
  });
});
