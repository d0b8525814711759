import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/codec/index.ts';
import { describeDifference, stageKey } from '../../src/store/canonical.ts';

describe('canonicalJson', () => {
  it('sorts the names of every object and keeps the order of lists', () => {
    expect(canonicalJson({ b: [2, 1], a: { d: null, c: 'x' } })).toBe('{"a":{"c":"x","d":null},"b":[2,1]}');
  });

  it('does not depend on the order in which an object was built', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('stageKey', () => {
  it('is the SHA-256 of the canonical text', () => {
    // sha256sum of ["segment/1",{"a":1,"b":2}]
    const key = stageKey('segment/1', { b: 2, a: 1 });
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(stageKey('segment/1', { a: 1, b: 2 })).toBe(key);
  });

  it('differs when any one value differs', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), fc.integer(), { minKeys: 1, noNullPrototype: true }),
        fc.nat(),
        (value, pick) => {
          const names = Object.keys(value);
          const name = names[pick % names.length]!;
          expect(stageKey({ ...value, [name]: value[name]! + 1 })).not.toBe(stageKey(value));
        },
      ),
    );
  });

  it('keeps the parts apart', () => {
    expect(stageKey('a', 'b')).not.toBe(stageKey('ab', ''));
    expect(stageKey(['a'], 'b')).not.toBe(stageKey('a', ['b']));
  });
});

describe('describeDifference', () => {
  it('names every leaf that differs, what is new and what is gone', () => {
    const before = { model: 'a', movie: { level: 0, shape: [1, 2] }, old: 1, same: null };
    const after = { model: 'b', movie: { level: 1, shape: [1, 3] }, new: true, same: null };
    expect(describeDifference(before, after)).toEqual([
      'model: "a" -> "b"',
      'movie.level: 0 -> 1',
      'movie.shape: [1,2] -> [1,3]',
      'new: none -> true',
      'old: 1 -> none',
    ]);
  });

  it('says nothing of equal values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(describeDifference(value, structuredClone(value))).toEqual([]);
      }),
    );
  });
});
