import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unionLength } from '../../src/pipeline/spans.ts';

describe('unionLength', () => {
  it('counts what several spans share once', () => {
    expect(unionLength([])).toBe(0);
    expect(unionLength([4, 6, 0, 1])).toBe(3);
    expect(unionLength([0, 4, 1, 2, 3, 6, 6, 7])).toBe(7);
  });

  it('is the number of whole steps that lie in any span', () => {
    const span = fc.tuple(fc.nat(30), fc.nat(9)).map(([start, n]) => [start, start + n]);
    fc.assert(
      fc.property(fc.array(span, { maxLength: 12 }), (spans) => {
        const steps = new Set(spans.flatMap(([a, b]) => Array.from({ length: b! - a! }, (_, i) => a! + i)));
        expect(unionLength(spans.flat())).toBe(steps.size);
      }),
    );
  });
});
