import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { serveResult } from '../../src/serve/index.ts';
import { here, simulate } from '../cli/morula.ts';
import { openClient } from '../helpers/client.ts';
import { makePage } from '../helpers/editable.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { makeTinyJob } from '../helpers/tinyJob.ts';

const folder = tempFolder();
const result = join(folder, 'r');
let movie: string;

/** Status of the first picture, and why there is none. */
async function picture(of = result): Promise<[number, string | null]> {
  const server = await serveResult(of, { port: 0, page: makePage(folder) });
  try {
    const client = await openClient(server);
    const info = (await (await client.get('/api/info')).json()) as { imageProblem: string | null };
    return [(await client.get('/api/plane?t=0&c=0&z=0')).status, info.imageProblem];
  } finally {
    await server.close();
  }
}

beforeAll(async () => {
  movie = await simulate(folder, 'a');
  expect((await here('track', movie, '-o', result, '--workers', '1', '--quiet')).code).toBe(0);
});

describe('a result whose movie', () => {
  it('is there shows its pixels', async () => {
    expect(await picture()).toEqual([200, null]);
  });

  it('is TIFF, and was given its scale by hand, shows its pixels', async () => {
    const job = makeTinyJob(folder, 2);
    const target = join(folder, 'tiff');
    expect((await here(...job.track(target))).code).toBe(0);
    expect(await picture(target)).toEqual([200, null]);
  });

  it.each([
    ['other pixels', 3, 2],
    ['another length', 4, 1],
  ])('was replaced by one of %s shows none, and says why', async (_, frames, seed) => {
    const other = await simulate(folder, `b${seed}`, frames, 3, seed);
    rmSync(movie, { recursive: true });
    cpSync(other, movie, { recursive: true });
    expect(await picture()).toEqual([
      422,
      `read: ${movie} must be the movie that the result was made of, another one stands there now; put it back, or track this one into another result`,
    ]);
  });
});
