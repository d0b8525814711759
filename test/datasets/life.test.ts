import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type Life,
  resolveOptions,
  type SimulationRequest,
  simulateLife,
} from '../../datasets/simulator/index.ts';

function live(request: SimulationRequest): Life {
  return simulateLife(resolveOptions(request));
}

function digest(life: Life): string {
  const hash = createHash('sha256').update(life.frameStart);
  for (const column of [...Object.values(life.rows), ...Object.values(life.cells)]) {
    if (typeof column !== 'number') hash.update(column);
  }
  return hash.digest('hex');
}

function daughtersOf(life: Life): Map<number, number[]> {
  const daughters = new Map<number, number[]>();
  life.cells.parent.forEach((parent, i) => {
    if (parent > 0) daughters.set(parent, [...(daughters.get(parent) ?? []), i + 1]);
  });
  return daughters;
}

/** Row of a cell in a frame. */
function rowOf(life: Life, cell: number, t: number): number {
  for (let row = life.frameStart[t]; row < life.frameStart[t + 1]; row++) {
    if (life.rows.cell[row] === cell) return row;
  }
  return -1;
}

function distance(life: Life, a: number, b: number): number {
  const { z, y, x } = life.rows;
  return Math.hypot(z[a] - z[b], y[a] - y[b], x[a] - x[b]);
}

function populations(life: Life): number[] {
  return Array.from({ length: life.frames }, (_, t) => life.frameStart[t + 1] - life.frameStart[t]);
}

