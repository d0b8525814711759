import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type NdArray } from '../../src/array/index.ts';
import type { PlaneManifest, PlaneSession } from '../../src/model/index.ts';
import { createScratch, type SegmentOptions, segmentFrame } from '../../src/segment/index.ts';

const manifest: PlaneManifest = {
  name: 'bright discs',
  kind: 'stardist',
  ndim: 2,
  layout: 'NCHW',
  channels: 1,
  grid: [2, 2],
  nRays: 16,
  divisibleBy: [16, 16],
  halo: [32, 32],
  normalise: { low: 1, high: 99.8 },
  thresholds: { prob: 0.5, nms: 0.4 },
  objectDiameterPx: 12,
  diameterRangePx: null,
  probActivation: 'none',
  outputs: { prob: 'prob', dist: 'dist' },
  concatenated: false,
  sparseLattice: false,
  border: 2,
  borderRule: 'frame',
  outline: 'centre',
  edgeLevel: null,
  keep: null,
  fixedSize: null,
};

/** A session that works like a network for discs of radius 6: prob is the mean around a pixel, rays end at half height. */
function fakeSession(
  changes: Partial<PlaneManifest> = {},
  reach = 6,
): PlaneSession & { runs: [number, number][] } {
  const m = { ...manifest, ...changes };
  const runs: [number, number][] = [];
  return {
    manifest: m,
    device: 'cpu',
    runs,
    close: async () => undefined,
    async run(input, height, width) {
      expect(input.length).toBe(height * width);
      runs.push([height, width]);
      const [gy, gx] = m.grid;
      const h = height / gy;
      const w = width / gx;
      const prob = new Float32Array(h * w);
      const dist = new Float32Array(m.nRays * h * w);
      const at = (y: number, x: number): number =>
        input[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))]!;
      for (let y = 0; y < h; y++) {
        for (let x = 0; x < w; x++) {
          let sum = 0;
          for (let dy = -reach; dy <= reach; dy += 2)
            for (let dx = -reach; dx <= reach; dx += 2)
              sum += at(y * gy + dy, x * gx + dx) / (reach + 1) ** 2;
          prob[y * w + x] = Math.min(1, Math.max(0, sum));
          if (sum < 0.4) continue;
          for (let k = 0; k < m.nRays; k++) {
            const [sy, sx] = [Math.sin((2 * Math.PI * k) / m.nRays), Math.cos((2 * Math.PI * k) / m.nRays)];
            let d = 0;
            while (d < 20 && at(Math.round(y * gy + d * sy), Math.round(x * gx + d * sx)) > 0.5) d += 0.25;
            dist[k * h * w + y * w + x] = d;
          }
        }
      }
      return { height: h, width: w, prob, dist, ms: 1 };
    },
  };
}

/** Discs of one radius on a dark ground with a little noise. */
function picture(
  height: number,
  width: number,
  centres: [number, number][],
  radius = 6,
  seed = 1,
): NdArray<Float32Array> {
  const random = createRandom(seed);
  const data = Float32Array.from({ length: height * width }, () => 100 + random.uniform());
  for (const [cy, cx] of centres)
    for (let y = Math.max(0, cy - radius); y <= Math.min(height - 1, cy + radius); y++)
      for (let x = Math.max(0, cx - radius); x <= Math.min(width - 1, cx + radius); x++)
        if (Math.hypot(y - cy, x - cx) <= radius) data[y * width + x]! += 200;
  return { data, shape: [height, width] };
}

const discs: [number, number][] = [
  [20, 20],
  [20, 60],
  [50, 34],
  [70, 70],
];

async function segment(image: NdArray, options?: SegmentOptions, session = fakeSession()) {
  return segmentFrame([image], 0, session, options);
}

/** A session that sees one disc of radius 4, at a position of the grid. */
function oneCentre(gy: number, gx: number, border: number): PlaneSession {
  const session = fakeSession({ border });
  return {
    ...session,
    async run(_input, height, width) {
      const [h, w] = [height / 2, width / 2];
      const prob = new Float32Array(h * w);
      prob[gy * w + gx] = 0.9;
      return { height: h, width: w, prob, dist: new Float32Array(manifest.nRays * h * w).fill(4), ms: 1 };
    },
  };
}

