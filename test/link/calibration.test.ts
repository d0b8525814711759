import { describe, expect, it } from 'vitest';
import { judged, reliabilityPlot } from '../../bench/calibration.ts';
import { linkDetections } from '../../src/link/index.ts';
import { makeDetections, makeLinks, type Row } from '../cases/index.ts';

/** Nine cells that stand nearly still for four frames; the last one leaves after two, a tenth comes in the third. */
const rows: Row[] = [];
for (let t = 0; t < 4; t++) {
  for (let i = 0; i < 10; i++) {
    if ((i === 8 && t > 1) || (i === 9 && t < 2)) continue;
    rows.push({
      t,
      y: 20 * Math.floor(i / 3) + 0.3 * Math.sin(7 * i + t),
      x: 20 * (i % 3) + (i === 9 ? 70 : 0),
    });
  }
}
const detections = makeDetections(rows);
const pairs: [number, number][] = [];
for (const [v, row] of rows.entries()) {
  const u = rows.findIndex((r) => r.t === row.t - 1 && r.x === row.x && Math.abs(r.y - row.y) < 2);
  if (u >= 0) pairs.push([u, v]);
}

describe('judged', () => {
  it('asks of every link, and of every beginning and end within the movie, whether the truth has it', async () => {
    const found = await linkDetections(detections, {
      linker: 'global',
      maxDistance: 10,
      maxFrameInterval: 1,
      divisions: true,
    });
    const probs = judged(detections, makeLinks(pairs), found);
    expect(probs.links.length).toBe(found.links.count);
    expect(probs.links.every(([p, right]) => right && p > 0.5)).toBe(true);
    expect(probs.appearances.map(([, right]) => right)).toEqual([true]);
    expect(probs.disappearances.map(([, right]) => right)).toEqual([true]);
    const wrong = judged(detections, makeLinks([]), found);
    expect(wrong.links.some(([, right]) => right)).toBe(false);
  });
});

describe('reliabilityPlot', () => {
  it('draws a dot for every bin that has something in it', () => {
    const some: [number, boolean][] = [
      [0.05, false],
      [0.95, true],
      [0.96, true],
    ];
    const svg = reliabilityPlot({
      links: some,
      divisions: [],
      appearances: [],
      disappearances: [[0.5, true]],
    });
    expect(svg.match(/<circle/g)?.length).toBe(3);
    expect(svg).toContain('links: 3, ECE 0.0467');
  });
});
