import { describe, expect, it } from 'vitest';
import { centreRange, writtenRange } from '../../src/segment/border.ts';

describe('centreRange', () => {
  // A frame of 75 pixels on a grid of 2, padded to 80: 38 positions of the frame, 40 of the input.
  it.each([
    ['frame', 2, 38, 40, [2, 36]],
    ['padded', 2, 38, 40, [2, 38]],
    ['padded', 2, 39, 40, [2, 38]],
    ['padded', 2, 40, 40, [2, 38]],
    ['padded', 0, 38, 40, [0, 38]],
    ['frame', 0, 38, 40, [0, 38]],
    ['padded', 5, 38, 40, [5, 35]],
  ] as const)(
    'by the rule "%s" with a border of %d of %d positions, padded to %d',
    (borderRule, border, frame, padded, range) => {
      expect(centreRange(frame, padded, { border, borderRule })).toEqual(range);
    },
  );
});

describe('writtenRange', () => {
  it.each([
    [0, 32, [2, 16]],
    [32, 64, [16, 32]],
    [64, 80, [32, 38]],
    [78, 80, [39, 39]],
  ] as const)('of a tile that writes pixels %d to %d is the part in the range', (from, to, written) => {
    expect(writtenRange({ start: 0, length: 80, from, to }, 2, [2, 38])).toEqual(written);
  });
});
