import { describe, expect, it } from 'vitest';
import { endChance } from '../../src/link/global/model.ts';
import { fitWindow } from '../../src/link/resolve/fitWindow.ts';
import type { LinkOptions } from '../../src/link/types.ts';
import { makeDetections, type Row } from '../cases/index.ts';

const options: LinkOptions = {
  linker: 'global',
  maxDistance: Number.NaN,
  maxFrameInterval: 1,
  divisions: true,
};
const SIDE = 12;
const FRAMES = 8;

/** The model of a sheet of 144 cells that quiver, every third of which is gone after frame `flight`; its links are given. */
function modelOf(flight: number) {
  const rows: Row[] = [];
  const [source, target]: [number[], number[]] = [[], []];
  const before = new Map<number, number>();
  for (let t = 0; t < FRAMES; t++) {
    for (let i = 0; i < SIDE * SIDE; i++) {
      if (t > flight && i % 3 === 0) continue;
      const quiver = [Math.sin(3.1 * i + 5 * t), Math.cos(2.7 * i + 7 * t)];
      const [y, x] = [10 * Math.floor(i / SIDE) + quiver[0], 10 * (i % SIDE) + quiver[1]];
      const from = before.get(i);
      if (from !== undefined) {
        source.push(from);
        target.push(rows.length);
      }
      before.set(i, rows.length);
      rows.push({ t, y, x });
    }
  }
  const detections = makeDetections(rows);
  const order = Int32Array.from(rows.keys());
  const rest = { rowOf: (row: number) => row, link: [...source.keys()], leaving: [], entering: [] };
  return fitWindow({ detections, rows: order, source, target, ...rest }, options).model;
}

describe('refitModel', () => {
  it('sees in which frame many cells leave at once', () => {
    const model = modelOf(4);
    const chances = Array.from({ length: FRAMES - 1 }, (_, t) => endChance(model, t, 0));
    expect(chances[4]).toBeGreaterThan(0.15);
    for (const [t, chance] of chances.entries()) if (t !== 4) expect(chance).toBeLessThan(0.05);
  });

  it('takes all frames for alike where nothing happens', () => {
    const model = modelOf(FRAMES);
    for (const factor of model.leave.subarray(0, FRAMES - 1)) expect(factor).toBeCloseTo(1, 1);
  });
});

describe('endChance', () => {
  it('is the usual chance times that of the frame, and a half at most', () => {
    const model = { ...modelOf(FRAMES), pEnd: [0.01, 0.2] as const, leave: Float64Array.of(1, 3) };
    expect(endChance(model, 0, 0)).toBe(0.01);
    expect(endChance(model, 1, 0)).toBeCloseTo(0.03, 12);
    expect(endChance(model, 1, 1)).toBe(0.5);
  });
});
