import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/codec/index.ts';
import { s3Address } from '../../src/codec/zarr/s3.ts';
import { openObjectStore } from '../helpers/objectStore.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { put } from './zarrFiles.ts';

describe('s3Address', () => {
  it.each([
    ['s3://lab/movies/a b.zarr', {}, 'https://lab.s3.amazonaws.com/movies/a%20b.zarr'],
    ['s3://lab', {}, 'https://lab.s3.amazonaws.com/'],
    ['S3://lab/a?b#c', {}, 'https://lab.s3.amazonaws.com/a%3Fb%23c'],
    ['s3://my.lab/a', {}, 'https://s3.amazonaws.com/my.lab/a'],
    ['s3://lab/a', { AWS_REGION: 'eu-central-1' }, 'https://lab.s3.eu-central-1.amazonaws.com/a'],
    ['s3://my.lab/a', { AWS_DEFAULT_REGION: 'us-west-2' }, 'https://s3.us-west-2.amazonaws.com/my.lab/a'],
    ['s3://lab/a', { AWS_ENDPOINT_URL: 'https://s3.host/', AWS_REGION: 'x' }, 'https://s3.host/lab/a'],
    ['s3://lab/a', { AWS_ENDPOINT_URL: 'http://b', AWS_ENDPOINT_URL_S3: 'http://a:9' }, 'http://a:9/lab/a'],
  ])('takes %s with %j to %s', (location, env, address) => {
    expect(s3Address(location, env)).toBe(address);
  });

  it.each(['s3://', 's3:///a', 's3://UPPER/a', 's3://a', 's3://user:word@lab/a', 's3://../a'])(
    'refuses %s, which names no bucket',
    (location) => {
      expect(() => s3Address(location, {})).toThrow(`zarr: ${location} must be s3://<bucket>/<path>`);
    },
  );
});

describe('openStore on s3://', () => {
  afterEach(() => {
    delete process.env.AWS_ENDPOINT_URL_S3;
  });

  it('reads keys and parts of them from the store that the environment names, and never shows credentials', async () => {
    const folder = tempFolder();
    put(
      folder,
      'lab/m.zarr/c/0',
      Uint8Array.from({ length: 9 }, (_, i) => i),
    );
    const objects = await openObjectStore(folder);
    try {
      process.env.AWS_ENDPOINT_URL_S3 = objects.address;
      const store = await openStore('s3://lab/m.zarr', { tries: 2, backOff: 0.01 });
      expect(store.location).toBe(`${objects.address}/lab/m.zarr`);
      expect([...(await store.get('c/0', { offset: 2, length: 3 }))!]).toEqual([2, 3, 4]);
      expect([...(await store.get('c/0', { suffix: 2 }))!]).toEqual([7, 8]);
      expect(await store.get('c/1')).toBeUndefined();
      objects.denied = (key) => key.endsWith('c/2');
      await expect(store.get('c/2')).rejects.toMatchObject({
        exit: 69,
        message: expect.stringContaining('access is denied (403); is the data public'),
      });
    } finally {
      await objects.close();
    }
  });

  it.each([
    ['a redirect to the region', 307, { location: 'https://lab.s3.us-west-2.amazonaws.com/k' }],
    ['no address at all', 301, {}],
  ])('names the region that S3 answers with, beside %s', async (_, status, headers) => {
    const server = createServer((_request, response) =>
      response.writeHead(status, { ...headers, 'x-amz-bucket-region': 'us-west-2' }).end(),
    );
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    try {
      process.env.AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const store = await openStore('s3://lab/m.zarr', { tries: 1 });
      await expect(store.get('k')).rejects.toMatchObject({
        exit: 69,
        message: expect.stringContaining('the bucket is in the region us-west-2; set AWS_REGION=us-west-2'),
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
