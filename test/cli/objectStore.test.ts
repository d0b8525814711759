import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openClient } from '../helpers/client.ts';
import { makePage } from '../helpers/editable.ts';
import { type Fault, type ObjectStore, openObjectStore } from '../helpers/objectStore.ts';
import { writeShardedMovie } from '../helpers/shardedMovie.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { makeTinyJob, type TinyJob } from '../helpers/tinyJob.ts';
import { contentOf, here } from './morula.ts';

const root = tempFolder();
const buckets = join(root, 'buckets');
const local = join(buckets, 'lab', 'movie.ome.zarr');
const KEY = 'lab/movie.ome.zarr';
let job: TinyJob;
let truth: Record<string, string>;
let objects: ObjectStore;
let made = 0;

/** Tracks a movie into a new result, or a given one. */
async function track(movie: string, result = join(root, `r${made++}`), ...options: string[]) {
  const [command, , ...rest] = job.track(result);
  return { result, ...(await here(command!, movie, ...rest, ...options)) };
}

beforeAll(async () => {
  job = makeTinyJob(root, 5);
  writeShardedMovie(local, job.pixels, job.shape[0]);
  objects = await openObjectStore(buckets);
  const { result, code, stderr } = await track(local);
  expect([code, stderr]).toEqual([0, '']);
  truth = contentOf(result);
}, 240_000);

afterEach(() => {
  objects.fault = () => 'none';
  objects.denied = () => false;
  objects.asked.length = 0;
  delete process.env.AWS_ENDPOINT_URL;
});

afterAll(() => objects.close());

describe('track of a movie in an object store', () => {
  it('reads parts of shards, and ends in the bytes of the movie on the disk', async () => {
    const { result, code, stderr } = await track(`${objects.address}/${KEY}`);
    expect([code, stderr]).toEqual([0, '']);
    expect(contentOf(result)).toEqual(truth);
    const chunks = objects.asked.filter(({ key }) => key.includes('/c/'));
    expect(chunks.length).toBeGreaterThan(5);
    expect(chunks.every(({ range }) => range !== null)).toBe(true);
  });

  it('reads s3://, also when the result is looked at', async () => {
    process.env.AWS_ENDPOINT_URL = objects.address;
    const { result, code, stderr } = await track(`s3://${KEY}`);
    expect([code, stderr]).toEqual([0, '']);
    expect(contentOf(result)).toEqual(truth);
    expect((await here('info', `s3://${KEY}`)).stdout).toContain('frames      5, every 60 s');
    const { serveResult } = await import('../../src/serve/index.ts');
    const server = await serveResult(result, { port: 0, page: makePage(root) });
    try {
      objects.asked.length = 0;
      const plane = await (await openClient(server)).get('/api/plane?t=2&c=0&z=0');
      expect(plane.status).toBe(200);
      expect(objects.asked.some(({ key }) => key.includes('/0/c/2/'))).toBe(true);
    } finally {
      await server.close();
    }
  });

  it.each([
    ['503 twice', (_: string, visit: number): Fault => (visit < 3 ? 'slow down' : 'none')],
    [
      '500, resets and bodies that end early',
      (key: string, visit: number): Fault => {
        const kinds = ['internal error', 'reset', 'truncated'] as const;
        return visit === 1
          ? kinds[key.length % 3 === 0 ? 0 : Number(/c\/(\d)/.exec(key)?.[1] ?? 0) % 3]!
          : 'none';
      },
    ],
    ['slow answers', (): Fault => 'slow'],
    ['whole objects for ranges', (): Fault => 'whole for a range'],
  ])('ends in the same bytes through %s', async (_, fault) => {
    objects.fault = fault;
    const { result, code, stderr } = await track(`${objects.address}/${KEY}`);
    expect([code, stderr]).toEqual([0, '']);
    expect(contentOf(result)).toEqual(truth);
    expect(objects.asked.some((one) => one.fault !== 'none')).toBe(true);
  });

  it('ends with 69 where a key is denied, in one line, and the rerun completes', async () => {
    objects.denied = (key) => key.includes('/c/3/');
    const { result, code, stderr } = await track(`${objects.address}/${KEY}`);
    expect([code, stderr]).toEqual([
      69,
      expect.stringMatching(/^morula: [^\n]*access is denied \(403\); is the data public[^\n]*\n$/),
    ]);
    objects.denied = () => false;
    const again = await track(`${objects.address}/${KEY}`, result);
    expect([again.code, again.stderr]).toEqual([0, '']);
    expect(contentOf(result)).toEqual(truth);
  });

  it('ends with 69 where the store does not recover, and the rerun completes', async () => {
    objects.fault = (key) => (key.includes('/c/4/') ? 'slow down' : 'none');
    const { result, code, stderr } = await track(`${objects.address}/${KEY}`);
    expect([code, stderr]).toEqual([69, expect.stringMatching(/the server answers 503 \(4 attempts\)/)]);
    objects.fault = () => 'none';
    expect((await track(`${objects.address}/${KEY}`, result)).code).toBe(0);
    expect(contentOf(result)).toEqual(truth);
  });

  it('takes 404 alone for a missing chunk: fill values, or a bad one by --require-chunks', async () => {
    const bare = join(buckets, 'lab', 'bare.ome.zarr');
    writeShardedMovie(bare, job.pixels, job.shape[0]);
    rmSync(join(bare, '0/c/2'), { recursive: true });
    const address = `${objects.address}/lab/bare.ome.zarr`;
    const { code, stdout } = await track(address);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { frames: 5 }]);
    expect((await track(address, undefined, '--require-chunks')).code).toBe(65);
    expect((await track(`${objects.address}/lab/none.ome.zarr`)).code).toBe(65);
  });
});
