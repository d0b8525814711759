import { describe, expect, it } from 'vitest';
import { featuresOf, meanByBranch } from '../../viewer/src/data/features.ts';
import { timeUnit } from '../../viewer/src/data/units.ts';
import {
  branchColour,
  COLOUR_BY,
  type ColourKeys,
  featureNumber,
  measureColour,
  SUSPECT,
  suspicionColour,
  WRONG,
} from '../../viewer/src/image/palette.ts';
import { groupsByBranch } from '../../viewer/src/state/colourKeys.ts';
import { family } from './family.ts';

const UNIT = timeUnit({ timeStep: 1800, timeStepKnown: true, nFrames: 5 });

/** Relative luminance (WCAG 2.2). */
const luminance = (rgb: number): number =>
  [16, 8, 0]
    .map((shift) => ((rgb >> shift) & 255) / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k]!, 0);
const contrast = (a: number, b: number): number =>
  (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);

describe('meanByBranch', () => {
  it('takes the mean of the cells of a branch, and leaves out what is not known', () => {
    const data = family();
    data.nodes.size.set([2, 5, 4, Number.NaN, 1, 1, 2, 3, 7, 3, Number.NaN]);
    const { mean, name } = meanByBranch(data, featuresOf(data, UNIT)[0]!);
    expect(name).toBe('Area, µm²');
    expect([...mean]).toEqual([3, 6, 2, 2]);
  });

  it('measures speed along a branch, not over a division', () => {
    const data = family();
    const [, speed] = featuresOf(data, UNIT);
    expect(speed!.name).toBe('Speed, µm/h');
    // Detection 6 is 1 µm from its predecessor half an hour before; 4 is a daughter's first.
    expect(speed!.of(6)).toBeCloseTo(2);
    expect(speed!.of(4)).toBeNaN();
  });
});

describe('groupsByBranch', () => {
  it('gives a branch the first group that one of its cells is in', () => {
    const groups = new Map([
      ['left', ['3.7', '9.9']],
      ['right', ['4.7', '3.8']],
    ]);
    expect([...groupsByBranch(family(), groups)]).toEqual([
      [2, 0],
      [3, 1],
    ]);
  });
});

describe('ramps', () => {
  const parts = Array.from({ length: 21 }, (_, k) => k / 20);

  it('stand out from the ground of their theme by at least 3 : 1', () => {
    for (const ramp of [suspicionColour, measureColour]) {
      for (const part of [...parts, Number.NaN]) {
        expect(contrast(ramp(part, false), 0x12161c)).toBeGreaterThanOrEqual(3);
        expect(contrast(ramp(part, true), 0xfbfcfd)).toBeGreaterThanOrEqual(3);
      }
    }
  });

  it('get ever lighter on dark and ever darker on light ground, so that order shows without hue', () => {
    const light = parts.map((part) => luminance(measureColour(part, false)));
    const dark = parts.map((part) => luminance(measureColour(part, true)));
    expect(light).toEqual([...light].sort((a, b) => a - b));
    expect(dark).toEqual([...dark].sort((a, b) => b - a));
  });

  it('end where suspicion is surely wrong, and pass its orange', () => {
    expect(suspicionColour(1, false)).toBe(WRONG);
    expect(parts.map((part) => suspicionColour(part, false))).not.toContain(undefined);
    expect(suspicionColour(2 / 3, false) >> 16).toBeGreaterThan((SUSPECT >> 16) - 12);
  });
});

describe('branchColour', () => {
  const keys: ColourKeys = {
    lineageColour: Uint8Array.of(0, 0),
    lineage: Int32Array.of(1, 1, 1),
    generation: Int32Array.of(0, 1, 1),
    own: new Map([[0, 0x123456]]),
    sure: [1, 0, Number.NaN],
    group: new Map([[1, 0]]),
    feature: { mean: [10, 20, 15], low: 10, high: 20 },
  };

  it('follows what was measured, between the values that have the first and the last colour', () => {
    expect(branchColour(keys, 1, 'feature0', false)).toBe(measureColour(1, false));
    expect(branchColour(keys, 2, 'feature0', false)).toBe(measureColour(0.5, false));
    expect(branchColour(keys, 1, 'suspicion', false)).toBe(WRONG);
    expect(branchColour(keys, 2, 'suspicion', true)).toBe(suspicionColour(Number.NaN, true));
  });

  it('shows groups where these are asked for, also over a colour that people chose', () => {
    expect(branchColour(keys, 0, 'lineage', false)).toBe(0x123456);
    expect(branchColour(keys, 0, 'group', false)).toBe(branchColour(keys, 2, 'group', false));
    expect(branchColour(keys, 1, 'group', false)).not.toBe(branchColour(keys, 2, 'group', false));
  });

  it('numbers the measures in the names of the choices', () => {
    expect(COLOUR_BY.map(featureNumber).filter((k) => k >= 0)).toEqual(
      Array.from({ length: 11 }, (_, k) => k),
    );
  });
});
