import { describe, expect, it } from 'vitest';
import type { InstanceRules } from '../../../src/model/index.ts';
import { decodeInstances } from '../../../src/segment/semantic/instances.ts';
import { type InstanceMaps, PROB_STEPS } from '../../../src/segment/semantic/maps.ts';
import type { Size } from '../../../src/segment/semantic/neighbours.ts';
import { drawn, text } from './pictures.ts';

const RULES: InstanceRules = {
  seeds: 'interior',
  seedThreshold: 0.5,
  smoothing: 0,
  minDepth: 0.5,
  minContrast: 0,
  minSize: 0,
  maxHole: 0,
  mergeBelow: null,
  distanceUnit: 'relative',
  spacing: [1, 1, 1],
};

/** Maps from drawings of tenths: `a` stands for 10. */
function mapsOf(
  foreground: string[],
  interior = foreground,
  boundary?: string[],
): InstanceMaps & { size: Size } {
  const tenths = (rows: string[]): Uint16Array =>
    Uint16Array.from(drawn(...rows).values, (v) => (v * PROB_STEPS) / 10);
  const { size } = drawn(...foreground);
  return {
    size,
    foreground: tenths(foreground),
    interior: tenths(interior),
    boundary: boundary ? tenths(boundary) : null,
    distance: null,
    distanceSteps: PROB_STEPS,
  };
}

function decode(maps: InstanceMaps & { size: Size }, rules: Partial<InstanceRules> = {}, threshold = 0.5) {
  const labels = new Uint32Array(maps.foreground.length);
  const image = { data: new Float32Array(labels.length).fill(3), shape: [...maps.size] };
  const objects = decodeInstances(maps, { ...RULES, ...rules }, threshold, labels, maps.size, [image]);
  return { objects, labels: text(labels, maps.size) };
}

const TWO = ['.........', '.9998777.', '.9998777.', '.........'];
const INSIDE = ['.........', '.999.777.', '.999.777.', '.........'];
const RIM = ['.........', '....7....', '....7....', '.........'];

describe('decodeInstances', () => {
  it('grows the insides over the foreground, numbers by mean probability, and measures', () => {
    const { objects, labels } = decode(mapsOf(TWO, INSIDE, RIM));
    expect(labels).toEqual(['.........', '.1111222.', '.1111222.', '.........']);
    expect([...objects.prob].map((p) => Number(p.toFixed(4)))).toEqual([0.875, 0.7]);
    expect([...objects.size]).toEqual([8, 6]);
    expect([...objects.x]).toEqual([2.5, 6]);
    expect([...objects.intensity]).toEqual([3, 3]);
    expect([...objects.border]).toEqual([0, 0]);
  });

  it('numbers the better object first wherever it lies', () => {
    const mirrored = (rows: string[]): string[] => rows.map((row) => [...row].reverse().join(''));
    const { labels } = decode(mapsOf(mirrored(TWO), mirrored(INSIDE), mirrored(RIM)));
    expect(labels[1]).toBe('.2221111.');
  });

  it('takes the foreground above the threshold, and leaves out what no seed reaches', () => {
    const maps = mapsOf(['88..66..', '84..66..'], ['8....4..', '8....4..']);
    expect(decode(maps).labels).toEqual(['11......', '1.......']);
    expect(decode(maps, {}, 0.3).labels).toEqual(['11......', '11......']);
    expect(decode(maps, { seedThreshold: 0.3 }).labels).toEqual(['11..22..', '1...22..']);
  });

  it('joins fragments without a boundary between them, where that is asked for', () => {
    const weak = mapsOf(TWO, INSIDE, ['.........', '....2....', '....2....', '.........']);
    expect(decode(weak).objects.count).toBe(2);
    const { objects, labels } = decode(weak, { mergeBelow: 0.3 });
    expect([objects.count, labels[1]]).toEqual([1, '.1111111.']);
    expect(objects.prob[0]).toBeCloseTo(0.8, 6);
    expect(decode(mapsOf(TWO, INSIDE, RIM), { mergeBelow: 0.3 }).objects.count).toBe(2);
  });

  it('drops small objects and fills holes', () => {
    const maps = mapsOf(['99999..6', '9...9...', '99999...']);
    expect(decode(maps).labels).toEqual(['11111..2', '11111...', '11111...']);
    expect(decode(maps, { minSize: 2 }).labels).toEqual(['11111...', '11111...', '11111...']);
    expect(decode(maps, { minSize: 16 }).objects.count).toBe(0);
  });

  it('cuts two discs that touch at their waist by distance', () => {
    const size: Size = [1, 21, 41];
    const foreground = new Uint16Array(21 * 41);
    for (let i = 0; i < foreground.length; i++) {
      const [y, x] = [Math.floor(i / 41) - 10, i % 41];
      if (y * y + (x - 12) ** 2 < 81 || y * y + (x - 28) ** 2 < 81) foreground[i] = PROB_STEPS;
    }
    const maps = { size, foreground, interior: foreground, boundary: null, distance: null, distanceSteps: 1 };
    const { objects, labels } = decode(maps, { seeds: 'distance', smoothing: 1 });
    expect(objects.count).toBe(2);
    expect(labels[10]!.slice(16, 25)).toBe('111112222');
    expect(decode(maps, { seeds: 'distance', minDepth: 9 }).objects.count).toBe(1);
  });

  it('cuts by the network’s own distance where it gives one', () => {
    const distance = Uint16Array.from(drawn('1357531356531').values, (v) => (v * PROB_STEPS) / 10);
    const foreground = new Uint16Array(13).fill(PROB_STEPS);
    const maps = {
      size: [1, 1, 13] as Size,
      foreground,
      interior: foreground,
      boundary: null,
      distance,
      distanceSteps: PROB_STEPS,
    };
    const { labels } = decode(maps, { seeds: 'distance', minDepth: 0.3 });
    expect(labels).toEqual(['1111111222222']);
    expect(decode(maps, { seeds: 'distance', minDepth: 0.6 }).labels).toEqual(['1111111111111']);
  });

  it('weighs distances along z by the spacing', () => {
    const size: Size = [9, 5, 5];
    const foreground = new Uint16Array(225).fill(PROB_STEPS);
    // A waist in the middle plane: only its centre is foreground.
    for (let i = 0; i < 25; i++) if (i !== 12) foreground[4 * 25 + i] = 0;
    const maps = { size, foreground, interior: foreground, boundary: null, distance: null, distanceSteps: 1 };
    const count = (spacing: Size): number =>
      decode(maps, { seeds: 'distance', minDepth: 2, spacing }).objects.count;
    expect(count([1, 1, 1])).toBe(2);
    expect(count([0.2, 1, 1])).toBe(1);
  });

  it('gives nothing for maps of nothing', () => {
    const { objects, labels } = decode(mapsOf(['....', '....']), { seeds: 'distance' });
    expect([objects.count, labels]).toEqual([0, ['....', '....']]);
  });
});
