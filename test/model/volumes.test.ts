import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkModel, loadModel } from '../../src/model/index.ts';
import { type StarOptions, starNetwork } from '../helpers/onnx.ts';
import { openVolumes } from '../helpers/sessions.ts';

let folder = '';
let serial = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'morula-volumes-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(bytes: Uint8Array, manifest?: unknown): Promise<string> {
  const home = join(folder, `m${serial++}`);
  await mkdir(home);
  await writeFile(join(home, 'net.onnx'), bytes);
  if (manifest !== undefined) await writeFile(join(home, 'net.json'), JSON.stringify(manifest));
  return join(home, 'net.onnx');
}

/** A ramp: voxel (z, y, x) holds z / 10 + y / 100 + x / 1000. */
function ramp([depth, height, width]: readonly number[]): Float32Array {
  const out = new Float32Array(depth * height * width);
  for (let i = 0; i < out.length; i++)
    out[i] =
      Math.floor(i / (height * width)) / 10 + (Math.floor(i / width) % height) / 100 + (i % width) / 1000;
  return out;
}

const RAYS = { name: 'golden-spiral', n: 8, anisotropy: [2, 1, 1] };

const cases: [string, StarOptions, Record<string, unknown>][] = [
  [
    'NCDHW at grid 1',
    { layout: 'NCDHW' },
    { layout: 'NCDHW', grid: [1, 1, 1], nRays: 8, divisibleBy: [1, 16, 16] },
  ],
  ['NDHWC at grid (1, 2, 2)', { layout: 'NDHWC', grid: [1, 2, 2] }, { layout: 'NDHWC', grid: [1, 2, 2] }],
  [
    'logits at grid 2',
    { layout: 'NCDHW', grid: 2, logits: true },
    { probActivation: 'sigmoid', grid: [2, 2, 2] },
  ],
  ['one output', { layout: 'NDHWC', concatenated: true, rays: 32 }, { concatenated: true, nRays: 32 }],
  [
    'an upsampled output',
    { layout: 'NDHWC', concatenated: true, grid: [1, 2, 2], rays: 32 },
    { concatenated: true, sparseLattice: true, grid: [1, 2, 2], nRays: 32 },
  ],
  ['a depth that must be even', { layout: 'NCDHW', pooledDepth: true }, { divisibleBy: [2, 16, 16] }],
  [
    'a fixed size',
    { layout: 'NCDHW', grid: [1, 2, 2], size: [8, 32, 48] },
    { fixedSize: [8, 32, 48], divisibleBy: [8, 32, 48] },
  ],
];

describe('loadModel on 3D networks', () => {
  it.each(cases)(
    'detects %s without a manifest, and says that the rays are a guess',
    async (_, options, expected) => {
      const { manifest, warnings } = await loadModel(await write(starNetwork(options)));
      expect(manifest).toMatchObject({ kind: 'stardist', ndim: 3, channels: 1, ...expected });
      if (manifest.kind !== 'stardist') throw new Error('it is no StarDist network');
      expect(manifest).toMatchObject({
        rays: { n: manifest.nRays, anisotropy: [1, 1, 1] },
        bytesPerVoxel: 720,
      });
      expect(warnings).toEqual([expect.stringContaining('thresholds'), expect.stringContaining('rays')]);
    },
  );

  it.each(cases)('gives volumes at grid resolution for %s', async (_, options) => {
    const session = await openVolumes(await loadModel(await write(starNetwork(options))));
    const size = options.size ?? [6, 32, 48];
    const { grid } = session.manifest;
    const input = ramp(size);
    const out = await session.run(input, size[0], size[1], size[2]);
    await session.close();
    expect([out.depth, out.height, out.width]).toEqual(size.map((n, a) => n / grid[a]));
    const volume = out.depth * out.height * out.width;
    for (const at of [
      [0, 0, 0],
      [1, 3, 5],
      [out.depth - 1, out.height - 1, out.width - 1],
    ]) {
      const last = at.map((n, a) => n * grid[a] + grid[a] - 1);
      let value = input[(last[0] * size[1] + last[1]) * size[2] + last[2]];
      if (options.pooledDepth) value += ((at[0] % 2 === 0 ? 1 : -1) * 0.05) / 2;
      const i = (at[0] * out.height + at[1]) * out.width + at[2];
      expect(out.prob[i]).toBeCloseTo(1 / (1 + Math.exp(4 - 8 * value)), 5);
      for (const k of [0, 7]) expect(out.dist[k * volume + i]).toBeCloseTo(4 + value, 5);
    }
  });

  const FULL = { layout: 'NCDHW', grid: 1, nRays: 8, divisibleBy: [1, 8, 8], halo: 4 };
  it.each([
    ['our rays', { rays: RAYS }],
    [
      "StarDist's rays_json",
      { rays_json: { name: 'Rays_GoldenSpiral', kwargs: { n: 8, anisotropy: [2, 1, 1] } } },
    ],
    ['an anisotropy alone', { anisotropy: [2, 1, 1] }],
  ])('takes %s from a complete manifest', async (_, fields) => {
    const path = await write(starNetwork({ layout: 'NCDHW' }), { ...FULL, ...fields });
    const { manifest, warnings } = await loadModel(path);
    expect(manifest).toMatchObject({
      ndim: 3,
      rays: RAYS,
      grid: [1, 1, 1],
      halo: [4, 4, 4],
      fixedSize: null,
    });
    expect(warnings).toEqual([]);
  });

  it.each([
    [{ anisotropyRange: [1, 6] }, [1, 6]],
    [{ anisotropyRange: null }, undefined],
    [{}, undefined],
  ])('takes the shapes of voxels that the model knows from %j', async (fields, expected) => {
    const path = await write(starNetwork({ layout: 'NCDHW' }), { ...FULL, rays: RAYS, ...fields });
    const { manifest } = await loadModel(path);
    expect('anisotropyRange' in manifest ? manifest.anisotropyRange : undefined).toEqual(expected);
  });

  it.each([
    [
      { anisotropyRange: [6, 1] },
      /"anisotropyRange" must be \[smallest, largest\] voxel depth over width, or null/,
    ],
    [{ anisotropyRange: [0, 2] }, /"anisotropyRange" must be/],
    [{ rays: { ...RAYS, n: 96 } }, /must have as many rays as its model.json states \("rays": 96\), got 8/],
    [
      { rays_json: { name: 'Rays_Cartesian', kwargs: { n_rays_x: 8 } } },
      /"rays" must be {"name": "golden-spiral"/,
    ],
    [{ rays: { ...RAYS, anisotropy: [0, 1, 1] } }, /"rays" must be/],
    [{ layout: 'NCHW' }, /must describe a 3D network, as the file is, got a 2D one/],
  ])('refuses %j', async (manifest, line) => {
    await expect(loadModel(await write(starNetwork({ layout: 'NCDHW' }), manifest))).rejects.toThrow(line);
  });
});

describe('checkModel on 3D networks', () => {
  it('runs them on a small volume', async () => {
    const report = await checkModel(
      await write(starNetwork({ layout: 'NDHWC', grid: [1, 2, 2] }), { rays: RAYS }),
    );
    expect(report).toMatchObject({ probeSize: [16, 64, 64], manifest: { rays: RAYS } });
    expect(report.warnings).toEqual([expect.stringContaining('thresholds')]);
  });
});
