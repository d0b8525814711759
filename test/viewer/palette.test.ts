import { describe, expect, it } from 'vitest';
import {
  branchColour,
  css,
  DAUGHTER_A,
  DAUGHTER_B,
  LINEAGE_DARK,
  LINEAGE_LIGHT,
  pixel,
} from '../../viewer/src/image/palette.ts';

const channels = (rgb: number): number[] => [(rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255];

/** Relative luminance (WCAG 2.2). */
function luminance(rgb: number): number {
  const [r, g, b] = channels(rgb).map((v) =>
    v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

const contrast = (a: number, b: number): number => {
  const [low, high] = [luminance(a), luminance(b)].sort((p, q) => p - q);
  return (high! + 0.05) / (low! + 0.05);
};

/** Hue in degrees. */
function hue(rgb: number): number {
  const [r, g, b] = channels(rgb) as [number, number, number];
  return ((Math.atan2(Math.sqrt(3) * (g - b), 2 * r - g - b) * 180) / Math.PI + 360) % 360;
}

describe('lineage palettes', () => {
  it('stand out from the ground of their theme by at least 3 : 1', () => {
    for (const rgb of LINEAGE_DARK) expect(contrast(rgb, 0x12161c)).toBeGreaterThanOrEqual(3);
    for (const rgb of LINEAGE_LIGHT) expect(contrast(rgb, 0xfbfcfd)).toBeGreaterThanOrEqual(3);
  });

  it('keep orange and vermillion (hues 10 to 45) for suspicion', () => {
    for (const rgb of [...LINEAGE_DARK, ...LINEAGE_LIGHT, DAUGHTER_A, DAUGHTER_B]) {
      expect(hue(rgb) < 10 || hue(rgb) > 45).toBe(true);
    }
  });

  it('have no colour twice and one colour for each place in both themes', () => {
    expect(new Set(LINEAGE_DARK).size).toBe(LINEAGE_DARK.length);
    expect(new Set(LINEAGE_LIGHT).size).toBe(LINEAGE_DARK.length);
  });
});

describe('branchColour', () => {
  const keys = {
    lineageColour: Uint8Array.of(0, 3, 4),
    lineage: Int32Array.of(1, 1, 2),
    generation: Int32Array.of(0, 1, 40),
  };

  it('follows the lineage, whatever the branch', () => {
    expect(branchColour(keys, 0, 'lineage', false)).toBe(LINEAGE_DARK[3]);
    expect(branchColour(keys, 1, 'lineage', false)).toBe(LINEAGE_DARK[3]);
    expect(branchColour(keys, 2, 'lineage', true)).toBe(LINEAGE_LIGHT[4]);
  });

  it('tells sisters apart by track, and ends its ramp of generations', () => {
    expect(branchColour(keys, 0, 'tracklet', false)).not.toBe(branchColour(keys, 1, 'tracklet', false));
    expect(css(branchColour(keys, 2, 'generation', false))).toMatch(/^#[0-9a-f]{6}$/);
  });
});

describe('pixel', () => {
  it('packs red, green, blue and opacity in the order of an ImageData', () => {
    const bytes = new Uint8Array(Uint32Array.of(pixel(0x112233, 0x44)).buffer);
    expect([...bytes]).toEqual([0x11, 0x22, 0x33, 0x44]);
  });
});
