import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FrameObjects } from '../../src/segment/types.ts';
import {
  decodeFrameTable,
  encodeFrameTable,
  equivalentRadius,
  joinTables,
  sliceTable,
  toPhysical,
} from '../../src/store/frameTable.ts';
import { randomLineage } from '../cases/index.ts';

const objects: FrameObjects = {
  count: 2,
  label: Uint32Array.of(1, 2),
  z: Float64Array.of(0, 3),
  y: Float64Array.of(10, 20),
  x: Float64Array.of(1.5, 2.5),
  size: Float64Array.of(100, 1),
  prob: Float32Array.of(0.5, 1),
  border: Uint8Array.of(0, 1),
  intensity: Float32Array.of(7, 8, 9, 10),
  nChannels: 2,
};

describe('toPhysical', () => {
  it('turns pixels of a plane into micrometres', () => {
    const table = toPhysical(4, objects, [9, 0.5, 0.25], 2);
    expect([...table.y]).toEqual([5, 10]);
    expect([...table.x]).toEqual([0.375, 0.625]);
    // 100 px of 0.5 x 0.25 um; the depth of a plane does not count
    expect([...table.size]).toEqual([12.5, 0.125]);
    expect(table.radius[0]).toBeCloseTo(Math.sqrt(12.5 / Math.PI), 12);
    expect([table.t, table.count, table.nChannels]).toEqual([4, 2, 2]);
  });

  it('turns voxels of a stack into micrometres', () => {
    const table = toPhysical(0, objects, [2, 0.5, 0.25], 3);
    expect([...table.z]).toEqual([0, 6]);
    expect([...table.size]).toEqual([25, 0.25]);
    expect((4 / 3) * Math.PI * table.radius[0]! ** 3).toBeCloseTo(25, 10);
  });

  it('leaves the pixels as they were, so that nothing is converted twice', () => {
    toPhysical(0, objects, [2, 0.5, 0.25], 3);
    expect([...objects.y]).toEqual([10, 20]);
    expect([...objects.size]).toEqual([100, 1]);
  });
});

describe('equivalentRadius', () => {
  it('is that of the disc or the ball', () => {
    expect(equivalentRadius(Math.PI * 9, 2)).toBeCloseTo(3, 12);
    expect(equivalentRadius(((4 * Math.PI) / 3) * 8, 3)).toBeCloseTo(2, 12);
    expect(equivalentRadius(Number.NaN, 2)).toBeNaN();
  });
});

describe('encodeFrameTable', () => {
  it('gives the table back', () => {
    const table = toPhysical(7, objects, [1, 0.65, 0.65], 2);
    expect(decodeFrameTable(encodeFrameTable(table), 'x')).toEqual(table);
  });

  it('gives a frame without cells back', () => {
    const empty = toPhysical(0, { ...objects, ...emptyColumns(), count: 0 }, [1, 1, 1], 2);
    expect(decodeFrameTable(encodeFrameTable(empty), 'x')).toEqual(empty);
  });
});

function emptyColumns(): Partial<FrameObjects> {
  const none = new Float64Array(0);
  return {
    label: new Uint32Array(0),
    z: none,
    y: none,
    x: none,
    size: none,
    prob: new Float32Array(0),
    border: new Uint8Array(0),
    intensity: new Float32Array(0),
  };
}

describe('joinTables', () => {
  it('joins what sliceTable cut, empty frames included', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (seed) => {
        const { detections } = randomLineage(seed);
        const last = detections.count === 0 ? 0 : detections.t[detections.count - 1]!;
        const tables = [];
        let start = 0;
        for (let t = 0; t <= last + 1; t++) {
          let end = start;
          while (end < detections.count && detections.t[end] === t) end++;
          tables.push(sliceTable(detections, t, start, end));
          start = end;
        }
        expect(joinTables(tables, detections.ndim)).toEqual(detections);
      }),
      { numRuns: 30 },
    );
  });

  it('is an empty table of no frames', () => {
    expect(joinTables([], 3)).toMatchObject({ count: 0, ndim: 3, nChannels: 0 });
  });
});
