import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentDigest } from '../../src/codec/contentDigest.ts';

const value = (): unknown => ({
  a: Float64Array.of(1, -0, Number.NaN),
  b: [1, 'x', null, undefined, true],
  c: new Map([[1, new Set([2, 3])]]),
});

describe('contentDigest', () => {
  it('is the same for the same content, in whatever order its names stand', () => {
    const { a, b, c } = value() as Record<string, unknown>;
    expect(contentDigest({ c, b, a })).toBe(contentDigest(value()));
    expect(contentDigest(value())).toBe('0519f9d783b7626e05f3dc396e41a7957bfd3ee5ffddf70a3b7a36ee87471d81');
  });

  it('looks at the part of a buffer that a view shows', () => {
    const buffer = Float64Array.of(7, 1, 2, 9).buffer;
    expect(contentDigest(new Float64Array(buffer, 8, 2))).toBe(contentDigest(Float64Array.of(1, 2)));
  });

  it.each([
    [Float32Array.of(1), Float64Array.of(1)],
    [Uint8Array.of(1, 0), Int8Array.of(1, 0)],
    [
      [1, [2]],
      [[1], 2],
    ],
    [['1'], [1]],
    [0, -0],
    [null, 'null'],
    [{ a: 1 }, { b: 1 }],
    [['a b'], ['a', 'b']],
    [new Set([1]), [1]],
  ])('tells %j from %j', (one, other) => {
    expect(contentDigest(one)).not.toBe(contentDigest(other));
  });

  it('tells any two arrays of numbers apart that differ', () => {
    const numbers = fc.array(fc.double(), { maxLength: 4 });
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const same = one.length === other.length && one.every((v, i) => Object.is(v, other[i]));
        expect(contentDigest(one) === contentDigest(other)).toBe(same);
      }),
    );
  });
});