describe('simulateLife', () => {
  const cases: SimulationRequest[] = [
    { preset: '2d', seed: 1 },
    { preset: '2d', seed: 7, deathRate: 0.01 },
    { preset: '3d', seed: 3 },
  ];

  it.each(cases)('gives the same bytes for the same options and others for another seed: %o', (request) => {
    const first = digest(live(request));
    expect(digest(live(request))).toBe(first);
    expect(digest(live({ ...request, seed: (request.seed ?? 0) + 1 }))).not.toBe(first);
  });

  it.each(cases)('keeps every cell alive without a hole from its first to its last frame: %o', (request) => {
    const life = live(request);
    const seen = new Int32Array(life.cells.count);
    life.rows.cell.forEach((cell, row) => {
      expect(life.rows.t[row]).toBe(life.cells.begin[cell - 1] + seen[cell - 1]);
      seen[cell - 1]++;
    });
    seen.forEach((frames, i) => {
      expect(frames).toBe(life.cells.end[i] - life.cells.begin[i] + 1);
    });
  });

  it.each(cases)('lets a parent end in the frame before its two daughters begin: %o', (request) => {
    const life = live(request);
    for (const [parent, daughters] of daughtersOf(life)) {
      expect(daughters).toHaveLength(2);
      for (const daughter of daughters) {
        expect(daughter).toBeGreaterThan(parent);
        expect(life.cells.begin[daughter - 1]).toBe(life.cells.end[parent - 1] + 1);
      }
    }
  });

  it.each(cases)(
    'puts two daughters on opposite sides of their parent and parts them later: %o',
    (request) => {
      const options = resolveOptions(request);
      const life = simulateLife(options);
      const { nuclearRadius } = options.biology;
      for (const [parent, [a, b]] of daughtersOf(life)) {
        const t = life.cells.begin[a - 1];
        const [rowP, rowA, rowB] = [rowOf(life, parent, t - 1), rowOf(life, a, t), rowOf(life, b, t)];
        expect(distance(life, rowP, rowA)).toBeLessThan(1.5 * nuclearRadius);
        expect(distance(life, rowP, rowB)).toBeLessThan(1.5 * nuclearRadius);
        const apart = distance(life, rowA, rowB);
        expect(apart).toBeGreaterThan(distance(life, rowP, rowA));
        expect(apart).toBeLessThan(2 * nuclearRadius);
        if (t + 2 >= life.frames) continue;
        expect(distance(life, rowOf(life, a, t + 2), rowOf(life, b, t + 2))).toBeGreaterThan(apart);
      }
    },
  );

  it('rounds a cell up, brightens it and flattens it to a plate before it divides', () => {
    const life = live({ preset: '2d', seed: 1 });
    const aspect = (row: number): number => life.rows.radii[3 * row] / life.rows.radii[3 * row + 1];
    for (const parent of daughtersOf(life).keys()) {
      const t = life.cells.end[parent - 1];
      if (t - 4 < life.cells.begin[parent - 1]) continue;
      const [plate, round, before] = [t, t - 1, t - 4].map((frame) => rowOf(life, parent, frame));
      expect(aspect(plate)).toBeLessThan(0.5);
      expect(aspect(round)).toBeGreaterThan(0.9);
      expect(life.rows.brightness[plate]).toBeGreaterThan(1.5 * life.rows.brightness[before]);
      expect(life.rows.condensation[plate]).toBe(1);
    }
  });

  it('divides often enough in the built-in sample', () => {
    for (const seed of [1, 2, 3]) expect(daughtersOf(live({ seed })).size).toBeGreaterThanOrEqual(20);
  });

  it('keeps the population of a long movie bounded by contact inhibition', () => {
    const options = resolveOptions({ seed: 5, frames: 300 });
    const counts = populations(simulateLife(options));
    expect(Math.max(...counts)).toBeLessThanOrEqual(options.capacity + 4);
    expect(counts[299]).toBeGreaterThan(0.8 * options.capacity);
  });

  it('moves cells further with more speed', () => {
    const steps = (speed: number): number => {
      const life = live({ seed: 2, frames: 4, speed });
      let sum = 0;
      for (let t = 1; t < 4; t++) sum += distance(life, rowOf(life, 1, t - 1), rowOf(life, 1, t));
      return sum;
    };
    expect(steps(5)).toBeGreaterThan(2 * steps(0.42));
  });

  it('loses cells when deaths are asked for and none otherwise', () => {
    const lost = (life: Life): number => {
      const parents = daughtersOf(life);
      return life.cells.end.filter((end, i) => end < life.frames - 1 && !parents.has(i + 1)).length;
    };
    expect(lost(live({ seed: 2 }))).toBe(0);
    expect(lost(live({ seed: 2, deathRate: 0.02 }))).toBeGreaterThan(0);
  });

  it('keeps every nucleus inside the field', () => {
    for (const preset of ['2d', '3d'] as const) {
      const options = resolveOptions({ preset, seed: 4, frames: 120 });
      const { rows } = simulateLife(options);
      for (const [axis, column] of [rows.z, rows.y, rows.x].entries()) {
        const far = (options.shape[axis] - 1) * options.voxelSize[axis];
        expect(Math.min(...column)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...column)).toBeLessThanOrEqual(far);
      }
    }
  });

  it('is a single frame of founders when one frame is asked for', () => {
    const life = live({ seed: 1, frames: 1, cells: 1 });
    expect([...life.frameStart]).toEqual([0, 1]);
    expect(life.cells.count).toBe(1);
  });
});

describe('resolveOptions', () => {
  it('grows the field with the number of founders', () => {
    const few = resolveOptions({ cells: 12 });
    const many = resolveOptions({ cells: 48 });
    expect(many.shape).toEqual([1, 2 * few.shape[1], 2 * few.shape[2]]);
  });

  it('grows the number of founders with the field', () => {
    expect(resolveOptions({ size: [640, 640] }).cells).toBe(4 * resolveOptions().cells);
  });

  it.each([
    [{ seed: -1 }, 'simulate: seed must be a whole number from 0 to 4294967295, got -1'],
    [{ frames: 0 }, 'simulate: frames must be a whole number from 1 to 100000, got 0'],
    [{ size: [100] }, 'simulate: size must have 2 numbers for the preset 2d, got 1'],
    [{ deathRate: 1 }, 'simulate: deathRate must lie in [0, 1), got 1'],
    [{ speed: 0 }, 'simulate: speed must lie in (0, 50], got 0'],
    [{ photons: 1e6 }, 'simulate: photons must lie in (0, 100000], got 1000000'],
    [{ size: [32, 32] }, /^simulate: size must hold a few cells of/],
    [
      { size: [256, 256], cells: 900 },
      /^simulate: cells must be at most \d+ in a field of 1 x 256 x 256 pixels/,
    ],
  ])('refuses %o', (request, message) => {
    expect(() => resolveOptions(request)).toThrow(message);
  });
});
