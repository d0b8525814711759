import { describe, expect, it } from 'vitest';
import { starVertices } from '../../src/segment/rays2d.ts';
import { renderPolygons } from '../../src/segment/render2d.ts';

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
});
