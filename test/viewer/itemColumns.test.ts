import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf, expectedErrors, itemsAt, spliceItems } from '../../viewer/src/review/columns.ts';
import type { ReviewItem } from '../../viewer/src/review/items.ts';

const item = fc.record({
  kind: fc.constant('link' as const),
  node: fc.nat(6),
  name: fc.string(),
  wrong: fc.double({ min: 0, max: 1, noNaN: true }),
  alert: fc.boolean(),
  gain: fc.constant(0),
});
const list = fc.array(item, { maxLength: 12 });

/** The columns, made from the start. */
const fresh = (items: readonly ReviewItem[]) => columnsOf([...items]);

describe('spliceItems', () => {
  it('leaves out and puts in what it is told to, with the columns of the list that comes of it', () => {
    fc.assert(
      fc.property(list, list, fc.infiniteStream(fc.nat(12)), fc.func(fc.boolean()), (old, added, at, out) => {
        const places = added.map(() => Math.min(at.next().value as number, old.length)).sort((a, b) => a - b);
        const gone = [...old.keys()].filter((k) => out(k));
        const expected = old.flatMap((one, k) => [
          ...added.filter((_, f) => places[f] === k),
          ...(gone.includes(k) ? [] : [one]),
        ]);
        expected.push(...added.filter((_, f) => places[f] === old.length));
        const made = spliceItems(old, gone, added, places);
        expect(made).toEqual(expected);
        expect(columnsOf(made)).toEqual(fresh(expected));
      }),
    );
  });
});

describe('itemsAt', () => {
  it('finds the items of a node, and expectedErrors the sum of all doubts', () => {
    fc.assert(
      fc.property(list, fc.nat(6), (items, node) => {
        expect(itemsAt(items, node)).toEqual(items.filter((one) => one.node === node));
        const sum = items.reduce((all, { wrong }) => all + wrong, 0);
        expect(expectedErrors(items)).toBeCloseTo(sum, 9);
      }),
    );
  });
});
