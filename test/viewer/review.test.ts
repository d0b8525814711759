import { describe, expect, it } from 'vitest';
import { type Certainty, noCertainty } from '../../viewer/src/data/certainty.ts';
import { approve, choose, describe as say } from '../../viewer/src/review/decide.ts';
import { eventAfter, eventName } from '../../viewer/src/review/events.ts';
import { explain } from '../../viewer/src/review/explain.ts';
import { countDownstream, findItems } from '../../viewer/src/review/items.ts';
import { family } from './family.ts';

const data = family();

/** The linker is sure of everything but what is given. */
function sure(more: Partial<Certainty> = {}): Certainty {
  const { nodes } = data;
  const ones = (): Float32Array => new Float32Array(nodes.count).fill(1);
  const divides = new Float32Array(nodes.count).fill(Number.NaN);
  divides[2] = 1;
  return { ...noCertainty(nodes.parent), linkIn: ones(), begins: ones(), ends: ones(), divides, ...more };
}
const but = (values: Record<number, number>, base = 1): Float32Array => {
  const column = new Float32Array(data.nodes.count).fill(base);
  for (const [row, value] of Object.entries(values)) column[Number(row)] = value;
  return column;
};

describe('countDownstream', () => {
  it('counts a cell and all that descend from it', () => {
    expect([...countDownstream(data)]).toEqual([7, 4, 6, 3, 3, 2, 2, 1, 2, 1, 1]);
  });
});

describe('findItems', () => {
  it('is empty where the linker is sure', () => {
    expect(findItems(data, sure())).toEqual([]);
  });

  it('orders links, divisions and lost cells by doubt times the logarithm of what hangs on them', () => {
    const items = findItems(
      data,
      sure({ linkIn: but({ 2: 0.9 }), divides: but({ 2: 0.5 }, Number.NaN), ends: but({ 7: 0.6 }) }),
    );
    expect(items.map(({ kind, node }) => `${kind} ${node}`)).toEqual([
      'division 2',
      'disappearance 7',
      'link 0',
    ]);
    expect(items.map((i) => i.name)).toEqual(['out:1.7:2.7+2.8', 'out:3.8:', 'out:0.7:1.7']);
    expect(items[0]!.damage).toBeCloseTo(0.5 * Math.log2(6), 6);
    expect(items[1]!.damage).toBeCloseTo(0.4 * Math.log2(2), 6);
    expect(items[2]!.damage).toBeCloseTo(0.1 * Math.log2(7), 6);
  });

  it('asks nothing about a link that a person made', () => {
    expect(
      findItems(data, sure({ linked: data.nodes.parent.map(() => -1), linkIn: but({ 2: 0.1 }) })),
    ).toEqual([]);
  });

  it('finds ends in mid-picture where the linker says nothing, and none at the border', () => {
    const items = findItems(data, noCertainty(data.nodes.parent));
    expect(items.map(({ kind, node }) => `${kind} ${node}`)).toEqual(['disappearance 7']);
    const other = family();
    other.nodes.border[7] = 1;
    expect(findItems(other, noCertainty(other.nodes.parent))).toEqual([]);
  });
});

describe('explain', () => {
  it('gives the alternatives of the linker, the likeliest first, then one daughter alone, each once', () => {
    const certainty = sure({
      divides: but({ 2: 0.5 }, Number.NaN),
      source: Int32Array.of(2, 2, 2),
      targetA: Int32Array.of(4, 5, -1),
      targetB: Int32Array.of(-1, 4, -1),
      prob: Float32Array.of(0.125, 0.5, 0.375),
    });
    const { now, others } = explain(data, certainty, eventAfter(data, 2));
    expect(now).toEqual({ source: 2, targets: [4, 5], prob: 0.5 });
    expect(others).toEqual([
      { source: 2, targets: [], prob: 0.375 },
      { source: 2, targets: [4], prob: 0.125 },
      { source: 2, targets: [5], prob: Number.NaN },
    ]);
  });

  it('offers the sources that a cell could have come from', () => {
    const other = family();
    other.nodes.parent[8] = -1;
    other.nodes.childA[3] = -1;
    const { others } = explain(other, noCertainty(other.nodes.parent), { kind: 'appearance', node: 8 });
    expect(others[0]).toEqual({ source: 3, targets: [8], prob: Number.NaN });
  });
});

describe('choose', () => {
  it('says what happens, and does it in one step with a note of what became of the place', () => {
    const event = eventAfter(data, 2);
    const one = { source: 2, targets: [5], prob: 0.1 };
    expect(say(data, event, one)).toBe('only 4 goes on');
    expect(choose(data, event, one)).toEqual({
      do: 'many',
      label: '1/1 only 4 goes on',
      commands: [
        { do: 'not-division', parent: '1.7', keep: '2.8' },
        { do: 'review', items: ['out:1.7:2.8'], state: 'fixed' },
      ],
    });
    const stolen = { source: 6, targets: [10], prob: 0.1 };
    expect(say(data, eventAfter(data, 6), stolen)).toBe('goes on as 2, taken from 2');
    expect(choose(data, eventAfter(data, 6), stolen)).toMatchObject({
      commands: [{ do: 'link', source: '3.7', target: '4.9', breakParent: true, breakChildren: true }, {}],
    });
    expect(choose(data, event, { source: 2, targets: [], prob: 0 })).toMatchObject({
      commands: [{ do: 'unlink', target: '2.7' }, { do: 'unlink', target: '2.8' }, { do: 'review' }],
    });
  });

  it('approves a division or a link and the place', () => {
    const event = eventAfter(data, 2);
    const name = eventName(data, event);
    expect(approve(data, event, name, { source: 2, targets: [4, 5], prob: 1 })).toMatchObject({
      commands: [
        { do: 'verify', what: { division: '1.7' }, on: true },
        { do: 'review', items: [name], state: 'verified' },
      ],
    });
  });
});
