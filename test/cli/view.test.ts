import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { tempFolder } from '../helpers/tempFolder.ts';
import { here, start } from './morula.ts';

const folder = tempFolder();
const result = join(folder, 'r');
const built = existsSync(fileURLToPath(new URL('../../dist/viewer/index.html', import.meta.url)));

describe.skipIf(!built)('view (needs the built viewer: npm run build)', () => {
  beforeAll(async () => {
    const points = join(folder, 'a.points.csv');
    await here(
      'simulate',
      join(folder, 'a.ome.zarr'),
      '--frames',
      '2',
      '--cells',
      '2',
      '--workers',
      '1',
      '--quiet',
    );
    await here('import', points, '-o', result);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('serves until %s, which ends it well', async (signal) => {
    const { child, ended } = start(['view', result, '--port', '0', '--no-open']);
    let said = '';
    await new Promise<void>((ready) => {
      child.on('exit', () => ready());
      child.stderr!.on('data', (part: string) => {
        said += part;
        if (said.includes('\n')) ready();
      });
    });
    const address = /http:\/\/127\.0\.0\.1:\d+\S*/.exec(said)?.[0];
    expect(address).toBeDefined();
    expect((await fetch(address!)).status).toBe(200);
    child.kill(signal);
    expect(await ended).toEqual({ code: 0, signal: null, stdout: 'closed\n', stderr: said });
    expect(said).not.toContain('stopping');
  });
});
