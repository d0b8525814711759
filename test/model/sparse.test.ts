import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import { submessages } from '../../src/model/import/protobuf.ts';
import {
  builtinModels,
  createSession,
  type GridOutput,
  isSemanticSession,
  isVolumeSession,
  loadModel,
  type Model,
} from '../../src/model/index.ts';
import { pointwiseTail, readNode } from '../../src/model/pointwiseTail.ts';
import { conv1, onnx, type StarOptions, starNetwork } from '../helpers/onnx.ts';

let folder = '';
let serial = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'morula-sparse-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function load(options: StarOptions): Promise<Model> {
  const path = join(folder, `m${serial++}.onnx`);
  await writeFile(path, starNetwork(options));
  return loadModel(path);
}

/** Runs a model once; the session is closed. */
async function run(
  model: Model,
  input: Float32Array,
  size: readonly number[],
  sparse: boolean,
  floor?: number,
): Promise<GridOutput> {
  const session = await createSession(model, { sparse });
  if (isSemanticSession(session)) throw new Error('the model is no StarDist network');
  const [a, b, c] = size as [number, number, number];
  const output = await (isVolumeSession(session)
    ? session.run(input, a, b, c, floor)
    : session.run(input, a, b, floor));
  await session.close();
  return output;
}

function noise(size: readonly number[]): Float32Array {
  const random = createRandom(7);
  return Float32Array.from({ length: size.reduce((product, n) => product * n, 1) }, () => random.uniform());
}

/** The rows of planes at the positions over a floor. */
function rowsOver({ prob, dist }: GridOutput, floor: number): { at: number[]; rows: number[] } {
  const area = prob.length;
  const at = [...prob.keys()].filter((i) => prob[i]! > floor);
  return {
    at,
    rows: at.flatMap((i) => Array.from({ length: dist.length / area }, (_, k) => dist[k * area + i]!)),
  };
}

const networks: [string, StarOptions, number[]][] = [
  ['NCHW', {}, [32, 48]],
  ['NHWC at grid 2', { layout: 'NHWC', grid: 2 }, [32, 48]],
  ['NCDHW at grid (1, 2, 2)', { layout: 'NCDHW', grid: [1, 2, 2] }, [6, 32, 48]],
  ['NDHWC', { layout: 'NDHWC' }, [6, 32, 48]],
];

describe('createSession with sparse', () => {
  it.each(networks)(
    'gives the rays of the positions over the floor, the same bits: %s',
    async (_, options, size) => {
      const model = await load(options);
      const input = noise(size);
      const all = await run(model, input, size, false);
      for (const floor of [0.2, 0.5, 0.9]) {
        const some = await run(model, input, size, true, floor);
        const wanted = rowsOver(all, floor);
        expect(wanted.at.length).toBeGreaterThan(0);
        expect(some.prob).toEqual(all.prob);
        expect(Array.from(some.at!)).toEqual(wanted.at);
        expect(Array.from(some.dist)).toEqual(wanted.rows);
      }
    },
  );

  it('gives the same bits from the built-in models', async () => {
    for (const { name } of await builtinModels()) {
      const model = await loadModel(name);
      const size = model.manifest.ndim === 3 ? [8, 32, 48] : [64, 96];
      const input = noise(size);
      const all = await run(model, input, size, false);
      const floor = all.prob.toSorted()[Math.floor(all.prob.length * 0.7)]!;
      const some = await run(model, input, size, true, floor);
      const wanted = rowsOver(all, floor);
      expect(wanted.at.length).toBeGreaterThan(100);
      expect(Array.from(some.at!)).toEqual(wanted.at);
      expect(Array.from(some.dist)).toEqual(wanted.rows);
    }
  });

  it('gives no rows where nothing exceeds the floor, and all without a floor', async () => {
    const model = await load({ grid: 2 });
    const input = noise([32, 32]);
    const none = await run(model, input, [32, 32], true, 2);
    expect([none.at!.length, none.dist.length, none.prob.length]).toEqual([0, 0, 256]);
    const all = await run(model, input, [32, 32], true);
    expect(Array.from(all.at!)).toEqual(Array.from({ length: 256 }, (_, i) => i));
  });

  it.each([{ logits: true }, { concatenated: true }, { concatenated: true, grid: 2, rays: 32 }])(
    'gives planes where the outputs are of another kind: %j',
    async (options) => {
      const model = await load(options);
      const input = noise([32, 32]);
      const [sparse, plain] = [
        await run(model, input, [32, 32], true, 0.5),
        await run(model, input, [32, 32], false),
      ];
      expect(sparse.at).toBeUndefined();
      expect(sparse.dist).toEqual(plain.dist);
    },
  );

  it('refuses outputs that are not what the manifest says', async () => {
    const model = await load({});
    const manifest = { ...model.manifest, nRays: 16 } as Model['manifest'];
    await expect(run({ ...model, manifest }, noise([16, 16]), [16, 16], true, 0.5)).rejects.toMatchObject({
      tag: 'shape-mismatch',
    });
    const outputs = { prob: 'prob', dist: 'nowhere' };
    const renamed = { ...model.manifest, outputs } as Model['manifest'];
    await expect(run({ ...model, manifest: renamed }, noise([16, 16]), [16, 16], true)).rejects.toThrow(
      /must have the output "nowhere"/,
    );
  });
});

describe('pointwiseTail', () => {
  /** image, a convolution of 3, then two of size 1 with a Relu between them. */
  function network(): ReturnType<typeof readNode>[] {
    const size = (n: number) => ({
      attributes: { kernel_shape: [n, n], pads: [n >> 1, n >> 1, n >> 1, n >> 1] },
    });
    const [wide] = conv1('wide', 'image', 1, 1, 0);
    const [first] = conv1('first', 'wide', 1, 1, 0);
    const [last] = conv1('dist', 'clipped', 1, 1, 0);
    const relu = { op: 'Relu', inputs: ['first'], outputs: ['clipped'] };
    const port = { name: 'dist', shape: [1] };
    const nodes = [{ ...wide, ...size(3) }, { ...first, ...size(1) }, relu, { ...last, ...size(1) }];
    const bytes = onnx({ nodes, weights: [], inputs: [{ name: 'image', shape: [1] }], outputs: [port] });
    return submessages(submessages(bytes, 7)[0]!, 1).map(readNode);
  }

  it('goes back to the last convolution that sees its surroundings', () => {
    const { source, nodes } = pointwiseTail(network(), 'dist', 'prob');
    expect([source, nodes.map(({ outputs }) => outputs[0])]).toEqual(['wide', ['first', 'clipped', 'dist']]);
  });

  it('stops at a value that something else uses', () => {
    const nodes = network();
    nodes.push({ ...nodes[2]!, inputs: ['clipped'], outputs: ['other'] });
    expect(pointwiseTail(nodes, 'dist', 'prob').source).toBe('clipped');
    expect(pointwiseTail(network(), 'dist', 'first').source).toBe('first');
  });
});
