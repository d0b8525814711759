import { describe, expect, it } from 'vitest';
import { linkDetections } from '../../src/link/index.ts';
import type { Constraints } from '../../src/link/types.ts';
import { makeDetections, pairsOf, type Row } from '../cases/index.ts';

/** Two rows of cells 6 apart, ten in a row, three frames; row i of a frame goes on as i. */
const rows: Row[] = [0, 1, 2].flatMap((t) =>
  Array.from({ length: 20 }, (_, i) => ({
    t,
    y: 9 * Math.floor(i / 10) + 0.3 * Math.sin(5 * i + t),
    x: 6 * (i % 10) + 0.3 * Math.cos(3 * i + 2 * t),
  })),
);
const detections = makeDetections(rows);
const link = async (constraints: Constraints) => {
  const { links } = await linkDetections(detections, {
    linker: 'global',
    maxDistance: Number.NaN,
    maxFrameInterval: 2,
    divisions: true,
    constraints,
  });
  return pairsOf(links).map(([u, v]) => `${u} ${v}`);
};

describe('constraints', () => {
  it('leave the solution alone when there are none', async () => {
    expect(await link({})).toEqual(Array.from({ length: 40 }, (_, i) => `${i} ${i + 20}`));
  });

  it('force links that are dear, and the rest follows', async () => {
    const pairs = await link({ mustLink: [[4, 25]] });
    expect(pairs).toContain('4 25');
    expect(pairs).not.toContain('5 25');
    expect(pairs).toContain('0 20');
  });

  it('rule links out', async () => {
    expect(await link({ cannotLink: [[4, 24]] })).not.toContain('4 24');
  });

  it('make a cell divide, and keep another from it', async () => {
    const from4 = (await link({ mustDivide: [4] })).filter((pair) => pair.startsWith('4 '));
    expect(from4).toHaveLength(2);
    const both = await link({ mustLink: [[4, 24]], cannotDivide: [4] });
    expect(both.filter((pair) => pair.startsWith('4 '))).toEqual(['4 24']);
    const daughters = await link({
      mustLink: [
        [4, 24],
        [4, 25],
      ],
    });
    expect(daughters.filter((pair) => pair.startsWith('4 '))).toEqual(['4 24', '4 25']);
  });

  it('give a cell a daughter that is first seen a frame late', async () => {
    const pairs = await link({
      mustLink: [
        [4, 24],
        [4, 45],
      ],
      mustDivide: [4],
    });
    expect(pairs.filter((pair) => pair.startsWith('4 '))).toEqual(['4 24', '4 45']);
    expect(pairs.filter((pair) => pair.endsWith(' 45'))).toEqual(['4 45']);
    const gap = await link({ mustLink: [[4, 45]] });
    expect(gap.filter((pair) => pair.startsWith('4 '))).toEqual(['4 45']);
  });

  it('leave forbidden rows unlinked, and frozen ones as they are', async () => {
    const without = await link({ forbidden: [24] });
    expect(without.some((pair) => pair.split(' ').includes('24'))).toBe(false);
    const frozen = await link({ frozenOut: [7], frozenIn: [31] });
    expect(frozen.some((pair) => pair.startsWith('7 '))).toBe(false);
    expect(frozen.some((pair) => pair.endsWith(' 31'))).toBe(false);
  });

  it.each([
    [
      {
        mustLink: [
          [4, 24],
          [5, 24],
        ],
      },
      'must-link 5 to 24 contradicts must-link 4 to 24',
    ],
    [{ mustLink: [[4, 24]], cannotLink: [[4, 24]] }, 'must-link 4 to 24 contradicts cannot-link 4 to 24'],
    [
      {
        mustLink: [
          [4, 24],
          [4, 25],
          [4, 26],
        ],
      },
      'must-link 4 to 26 contradicts must-link 4 to 24 and 25',
    ],
    [{ mustLink: [[24, 4]] }, 'must-link 24 to 4 contradicts time (frames 1 and 0)'],
    [{ mustDivide: [4], cannotDivide: [4] }, 'must-divide 4 contradicts cannot-divide 4'],
    [
      {
        mustLink: [
          [4, 24],
          [4, 25],
        ],
        cannotDivide: [4],
      },
      'must-link 4 to 25 contradicts cannot-divide 4',
    ],
    [{ required: [3], forbidden: [3] }, 'required 3 contradicts forbidden 3'],
    [{ mustDivide: [4], frozenOut: [4] }, 'must-divide 4 contradicts frozen 4'],
    [{ mustLink: [[4, 60]] }, 'must name rows below 60, got 60'],
  ] as [Constraints, string][])('refuse %j, naming the two', async (constraints, message) => {
    await expect(link(constraints)).rejects.toThrow(message);
  });

  it('refuse demands that no candidate can meet, naming them', async () => {
    await expect(
      link({ mustDivide: [4], cannotLink: Array.from({ length: 20 }, (_, i) => [4, 20 + i] as const) }),
    ).rejects.toThrow(
      'must-divide 4 cannot be met beside cannot-link 4 to 20, cannot-link 4 to 21, cannot-link 4 to 22 and others',
    );
    await expect(link({ mustDivide: [44] })).rejects.toThrow(
      'must-divide 44 cannot be met; no such detections are near it',
    );
  });
});
