import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openBands } from '../../src/segment/bands.ts';
import { starVertices } from '../../src/segment/rays2d.ts';
import { paintBands, renderPolygons } from '../../src/segment/render2d.ts';
import { renderPolygons as renderPlainly } from '../helpers/plain/render2d.ts';

function render(
  stars: { y: number; x: number; d: number }[],
  nRays: number,
  height: number,
  width: number,
): number[][] {
  const labels = new Uint32Array(height * width).fill(77);
  const dist = stars.flatMap(({ d }) => new Array<number>(nRays).fill(d));
  const rows = stars.map((_, i) => i);
  const vertices = starVertices(
    stars.map((s) => s.y),
    stars.map((s) => s.x),
    dist,
    nRays,
    rows,
  );
  renderPolygons(vertices, nRays, labels, height, width);
  return Array.from({ length: height }, (_, y) => [...labels.subarray(y * width, (y + 1) * width)]);
}

const countOf = (image: number[][], label: number): number => image.flat().filter((v) => v === label).length;

// Golden values: StarDist with scikit-image's polygon rule, run by the project's reference notes.
describe('renderPolygons', () => {
  it('paints a diamond with its edges and vertices', () => {
    expect(render([{ y: 3, x: 3, d: 2 }], 4, 7, 7)).toEqual([
      [0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 1, 0, 0, 0],
      [0, 0, 1, 1, 1, 0, 0],
      [0, 1, 1, 1, 1, 1, 0],
      [0, 0, 1, 1, 1, 0, 0],
      [0, 0, 0, 1, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0],
    ]);
  });

  it('lets the better of two discs cover the other', () => {
    const image = render(
      [
        { y: 10, x: 14, d: 5 },
        { y: 10, x: 10, d: 5 },
      ],
      32,
      24,
      24,
    );
    expect([countOf(image, 1), countOf(image, 2)]).toEqual([73, 38]);
  });

  it('cuts at the image’s sides', () => {
    expect(render([{ y: 0, x: 4, d: 2 }], 4, 3, 5)).toEqual([
      [0, 0, 1, 1, 1],
      [0, 0, 0, 1, 1],
      [0, 0, 0, 0, 1],
    ]);
  });

  it('paints what its definition says, of polygons of any shape, in one band or in many', () => {
    const place = fc.oneof(fc.integer({ min: -3, max: 15 }), fc.double({ min: -3, max: 15, noNaN: true }));
    const polygons = fc
      .record({
        nRays: fc.integer({ min: 3, max: 9 }),
        places: fc.array(place, { minLength: 18, maxLength: 72 }),
      })
      .map(({ nRays, places }) => {
        const whole = Math.floor(places.length / (2 * nRays)) * 2 * nRays;
        return { nRays, vertices: Float32Array.from(places.slice(0, whole)) };
      });
    fc.assert(
      fc.property(polygons, fc.integer({ min: 1, max: 150 }), ({ nRays, vertices }, most) => {
        const [height, width] = [12, 13];
        const [plain, whole, parts] = [0, 0, 0].map(() => new Uint32Array(height * width).fill(77)) as [
          Uint32Array,
          Uint32Array,
          Uint32Array,
        ];
        renderPlainly(vertices, nRays, plain, height, width);
        renderPolygons(vertices, nRays, whole, height, width);
        const bands = openBands(parts, height, width, { blank: true, most });
        paintBands(bands, vertices, nRays);
        bands.close();
        expect(whole).toEqual(plain);
        expect(parts).toEqual(plain);
      }),
      { numRuns: 500 },
    );
  });
});
