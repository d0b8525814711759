import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ArraySpec, createGroup, writeArray } from '../../src/codec/index.ts';
import { contentOf, here } from '../cli/morula.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { makeTinyJob, type TinyJob } from '../helpers/tinyJob.ts';
import { attributesOf } from '../read/omeZarrFiles.ts';

const folder = tempFolder();
const movie = join(folder, 'zarr', 'movie');
let job: TinyJob;
let values: number[];
let truth: Record<string, string>;

/** Writes the frames, rounded to what a byte holds, as OME-Zarr at always the same place. */
async function write(
  dtype: ArraySpec['dtype'],
  make: (from: number[]) => unknown,
  spec: Partial<ArraySpec> = {},
): Promise<void> {
  rmSync(movie, { recursive: true, force: true });
  const zarrFormat = spec.zarrFormat ?? 3;
  const shape = [job.nFrames, ...job.shape];
  await createGroup(
    movie,
    attributesOf({ axes: ['t', 'y', 'x'], version: zarrFormat === 3 ? '0.5' : '0.4' }),
    zarrFormat,
  );
  const whole = { shape, chunks: [1, 32, 64], dtype, zarrFormat, ...spec } as ArraySpec;
  await writeArray(join(movie, '0'), whole, make(values) as Uint8Array);
}

async function track(name: string): Promise<Record<string, string>> {
  const result = join(folder, name);
  const args = job.track(result).map((arg) => (arg === job.movie ? movie : arg));
  expect(await here(...args)).toMatchObject({ code: 0, stderr: '' });
  // This one names the movie, of which the dtype is a part.
  const { 'labels/cells/zarr.json': _, ...content } = contentOf(result);
  return content;
}

beforeAll(async () => {
  job = makeTinyJob(folder, 4);
  values = job.pixels.map((value) => Math.round(value / 5));
  await write('uint8', (from) => Uint8Array.from(from));
  truth = await track('uint8');
  const rows = readFileSync(join(folder, 'uint8', 'tables/nodes.csv'), 'utf8')
    .trim()
    .split('\n');
  expect(rows.length).toBeGreaterThan(job.nFrames);
}, 180_000);

describe('the same pixels', { timeout: 120_000 }, () => {
  it.each<[string, ArraySpec['dtype'], (from: number[]) => unknown, Partial<ArraySpec>]>([
    ['int16', 'int16', (from) => Int16Array.from(from), {}],
    [
      'uint16 in zarr 2, blosc',
      'uint16',
      (from) => Uint16Array.from(from),
      { zarrFormat: 2, compression: 'blosc' },
    ],
    ['int32', 'int32', (from) => Int32Array.from(from), { compression: 'gzip' }],
    ['uint32 in one chunk a frame', 'uint32', (from) => Uint32Array.from(from), { chunks: [1, 64, 64] }],
    ['int64', 'int64', (from) => BigInt64Array.from(from.map(BigInt)), {}],
    ['float32', 'float32', (from) => Float32Array.from(from), { compression: 'none' }],
    ['float64 in chunks over frames', 'float64', (from) => Float64Array.from(from), { chunks: [3, 17, 5] }],
  ])('give the same bytes as %s', async (name, dtype, make, spec) => {
    await write(dtype, make, spec);
    expect(await track(name)).toEqual(truth);
  });
});
