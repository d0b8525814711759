import { transferableSymbol, valueSymbol } from 'piscina';
import { describe, expect, it } from 'vitest';
import { renderFrame, resolveOptions, simulateLife } from '../../datasets/simulator/index.ts';
import type { Outcome } from '../../src/pool/index.ts';
import run, { type SimulateDone, type SimulateTask } from '../../workers/simulate.ts';

interface Moved {
  [valueSymbol]: Outcome<SimulateDone>;
  [transferableSymbol]: ArrayBuffer[];
}

const request = { preset: '2d', seed: 3, frames: 3, cells: 2 } as const;

async function send(task: SimulateTask): Promise<{ outcome: Outcome<SimulateDone>; moved: ArrayBuffer[] }> {
  const result = (await run(task)) as Moved;
  return { outcome: result[valueSymbol], moved: result[transferableSymbol] };
}

describe('workers/simulate', () => {
  it('gives the truth of a movie and where it belongs, and moves nothing that it keeps', async () => {
    const { outcome, moved } = await send({ kind: 'life', request, outPath: 'a.ome.zarr' });
    if (!outcome.ok || outcome.value.kind !== 'life') throw new Error('a life was expected');
    expect(outcome.value.truth?.points).toBe('a.points.csv');
    expect(outcome.value.detections.count).toBe(outcome.value.life.rows.count);
    expect(moved).toEqual([]);
  });

  it('renders the frames asked for and moves their pixels', async () => {
    const { outcome, moved } = await send({ kind: 'frames', request, frames: [1, 3] });
    if (!outcome.ok || outcome.value.kind !== 'frames') throw new Error('frames were expected');
    const options = resolveOptions(request);
    const life = simulateLife(options);
    expect(outcome.value.rendered).toEqual([1, 2].map((t) => renderFrame(life, t, options)));
    expect(moved).toHaveLength(4);
  });

  it('returns an error of ours as data when frames lie outside the movie', async () => {
    const { outcome } = await send({ kind: 'frames', request, frames: [2, 4] });
    expect(outcome).toEqual({
      ok: false,
      error: {
        tag: 'invalid-option',
        exit: 64,
        message: 'simulate: frames must be a range within 0:3, got 2:4; give start and end, the end excluded',
      },
    });
  });
});
