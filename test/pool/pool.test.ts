import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPool } from '../../src/pool/index.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const folder = tempFolder();
const request = { preset: '2d', frames: 2, cells: 2, seed: 1 } as const;

describe('createPool', () => {
  it('runs a task in a worker and throws its errors as ours', async () => {
    const pool = createPool(1);
    try {
      const outPath = join(folder, 'a.ome.zarr');
      const life = await pool.run('simulate', { kind: 'life', request, outPath });
      expect(life?.options.frames).toBe(2);
      const wrong = pool.run('simulate', { kind: 'write', request, outPath, frames: [1, 9] });
      await expect(wrong).rejects.toMatchObject({ name: 'MorulaError', exit: expect.any(Number) });
    } finally {
      await pool.drain();
    }
  });

  it('waits for running tasks when it is drained', async () => {
    const pool = createPool(1);
    const outPath = join(folder, 'b.ome.zarr');
    let done = false;
    const task = pool.run('simulate', { kind: 'life', request, outPath }).then(() => {
      done = true;
    });
    await pool.drain();
    await task;
    expect(done).toBe(true);
  });
});
