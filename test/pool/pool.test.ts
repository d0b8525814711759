import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPool } from '../../src/pool/index.ts';
import { engineFile } from '../../src/pool/workerFile.ts';
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

  it('runs its first task in the process that was started ahead of it', async () => {
    const pool = createPool(2);
    pool.start('simulate');
    const [one, other] = await Promise.all(
      ['c', 'd'].map((name) =>
        pool.run('simulate', { kind: 'life', request, outPath: join(folder, `${name}.ome.zarr`) }),
      ),
    );
    expect(one?.detections).toEqual(other?.detections);
    await pool.drain();
  });

  it('lets go of a process that was started for nothing', async () => {
    const drained = createPool(1);
    drained.start('segment');
    await drained.drain();
    const aborted = createPool(1);
    aborted.start('segment');
    aborted.abort(new Error('there is nothing to do'));
    const outPath = join(folder, 'e.ome.zarr');
    await expect(aborted.run('simulate', { kind: 'life', request, outPath })).rejects.toThrow(
      'nothing to do',
    );
  });

  it.each([0, 30, 60, 100, 200])(
    'leaves no process behind when its parent goes %d ms after it began',
    async (ms) => {
      const child = fork(engineFile(), ['2', 'simulate', '2'], {
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      const gone = once(child, 'exit');
      await new Promise((resolve) => setTimeout(resolve, ms));
      child.disconnect();
      expect((await gone)[1]).toBe('SIGKILL');
    },
  );

  it('opens movie and model ahead of the frames, and says what is wrong with them', async () => {
    const pool = createPool(1);
    const task = { model: 'nuclei-2d', device: 'cpu', threads: 1 } as const;
    const missing = pool.run('openSegment', { ...task, source: { path: join(folder, 'none.ome.zarr') } });
    await expect(missing).rejects.toThrow('is not a movie');
    const path = join(folder, 'f.ome.zarr');
    await pool.run('simulate', { kind: 'create', request, outPath: path });
    expect(await pool.run('openSegment', { ...task, source: { path } })).toBeNull();
    await pool.drain();
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
