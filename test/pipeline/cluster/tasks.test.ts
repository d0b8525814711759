import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arraySyntax,
  countTasks,
  framesOfTask,
  MOST_TASKS,
  usualFramesPerTask,
} from '../../../src/pipeline/cluster/tasks.ts';

/** The integers that an array of this syntax runs, as schedulers read it. */
const readSyntax = (text: string): number[] =>
  text === ''
    ? []
    : text.split(',').flatMap((part) => {
        const [a, b = a] = part.split('-').map(Number) as [number, number?];
        return Array.from({ length: b - a + 1 }, (_, i) => a + i);
      });

describe('framesOfTask', () => {
  it('gives every frame to one task, in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 320 }), (nFrames, per) => {
        const cut = { nFrames, framesPerTask: per };
        const frames: number[] = [];
        for (let k = 0; k < countTasks(cut); k++) {
          const [start, end] = framesOfTask(cut, k)!;
          expect(end).toBeGreaterThan(start);
          for (let t = start; t < end; t++) frames.push(t);
        }
        expect(frames).toEqual(Array.from({ length: nFrames }, (_, t) => t));
        expect(framesOfTask(cut, countTasks(cut))).toBeNull();
      }),
    );
  });
});

describe('usualFramesPerTask', () => {
  it('makes no more tasks than an array takes, and no empty one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e10 }), (nFrames, pixels) => {
        const framesPerTask = usualFramesPerTask(nFrames, pixels);
        expect(framesPerTask).toBeGreaterThanOrEqual(1);
        expect(framesPerTask).toBeLessThanOrEqual(nFrames);
        expect(countTasks({ nFrames, framesPerTask })).toBeLessThanOrEqual(MOST_TASKS);
      }),
    );
  });

  it('gives large frames a task each, and small ones one together', () => {
    expect(usualFramesPerTask(100, 512 * 2048 * 2048)).toBe(1);
    expect(usualFramesPerTask(92, 700 * 1100)).toBe(92);
    expect(usualFramesPerTask(1000, 2048 * 2048)).toBe(42);
  });
});

describe('arraySyntax', () => {
  it.each([
    [[], ''],
    [[0], '0'],
    [[0, 1, 2, 3, 7], '0-3,7'],
    [[2, 4, 5], '2,4-5'],
  ])('writes %j as "%s"', (indexes, text) => {
    expect(arraySyntax(indexes)).toBe(text);
  });

  it('is read back as the same numbers', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60)), (numbers) => {
        const indexes = numbers.sort((a, b) => a - b);
        expect(readSyntax(arraySyntax(indexes))).toEqual(indexes);
      }),
    );
  });
});
