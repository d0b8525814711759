import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextKept } from '../../viewer/src/layout/nextKept.ts';

describe('nextKept', () => {
  it('finds for every place the first kept branch at or after it, and the count where none follows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 40 }),
        fc.infiniteStream(fc.double()),
        (flags, noise) => {
          const count = flags.length;
          const by = Array.from({ length: count }, () => noise.next().value as number);
          const order = Int32Array.from(by.keys()).sort((a, b) => by[a]! - by[b]! || a - b);
          const kept = Uint8Array.from(flags, Number);
          const expected = Array.from(order, (_, i) => {
            const at = Array.from(order).findIndex((b, k) => k >= i && kept[b] === 1);
            return at < 0 ? count : at;
          });
          expect([...nextKept({ order, count }, kept)]).toEqual(expected);
        },
      ),
    );
  });

  it('answers anew for another layout of the same branches', () => {
    const kept = Uint8Array.of(0, 1, 0);
    expect([...nextKept({ order: Int32Array.of(0, 1, 2), count: 3 }, kept)]).toEqual([1, 1, 3]);
    expect([...nextKept({ order: Int32Array.of(2, 0, 1), count: 3 }, kept)]).toEqual([2, 2, 2]);
  });
});
