import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReviewState } from '../../src/lineage/edits/types.ts';
import { type Certainty, noCertainty } from '../../viewer/src/data/certainty.ts';
import { buildDataset, refreshLinks } from '../../viewer/src/data/dataset.ts';
import { deriveFromParents } from '../../viewer/src/data/derive.ts';
import type { Dataset, Info } from '../../viewer/src/data/types.ts';
import { consequences } from '../../viewer/src/review/complete.ts';
import { approve, choose, describe as say } from '../../viewer/src/review/decide.ts';
import { eventAfter, eventName } from '../../viewer/src/review/events.ts';
import { explain } from '../../viewer/src/review/explain.ts';
import { expectedGain, gainOf } from '../../viewer/src/review/gain.ts';
import { countDownstream, findItems } from '../../viewer/src/review/items.ts';
import { type Judged, judgedOf, learnShift, NO_SHIFT, shifted } from '../../viewer/src/review/learn.ts';
import { createItemList } from '../../viewer/src/review/list.ts';
import { eventProb } from '../../viewer/src/review/probability.ts';
import { measureUsual } from '../../viewer/src/review/usual.ts';
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

  it('orders links, divisions and lost cells by what a look at them is expected to bring', () => {
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
    const hanging = (n: number): number => 1 + 0.02 * Math.log2(n);
    expect(items[0]!.gain).toBeCloseTo(0.5 * 1 * hanging(6), 6);
    expect(items[1]!.gain).toBeCloseTo(0.4 * 1.2 * hanging(2), 6);
    expect(items[2]!.gain).toBeCloseTo(0.1 * 0.5 * hanging(7), 6);
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

describe('expectedGain', () => {
  it('weighs what else could be by its probability and by the errors that it would take away', () => {
    // The division is one daughter too many (a link of 1, a division of 1.2), or the cell ends (two links, the division).
    const certainty = sure({
      divides: but({ 2: 0.5 }, Number.NaN),
      source: Int32Array.of(2, 2),
      targetA: Int32Array.of(4, -1),
      targetB: Int32Array.of(-1, -1),
      prob: Float32Array.of(0.25, 0.125),
    });
    expect(gainOf(data, certainty, 2, [4])).toBe(1 + 1.2);
    expect(gainOf(data, certainty, 2, [])).toBe(2 + 1.2);
    expect(gainOf(data, certainty, 2, [4, 5])).toBe(0);
    const gain = expectedGain(data, certainty, eventAfter(data, 2), 0.5);
    expect(gain).toBeCloseTo(0.25 * 2.2 + 0.125 * 3.2 + 0.125 * 1, 6);
    expect(expectedGain(data, certainty, eventAfter(data, 2), 0.1875)).toBeCloseTo(
      (0.25 * 2.2 + 0.125 * 3.2) / 2,
      6,
    );
  });
});

describe('consequences', () => {
  /** Tracks 3 and 2 mixed up in frame 3: 4 goes on as 8, 3 as 6, and the linker thought of the other way round. */
  const mixed = (): { other: typeof data; certainty: Certainty } => {
    const other = family();
    [other.nodes.parent[8], other.nodes.parent[6]] = [4, 3];
    refreshLinks(other);
    const certainty = sure({
      linked: other.nodes.parent.slice(),
      linkIn: but({ 6: 0.6, 8: 0.6 }),
      begins: but({}, 0),
      ends: but({}, 0),
      source: Int32Array.of(4, 3),
      targetA: Int32Array.of(6, 8),
      targetB: Int32Array.of(-1, -1),
      prob: Float32Array.of(0.4, 0.3),
    });
    return { other, certainty };
  };

  it('completes the exchange of two cells that were mixed up', () => {
    const { other, certainty } = mixed();
    const { others } = explain(other, certainty, eventAfter(other, 4));
    expect(others[0]).toEqual({
      source: 4,
      targets: [6],
      prob: expect.closeTo(0.4, 6) as number,
      also: [[3, 8]],
    });
    expect(say(other, eventAfter(other, 4), others[0]!)).toBe('goes on as 2, and 2 as 3');
    expect(choose(other, eventAfter(other, 4), others[0]!).commands).toContainEqual({
      do: 'link',
      source: '1.9',
      target: '3.9',
      breakParent: true,
    });
    expect(gainOf(other, certainty, 4, [6])).toBe(2 * (1 + 1.5));
  });

  it('leaves a cell alone that the linker rather thought to begin, or whose other source is not free', () => {
    const { other, certainty } = mixed();
    certainty.begins[8] = 0.5;
    certainty.ends[3] = 0.5;
    expect(consequences(other, certainty, 4, [6])).toEqual([]);
    certainty.begins[8] = certainty.ends[3] = 0;
    expect(consequences(other, certainty, 4, [])).toEqual([]);
  });
});

describe('learnShift', () => {
  it('moves doubts towards what a person found, the more the more was judged, kind by kind', () => {
    const judge = (n: number, wrong: boolean): Judged[] =>
      Array.from({ length: n }, () => ({ kind: 'disappearance', doubt: 0.3, wrong }));
    const little = learnShift(judge(2, true)).disappearance;
    const much = learnShift(judge(20, true)).disappearance;
    expect([0 < little, little < much]).toEqual([true, true]);
    expect(shifted(0.3, much)).toBeGreaterThan(0.7);
    expect(learnShift(judge(20, false)).disappearance).toBeLessThan(0);
    expect(learnShift([]).link).toBe(0);
  });

  it('stays where the doubts were right', () => {
    const judged = Array.from(
      { length: 40 },
      (_, k): Judged => ({ kind: 'link', doubt: 0.25, wrong: k % 4 === 0 }),
    );
    expect(learnShift(judged).link).toBeCloseTo(0, 6);
  });

  it('reads the judgements out of the log: what was verified and what was rejected, as the linker had it', () => {
    const certainty = sure({ divides: but({ 2: 0.5 }, Number.NaN), ends: but({ 7: 0.75 }) });
    const reviews = new Map<string, ReviewState>([
      ['out:1.7:2.7+2.8', 'verified'],
      ['out:3.8:', 'rejected'],
      ['out:0.7:1.7', 'skipped'],
      ['out:9.9:', 'verified'],
    ]);
    expect(judgedOf(data, certainty, reviews)).toEqual([
      { kind: 'division', doubt: 0.5, wrong: false },
      { kind: 'disappearance', doubt: 0.25, wrong: true },
    ]);
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

  it('makes one whole of them with what it is now and everything else, as earlier decisions shift it', () => {
    const certainty = sure({
      divides: but({ 2: 0.5 }, Number.NaN),
      source: Int32Array.of(2, 2),
      targetA: Int32Array.of(4, -1),
      targetB: Int32Array.of(-1, -1),
      prob: Float32Array.of(0.25, 0.125),
    });
    expect(explain(data, certainty, eventAfter(data, 2)).rest).toBe(0.125);
    const shift = { ...NO_SHIFT, division: -Math.log(3) };
    const { now, others, rest } = explain(data, certainty, eventAfter(data, 2), shift);
    expect(now.prob).toBeCloseTo(0.75, 9);
    expect(others[0]!.prob).toBeCloseTo(1 / 6, 9);
    expect(others[1]!.prob).toBeCloseTo(1 / 12, 9);
    expect(rest).toBeCloseTo(0, 9);
  });

  it('counts a division to which a link would belong as another explanation than that link', () => {
    const certainty = sure({
      linkIn: but({ 9: 0.875 }),
      source: Int32Array.of(6, 6),
      targetA: Int32Array.of(9, 10),
      targetB: Int32Array.of(10, -1),
      prob: Float32Array.of(0.25, 0.125),
    });
    const event = eventAfter(data, 6);
    expect(eventProb(data, certainty, event)).toBe(0.625);
    const { now, others, rest } = explain(data, certainty, event);
    expect([now.prob, ...others.map(({ prob }) => prob), rest]).toEqual([0.625, 0.25, 0.125, Number.NaN, 0]);
  });

  it('knows of a daughter left alone by a person what the linker weighed, and not what it said of the division', () => {
    const other = family();
    other.nodes.parent[5] = -1;
    refreshLinks(other);
    const certainty = sure({
      divides: but({ 2: 0.5 }, Number.NaN),
      source: Int32Array.of(2),
      targetA: Int32Array.of(4),
      targetB: Int32Array.of(-1),
      prob: Float32Array.of(0.25),
    });
    expect(eventProb(other, certainty, eventAfter(other, 2))).toBeNaN();
    expect(explain(other, certainty, eventAfter(other, 2)).now.prob).toBe(0.25);
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
        { do: 'review', items: ['out:1.7:2.7+2.8'], state: 'rejected' },
        { do: 'review', items: ['out:1.7:2.8'], state: 'fixed' },
      ],
    });
    const stolen = { source: 6, targets: [10], prob: 0.1 };
    expect(say(data, eventAfter(data, 6), stolen)).toBe('goes on as 2, taken from 2');
    expect(choose(data, eventAfter(data, 6), stolen)).toMatchObject({
      commands: [
        { do: 'link', source: '3.7', target: '4.9', breakParent: true, breakChildren: true },
        {},
        {},
      ],
    });
    expect(choose(data, event, { source: 2, targets: [], prob: 0 })).toMatchObject({
      commands: [
        { do: 'unlink', target: '2.7' },
        { do: 'unlink', target: '2.8' },
        { do: 'review' },
        { do: 'review' },
      ],
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

describe('createItemList', () => {
  const FRAMES = 8;
  const CELLS = 6;

  /** Cells in a row over some frames, linked straight or one place to the side, with alternatives all around. */
  function crowd(draws: readonly number[]): { other: Dataset; certainty: Certainty } {
    const count = FRAMES * CELLS;
    const whole = (of: (i: number) => number): Int32Array =>
      Int32Array.from({ length: count }, (_, i) => of(i));
    const real = (of: (i: number) => number): Float64Array =>
      Float64Array.from({ length: count }, (_, i) => of(i));
    const parent = whole((i) => (i < CELLS || draws[i]! % 7 === 0 ? -1 : i - CELLS));
    const columns = {
      t: whole((i) => Math.floor(i / CELLS)),
      label: Uint32Array.from({ length: count }, (_, i) => 1 + (i % CELLS)),
      z: real(() => 0),
      y: real((i) => 20 + (draws[i]! % 5)),
      x: real((i) => 20 + 10 * (i % CELLS)),
      size: real((i) => 10 + (draws[i]! % 3)),
      radius: real(() => 2),
      border: new Uint8Array(count),
      parent,
      childA: whole(() => -1),
      childB: whole(() => -1),
      tracklet: whole(() => 0),
      lineage: whole(() => 0),
    };
    deriveFromParents({ count, ...columns });
    const movie = {
      nFrames: FRAMES,
      ndim: 2,
      shape: [1, 50, 100],
      voxelSize: [1, 1, 1],
      timeStep: 1,
      channels: [],
    };
    const other = buildDataset({ run: { movie }, imageProblem: null } as unknown as Info, columns);
    const sides = Array.from({ length: count - CELLS - 1 }, (_, i) => i);
    const share = (i: number): number => (draws[i]! % 10) / 12;
    const certainty: Certainty = {
      linked: parent.slice(),
      linkIn: Float32Array.from({ length: count }, (_, i) => 1 - share(i)),
      begins: Float32Array.from({ length: count }, (_, i) => share(i)),
      ends: Float32Array.from({ length: count }, (_, i) => 1 - share(i)),
      divides: new Float32Array(count).fill(0.5),
      source: Int32Array.from(sides),
      targetA: Int32Array.from(sides, (i) => i + CELLS + 1),
      targetB: Int32Array.from(sides, (i) => (draws[i]! % 5 === 0 ? i + CELLS : -1)),
      prob: Float32Array.from(sides, share),
    };
    return { other, certainty };
  }

  it('is after any links have changed what it is from the start', () => {
    const count = FRAMES * CELLS;
    fc.assert(
      fc.property(
        fc.array(fc.nat(), { minLength: count, maxLength: count }),
        fc.array(fc.tuple(fc.nat(count - 1), fc.nat(2)), { minLength: 1, maxLength: 6 }),
        (draws, edits) => {
          const { other, certainty } = crowd(draws);
          const list = createItemList(other);
          const measure = { certainty, usual: measureUsual(other), shift: NO_SHIFT };
          list.all(measure);
          const { parent, childB } = other.nodes;
          for (const [v, side] of edits) {
            const p = v < CELLS || side === 2 ? -1 : Math.max(0, v - CELLS - side);
            if (p === parent[v] || (p >= 0 && (other.nodes.t[p]! >= other.nodes.t[v]! || childB[p]! >= 0)))
              continue;
            const rows = [v, parent[v]!, p].filter((row) => row >= 0);
            parent[v] = p;
            refreshLinks(other);
            expect(list.after(rows)).toEqual(findItems(other, certainty, measure.usual));
          }
        },
      ),
    );
  });
});
