import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenSpiral } from '../../src/segment/rays3d.ts';

const vectorOf = (rays: ReturnType<typeof goldenSpiral>, k: number): number[] => [
  ...rays.vector.subarray(3 * k, 3 * k + 3),
];
const facesOf = ({ face, nFaces }: ReturnType<typeof goldenSpiral>): number[][] =>
  Array.from({ length: nFaces }, (_, f) => [...face.subarray(3 * f, 3 * f + 3)]);

function det([a, b, c]: number[][]): number {
  return (
    a[0] * (b[1] * c[2] - b[2] * c[1]) -
    a[1] * (b[0] * c[2] - b[2] * c[0]) +
    a[2] * (b[0] * c[1] - b[1] * c[0])
  );
}

function expectVector(found: readonly number[], expected: readonly number[]): void {
  for (let axis = 0; axis < 3; axis++) expect(found[axis]).toBeCloseTo(expected[axis], 5);
}

// Golden values: StarDist's Rays_GoldenSpiral, run by the project's reference notes (5 digits).
describe('goldenSpiral', () => {
  const eight = goldenSpiral(8, [2, 1, 1]);
  it.each([
    [1, [-0.45455, 0.60168, -0.65679]],
    [2, [-0.23077, -0.96928, 0.08507]],
    [4, [0.07198, -0.17373, -0.98216]],
    [6, [0.45455, 0.86019, -0.23124]],
  ])('points ray %d of 8 along %j for voxels twice as deep', (k, expected) => {
    expectVector(vectorOf(eight, k), expected);
  });

  it('joins 8 ray ends by the 12 triangles of their hull', () => {
    const faces = facesOf(eight).map((face) => [...face].sort().join(''));
    expect(faces.sort()).toEqual([
      '013',
      '014',
      '024',
      '025',
      '035',
      '136',
      '146',
      '247',
      '257',
      '357',
      '367',
      '467',
    ]);
  });

  it('has 188 triangles for 96 rays', () => {
    const rays = goldenSpiral(96, [2, 1, 1]);
    expect(rays.nFaces).toBe(188);
    expectVector(vectorOf(rays, 1), [-0.92297, 0.25998, -0.2838]);
    expectVector(vectorOf(rays, 47), [-0.00526, -0.29462, 0.9556]);
  });

  it('closes the surface: 2 n - 4 triangles, each edge once in each direction, all facing outwards', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 256 }),
        fc.tuple(...[0, 1, 2].map(() => fc.double({ min: 0.2, max: 5, noNaN: true }))),
        (n, anisotropy) => {
          const rays = goldenSpiral(n, anisotropy as [number, number, number]);
          expect(rays.nFaces).toBe(2 * n - 4);
          const edges = new Set<string>();
          for (const [a, b, c] of facesOf(rays)) {
            expect(det([a, b, c].map((k) => vectorOf(rays, k)))).toBeLessThanOrEqual(0);
            for (const edge of [`${a} ${b}`, `${b} ${c}`, `${c} ${a}`]) edges.add(edge);
          }
          expect(edges.size).toBe(3 * rays.nFaces);
          for (const edge of edges) expect(edges.has(edge.split(' ').reverse().join(' '))).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });
});
