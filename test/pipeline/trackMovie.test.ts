import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import { createGroup, writeArray } from '../../src/codec/index.ts';
import { type SegmentJob, segmentMovie, trackMovie } from '../../src/pipeline/index.ts';
import { readLabels } from '../../src/store/index.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const root = tempFolder();
let made = 0;

/** A movie of the given frames, `[y, x]` pixels each. */
async function writeMovie(frames: Float32Array[], height: number, width: number): Promise<string> {
  const folder = join(root, `movie${made++}.ome.zarr`);
  const axes = ['t', 'y', 'x'].map((name) => ({ name, type: name === 't' ? 'time' : 'space' }));
  await createGroup(folder, {
    ome: {
      version: '0.5',
      multiscales: [
        { axes, datasets: [{ path: '0', coordinateTransformations: [{ type: 'scale', scale: [1, 1, 1] }] }] },
      ],
    },
  });
  const data = new Float32Array(frames.length * height * width);
  for (const [t, frame] of frames.entries()) data.set(frame, t * height * width);
  const spec = {
    shape: [frames.length, height, width],
    chunks: [1, height, width],
    dtype: 'float32' as const,
  };
  await writeArray(join(folder, '0'), spec, data);
  return folder;
}

const job = (path: string, folder: string): SegmentJob => ({
  source: { path, pixelSize: [1, 1], timeStep: 60 },
  folder,
  model: 'nuclei-2d',
  channel: 0,
  device: 'cpu',
  workers: 1,
  threads: 1,
  omeZarr: '0.5',
  overwrite: false,
});
const LINK = { linker: 'lap', maxDistance: Number.NaN, maxFrameInterval: 2, divisions: true } as const;

/** A frame with bright discs of radius 8 on a dim ground with the noise of a camera. */
function discs(height: number, width: number, centres: readonly (readonly [number, number])[]): Float32Array {
  const random = createRandom(height * width);
  const image = new Float32Array(height * width).fill(100);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (centres.some(([cy, cx]) => (y - cy) ** 2 + (x - cx) ** 2 <= 64)) image[y * width + x] = 900;
      image[y * width + x]! += 4 * random.normal();
    }
  }
  return image;
}

const table = (folder: string, name: string): string[] =>
  readFileSync(join(folder, 'tables', `${name}.csv`), 'utf8')
    .trim()
    .split('\n');