describe('segmentFrame', () => {
  it.each([
    [2, 1, 0],
    [1, 1, 1],
    [2, 2, 1],
    [1, 0, 0],
    [0, 0, 1],
  ])(
    'with a border of %i grid positions and a centre at row %i finds %i objects',
    async (border, row, count) => {
      const { objects } = await segment(
        picture(64, 64, discs),
        undefined,
        oneCentre(row, 10, border) as never,
      );
      expect(objects.count).toBe(count);
    },
  );

  it('finds discs with their place, size and intensity, best first', async () => {
    const { objects, labels, networkMs, warnings } = await segment(picture(90, 90, discs));
    expect(objects.count).toBe(4);
    expect([networkMs, warnings]).toEqual([1, []]);
    expect(labels.shape).toEqual([90, 90]);
    for (const [cy, cx] of discs) {
      const row = labels.data[cy * 90 + cx]! - 1;
      expect(Math.hypot(objects.y[row]! - cy, objects.x[row]! - cx)).toBeLessThan(0.8);
      expect(Math.abs(objects.size[row]! / (Math.PI * 36) - 1)).toBeLessThan(0.15);
      expect(objects.intensity[row]!).toBeGreaterThan(270);
      expect(objects.border[row]).toBe(0);
    }
    expect([...objects.prob]).toEqual([...objects.prob].sort((a, b) => b - a));
    expect([...objects.label]).toEqual([1, 2, 3, 4]);
  });

  it('gives the same labels for any positive scaling of the intensities', async () => {
    const image = picture(64, 80, discs.slice(0, 3));
    const expected = (await segment(image)).labels.data.slice();
    for (const [gain, offset] of [
      [4, 0],
      [0.5, 1000],
    ] as const) {
      const data = image.data.map((v) => v * gain + offset);
      expect((await segment({ data, shape: image.shape })).labels.data).toEqual(expected);
    }
  });

  it('gives shifted labels for a picture that is shifted by steps of the grid', async () => {
    const { data, shape } = picture(96, 96, discs);
    const expected = (await segment({ data, shape })).labels.data.slice();
    for (const [down, right] of [
      [2, 0],
      [0, 8],
      [6, 10],
    ] as const) {
      const source = (i: number): number => {
        const [y, x] = [Math.floor(i / 96), i % 96];
        return ((y - down + 96) % 96) * 96 + ((x - right + 96) % 96);
      };
      const moved = { data: data.map((_, i) => data[source(i)]!), shape };
      const labels = (await segment(moved)).labels.data;
      expect(labels).toEqual(labels.map((_, i) => expected[source(i)]!));
    }
  });

  it('gives the same objects from tiles as from the whole frame', async () => {
    const random = createRandom(5);
    const centres: [number, number][] = [];
    for (let y = 14; y < 1030; y += 28)
      for (let x = 14; x < 1020; x += 28) centres.push([y + random.int(7), x + random.int(7)]);
    const image = picture(1042, 1031, centres);
    const session = fakeSession();
    const tiled = await segment(image, {}, session);
    expect(session.runs.length).toBeGreaterThan(1);
    const fixed = fakeSession({ fixedSize: [1056, 1040], divisibleBy: [1056, 1040] });
    const whole = await segment(image, {}, fixed);
    expect(fixed.runs).toEqual([[1056, 1040]]);
    expect(tiled.objects).toEqual(whole.objects);
    expect(tiled.labels.data).toEqual(whole.labels.data);
  });

  it('cuts frames into the one size that a model takes, and pads small ones', async () => {
    const session = fakeSession({ fixedSize: [64, 64], divisibleBy: [64, 64], halo: [16, 16] });
    const large = await segment(picture(90, 90, discs), {}, session);
    expect(large.objects.count).toBe(4);
    const small = await segment(picture(41, 37, [[20, 20]]), {}, session);
    expect(small.objects.count).toBe(1);
    expect(new Set(session.runs.map(String))).toEqual(new Set(['64,64']));
  });

  it('finds objects of another size when their diameter is given', async () => {
    const large: [number, number][] = [
      [50, 60],
      [120, 150],
    ];
    const image = picture(170, 210, large, 24);
    const { objects, labels } = await segment(image, { objectDiameterPx: 48 });
    expect(objects.count).toBe(2);
    for (const [cy, cx] of large) {
      const row = labels.data[cy * 210 + cx]! - 1;
      expect(Math.hypot(objects.y[row]! - cy, objects.x[row]! - cx)).toBeLessThan(2);
      expect(Math.abs(objects.size[row]! / (Math.PI * 24 ** 2) - 1)).toBeLessThan(0.2);
    }
  });

  it('measures every channel under the labels of one', async () => {
    const image = picture(90, 90, discs);
    const other = { data: Uint16Array.from(image.data, () => 7), shape: [90, 90] };
    const { objects } = await segmentFrame([other, image], 1, fakeSession());
    expect([objects.count, objects.nChannels]).toEqual([4, 2]);
    for (let row = 0; row < 4; row++) expect(objects.intensity[row * 2]).toBe(7);
  });

  it('counts NaN as background and says so; far objects do not change', async () => {
    const image = picture(90, 90, discs);
    const expected = (await segment(image)).objects;
    const data = image.data.slice();
    data[89 * 90 + 3] = Number.NaN;
    const { objects, warnings } = await segment({ data, shape: [90, 90] });
    expect(warnings).toEqual([expect.stringContaining('1 pixels are NaN')]);
    expect(objects.count).toBe(4);
    expect([...objects.y]).toEqual([...expected.y]);
  });

  it.each([
    ['a constant frame', new Float32Array(400).fill(5)],
    ['a frame of zeros', new Uint8Array(400)],
    ['a saturated frame', new Uint16Array(400).fill(65535)],
    ['a frame of NaN', new Float32Array(400).fill(Number.NaN)],
  ])('gives no objects, and a warning, for %s', async (_, data) => {
    const session = fakeSession();
    const { objects, labels, warnings } = await segment({ data, shape: [20, 20] }, {}, session);
    expect(objects.count).toBe(0);
    expect(labels.data.every((v) => v === 0)).toBe(true);
    expect(warnings.at(-1)).toContain('the frame is empty');
    expect(session.runs).toEqual([]);
  });

  it('sees few bright pixels on a flat ground', async () => {
    const image = { data: new Uint8Array(400 * 400).fill(3), shape: [400, 400] };
    for (let y = 200; y < 212; y++) image.data.fill(90, y * 400 + 100, y * 400 + 112);
    expect((await segment(image)).objects.count).toBe(1);
  });

  it('takes frames of any size', async () => {
    const scratch = createScratch();
    const session = fakeSession();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), async (h, w) => {
        const image = picture(h, w, [[h >> 1, w >> 1]], 4);
        const { objects, labels } = await segmentFrame([image], 0, session, {}, scratch);
        expect(labels.data.length).toBe(h * w);
        expect(Math.max(0, ...labels.data)).toBe(objects.count);
        for (const [height, width] of session.runs) expect([height % 16, width % 16]).toEqual([0, 0]);
      }),
      { numRuns: 60 },
    );
    for (const [h, w] of [
      [1, 1],
      [1, 97],
      [83, 1],
    ] as const) {
      const { labels } = await segmentFrame([picture(h, w, [[0, 0]])], 0, session, {}, scratch);
      expect(labels.shape).toEqual([h, w]);
    }
  });

  it('does not depend on what the scratch held before', async () => {
    const scratch = createScratch();
    const session = fakeSession();
    await segmentFrame(
      [
        picture(
          120,
          100,
          [
            [30, 30],
            [80, 50],
          ],
          6,
          9,
        ),
      ],
      0,
      session,
      {},
      scratch,
    );
    const image = picture(90, 90, discs);
    const again = await segmentFrame([image], 0, session, {}, scratch);
    const fresh = await segment(image);
    expect(again.objects).toEqual(fresh.objects);
    expect(again.labels).toEqual(fresh.labels);
  });

  it('takes no centre within two grid pixels of a side', async () => {
    // Centres are tried at 0, 16, 32, 48.
    const { labels } = await segment(picture(64, 64, [[32, 32]]), {}, fakeSession({ grid: [16, 16] }));
    expect(labels.data.every((v) => v === 0)).toBe(true);
  });

  it('refuses a network that gives NaN', async () => {
    const session = fakeSession();
    const { run } = session;
    session.run = async (...args) => {
      const output = await run(...args);
      output.prob.fill(Number.NaN);
      return output;
    };
    await expect(segment(picture(64, 64, discs), {}, session)).rejects.toMatchObject({ tag: 'invalid-data' });
  });

  it.each([
    [{ probThreshold: 1.4 }, 'segment: probThreshold must lie in (0, 1), got 1.4'],
    [{ nmsThreshold: -1 }, 'segment: nmsThreshold must lie in [0, 1), got -1'],
    [{ objectDiameterPx: 0 }, 'segment: objectDiameterPx must be over 0, got 0'],
  ])('refuses %j', async (options, line) => {
    await expect(segment(picture(20, 20, []), options)).rejects.toThrow(line);
  });

  it('refuses volumes, channels of other shapes, and a diameter that the model cannot use', async () => {
    const volume = { data: new Uint8Array(8), shape: [2, 2, 2] };
    await expect(segment(volume)).rejects.toMatchObject({ tag: 'unsupported' });
    const [a, b] = [picture(20, 20, []), picture(20, 24, [])];
    await expect(segmentFrame([a, b], 0, fakeSession())).rejects.toMatchObject({ tag: 'shape-mismatch' });
    await expect(segmentFrame([a], 1, fakeSession())).rejects.toMatchObject({ tag: 'invalid-option' });
    const blind = fakeSession({ objectDiameterPx: null });
    await expect(segment(a, { objectDiameterPx: 9 }, blind)).rejects.toThrow(/must state objectDiameterPx/);
  });
});
