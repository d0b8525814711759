import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import { copyOut, kernels, put } from '../../src/segment/compiled.ts';
import { singleRays2d } from '../../src/segment/rays2d.ts';
import { createShape, fitShape, type Shape } from '../helpers/plain/shapes2d.ts';

/** The kernel's disc in the polygon of a candidate. */
function discOf(y: number, x: number, dist: Float32Array) {
  const { sin, cos } = singleRays2d(dist.length);
  kernels().clear();
  const disc = new Float64Array(4);
  copyOut(kernels().roughDisc(dist.length, y, x, put(dist), put(sin), put(cos)), disc);
  const [cy, cx, radius, longest] = disc as unknown as [number, number, number, number];
  return { cy, cx, radius, longest };
}

/** Ray lengths of a noisy ellipse about a point inside it. */
function noisyRays(nRays: number, seed: number, noise: number): Float32Array {
  const random = createRandom(seed);
  const [a, b] = [3 + 30 * random.uniform(), 3 + 30 * random.uniform()];
  const [oy, ox] = [0.8 * a * (random.uniform() - 0.5), 0.8 * b * (random.uniform() - 0.5)];
  const { sin, cos } = singleRays2d(nRays);
  return Float32Array.from(sin, (s, k) => {
    const [dy, dx] = [s / a, cos[k]! / b];
    const [A, B, C] = [dy * dy + dx * dx, (oy * dy) / a + (ox * dx) / b, (oy / a) ** 2 + (ox / b) ** 2 - 1];
    return Math.max(0.5, ((-B + Math.sqrt(B * B - A * C)) / A) * (1 + noise * random.normal()));
  });
}

/** Times that the outline turns about a point, and the distance of its nearest edge. */
function standing({ vy, vx }: Shape, y: number, x: number): { turns: number; nearest: number } {
  let [turns, nearest] = [0, Number.POSITIVE_INFINITY];
  const n = vy.length;
  for (let k = 0; k < n; k++) {
    const [py, px] = [vy[k]! - y, vx[k]! - x];
    const [qy, qx] = [vy[(k + 1) % n]! - y, vx[(k + 1) % n]! - x];
    turns += Math.atan2(px * qy - py * qx, px * qx + py * qy) / (2 * Math.PI);
    const length = (qy - py) ** 2 + (qx - px) ** 2;
    const t = length === 0 ? 0 : Math.min(1, Math.max(0, -(py * (qy - py) + px * (qx - px)) / length));
    nearest = Math.min(nearest, Math.hypot(py + t * (qy - py), px + t * (qx - px)));
  }
  return { turns, nearest };
}

describe('fitRoughDisc', () => {
  it('gives discs that no edge of the truncated polygon enters, and the longest ray', () => {
    let found = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(8, 16, 20, 32, 48, 64),
        fc.integer({ min: 1, max: 1e6 }),
        fc.constantFrom(0, 0.02, 0.2, 1),
        fc.double({ min: 30, max: 200, noNaN: true }),
        fc.double({ min: 30, max: 200, noNaN: true }),
        (nRays, seed, noise, y, x) => {
          const [rays, dist] = [singleRays2d(nRays), noisyRays(nRays, seed, noise)];
          const [disc, shape] = [discOf(y, x, dist), createShape(nRays)];
          if (disc.radius <= 0) return;
          found++;
          fitShape(shape, y, x, dist, 0, rays, 1);
          const { turns, nearest } = standing(shape, disc.cy, disc.cx);
          expect(Math.round(Math.abs(turns))).toBe(1);
          expect(nearest).toBeGreaterThan(disc.radius - 1e-6);
          expect(shape.outer).toBeLessThan(2 * disc.longest + 2);
        },
      ),
      { numRuns: 2000 },
    );
    expect(found).toBeGreaterThan(400);
  });

  it('comes near the inscribed disc of a circle', () => {
    const disc = discOf(50, 60, new Float32Array(32).fill(20));
    expect([disc.cy, disc.cx]).toEqual([expect.closeTo(49.5, 5), expect.closeTo(59.5, 5)]);
    expect(disc.radius).toBeGreaterThan(20 * Math.cos(Math.PI / 8) - 0.8);
  });

  it('gives none where a vertex may be negative, and none for counts of rays that are no multiple of 4', () => {
    expect(discOf(10, 60, new Float32Array(32).fill(20)).radius).toBe(0);
    expect(discOf(50, 60, new Float32Array(30).fill(20)).radius).toBe(0);
  });
});