describe('trackMovie', () => {
  it.each([
    ['one frame', [[[32, 32]]], [1]],
    ['two frames', [[[32, 32]], [[32, 34]]], [1, 1]],
    ['an empty frame in the middle', [[[32, 32]], [], [[32, 33]]], [1, 0, 1]],
    ['an empty first and last frame', [[], [[32, 32]], []], [0, 1, 0]],
    ['no cell at all', [[], []], [0, 0]],
  ] as [string, [number, number][][], number[]][])(
    'makes a valid result of a movie with %s',
    async (_, places, counts) => {
      const folder = join(root, `result${made++}`);
      const movie = await writeMovie(
        places.map((centres) => discs(64, 64, centres)),
        64,
        64,
      );
      // A reach is given, since one cell in every other frame tells nothing of how far cells go.
      const { link } = await trackMovie(job(movie, folder), { ...LINK, maxDistance: 10 });
      expect(
        table(folder, 'counts')
          .slice(1)
          .map((row) => Number(row.split(',')[2])),
      ).toEqual(counts);
      expect(link.summary.frames).toBe(counts.length);
      expect(table(folder, 'nodes').length - 1).toBe(counts.reduce((sum, n) => sum + n, 0));
      if (counts.includes(1)) expect(link.summary.lineages).toBe(1);
      for (const [t, n] of counts.entries())
        expect(new Set((await readLabels(folder, t)).data).size).toBe(n + 1);
      expect(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))).toMatchObject({
        stages: { link: 'done' },
      });
    },
  );

  it.each([
    [1, 1],
    [1, 40],
    [7, 5],
    [33, 97],
  ])('takes frames of %i x %i pixels', async (height, width) => {
    const folder = join(root, `result${made++}`);
    const movie = await writeMovie([discs(height, width, []), discs(height, width, [])], height, width);
    const { link } = await trackMovie(job(movie, folder), LINK);
    expect(link.summary.frames).toBe(2);
    expect((await readLabels(folder, 1)).shape).toEqual([height, width]);
  });

  it.each([
    ['all zero', () => new Float32Array(64 * 64)],
    ['all the same', () => new Float32Array(64 * 64).fill(7)],
    ['all NaN', () => new Float32Array(64 * 64).fill(Number.NaN)],
    ['all infinite', () => new Float32Array(64 * 64).fill(Number.POSITIVE_INFINITY)],
  ])('finds nothing in frames that are %s', async (_, make) => {
    const folder = join(root, `result${made++}`);
    const notes: string[] = [];
    const movie = await writeMovie([make(), make()], 64, 64);
    const { link } = await trackMovie(job(movie, folder), LINK, { onNote: (line) => notes.push(line) });
    expect(link.summary).toMatchObject({ detections: 0, links: 0, maxDistance: null });
    expect(notes.every((line) => /^note: /.test(line) && !line.includes('\n'))).toBe(true);
  });

  it('changes nothing far away when one pixel is no number', async () => {
    const clean = discs(64, 64, [[20, 20]]);
    const spoilt = clean.slice();
    spoilt[60 * 64 + 60] = Number.NaN;
    const folders = [];
    for (const frame of [clean, spoilt]) {
      const folder = join(root, `result${made++}`);
      await trackMovie(job(await writeMovie([frame], 64, 64), folder), LINK);
      folders.push(folder);
    }
    const [a, b] = await Promise.all(folders.map((folder) => readLabels(folder, 0)));
    expect(b).toEqual(a);
  });

  it('tells how far it is, frame by frame, from where an earlier run stood', async () => {
    const folder = join(root, `result${made++}`);
    const movie = await writeMovie(
      [0, 1, 2].map((k) => discs(64, 64, [[32, 30 + k]])),
      64,
      64,
    );
    const steps: string[] = [];
    const onProgress = ({ stage, done, total }: { stage: string; done: number; total: number }): void => {
      if (stage === 'segmenting') steps.push(`${done}/${total}`);
    };
    const controller = new AbortController();
    const stopped = trackMovie({ ...job(movie, folder), frames: [0, 1] }, LINK, {
      onProgress,
      signal: controller.signal,
    });
    await expect(stopped).rejects.toThrow(/frame 1 of .* is not segmented/);
    await trackMovie(job(movie, folder), LINK, { onProgress });
    expect(steps).toEqual(['0/1', '1/1', '1/3', '2/3', '3/3']);
  });

  it('takes the model in integers on a CPU where none is named, and goes on with the one that was begun with', async () => {
    const movie = await writeMovie([discs(64, 64, [[32, 32]]), discs(64, 64, [[32, 34]])], 64, 64);
    const modelAfter = async (begun: Partial<SegmentJob>): Promise<string> => {
      const folder = join(root, `result${made++}`);
      const { model: _, ...unnamed } = job(movie, folder);
      await segmentMovie({ ...unnamed, ...begun, frames: [0, 1] });
      const { segment } = await trackMovie(unnamed, LINK);
      expect(segment).toMatchObject({ fresh: 1, kept: 1 });
      return segment.run.segment.model;
    };
    expect(await modelAfter({})).toBe('nuclei-2d-fast');
    expect(await modelAfter({ model: 'nuclei-2d' })).toBe('nuclei-2d');
  });

  it('starts nothing when it was stopped before', async () => {
    const folder = join(root, `result${made++}`);
    const movie = await writeMovie([discs(64, 64, [])], 64, 64);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(trackMovie(job(movie, folder), LINK, { signal })).rejects.toThrow('enough');
  });
});
