import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clipArea } from '../../src/segment/clipArea.ts';
import { suppressOverlaps } from '../../src/segment/index.ts';
import { singleRays2d } from '../../src/segment/rays2d.ts';
import { createShape, fitShape } from '../helpers/plain/shapes2d.ts';
import { stars } from '../helpers/stars.ts';

type Crowd = Parameters<typeof stars>;

interface Reference {
  crowd: Crowd;
  /** Stars i and j and the area that they share. */
  areas: [i: number, j: number, area: number][];
  /** By threshold, best first. */
  survivors: Record<string, number[]>;
}

// Golden: Clipper 6.4.2 and the compiled suppression of stardist 0.9.1, see test/fixtures/parity/make.py.
const references = JSON.parse(
  readFileSync(new URL('../fixtures/parity/suppression.json', import.meta.url), 'utf8'),
) as Reference[];

function shapesOf(crowd: Crowd) {
  const table = stars(...crowd);
  return Array.from({ length: table.count }, (_, i) => {
    const shape = createShape(table.nRays);
    fitShape(shape, table.y[i], table.x[i], table.dist, i * table.nRays, singleRays2d(table.nRays), 1);
    return shape;
  });
}

const square = (x: number, y: number, side: number) => ({
  vx: [x, x + side, x + side, x],
  vy: [y, y, y + side, y + side],
});

describe('clipArea', () => {
  it.each([
    ['apart', square(0, 0, 4), square(9, 9, 4), 0],
    ['side by side', square(0, 0, 4), square(4, 0, 4), 0],
    ['over a corner', square(0, 0, 4), square(3, 2, 4), 2],
    ['one in the other', square(0, 0, 9), square(3, 2, 4), 16],
    ['equal', square(-5, 2, 4), square(-5, 2, 4), 16],
    ['of which one has no area', square(0, 0, 4), { vx: [0, 4, 2], vy: [0, 4, 2] }, 0],
    ['of which one is a point', square(0, 0, 4), square(2, 2, 0), 0],
  ])('of squares %s', (_, a, b, area) => {
    expect(clipArea(a, b)).toBe(area);
    expect(clipArea(b, a)).toBe(area);
  });

  it('puts crossings on whole numbers', () => {
    // Exactly 4.5: the crossings at (1.5, 1.5) and (1.5, -1.5) go to 2, away from zero.
    const diamond = (x: number) => ({ vx: [x, x + 3, x, x - 3], vy: [-3, 0, 3, 0] });
    expect(clipArea(diamond(0), diamond(3))).toBe(6);
  });

  it.each(references)(
    'is that of Clipper 6.4.2 for nearly all pairs of the crowd $crowd',
    ({ crowd, areas }) => {
      const shapes = shapesOf(crowd);
      const wrong = areas.filter(([i, j, area]) => clipArea(shapes[i], shapes[j]) !== area);
      expect(areas.filter(([, , area]) => area > 0).length).toBeGreaterThan(300);
      expect(wrong.length).toBeLessThanOrEqual(0.005 * areas.length);
    },
  );
});

describe('suppressOverlaps on crowds', () => {
  it.each(
    references.flatMap(({ crowd, survivors }) =>
      Object.entries(survivors).map(([threshold, rows]) => ({ crowd, threshold: Number(threshold), rows })),
    ),
  )('keeps those of crowd $crowd that StarDist keeps at $threshold', ({ crowd, threshold, rows }) => {
    expect([...suppressOverlaps(stars(...crowd), { nmsThreshold: threshold })]).toEqual(rows);
  });
});
