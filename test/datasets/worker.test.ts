import { describe, expect, it } from 'vitest';
import { resolveOptions, simulateLife } from '../../datasets/simulator/index.ts';
import type { SimulateTask } from '../../src/pool/index.ts';
import run from '../../workers/simulate.ts';

const call = (input: SimulateTask) => ({ input, beats: new Int32Array(1) });
const request = { preset: '2d', seed: 3, frames: 3, cells: 2 } as const;

describe('workers/simulate', () => {
  it('gives the truth of a movie and where it belongs', async () => {
    const outcome = await run(call({ kind: 'life', request, outPath: 'a.ome.zarr' }));
    if (!outcome.ok || outcome.value === null) throw new Error('a life was expected');
    expect(outcome.value.truth.points).toBe('a.points.csv');
    expect(outcome.value.detections.count).toBe(simulateLife(resolveOptions(request)).rows.count);
    expect(outcome.value.options.frames).toBe(3);
  });

  it('returns an error of ours as data when frames lie outside the movie', async () => {
    const task = { kind: 'write', request, outPath: '/nowhere/a.ome.zarr', frames: [2, 4] } as const;
    const outcome = await run(call(task));
    expect(outcome.ok).toBe(false);
  });
});
