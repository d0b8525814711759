import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLink, encodeLink, type LinkState } from '../../viewer/src/state/link.ts';

const near = (places: number, min: number, max: number) =>
  fc.integer({ min: min * 10 ** places, max: max * 10 ** places }).map((n) => n / 10 ** places);
const ref = fc
  .tuple(fc.nat(9999), fc.constantFrom('.', '~'), fc.nat(99999))
  .map(([t, mark, n]) => `${t}${mark}${n}`);
const span = fc
  .tuple(near(3, -20, 5000), near(3, 1, 900), near(3, -20, 900), near(3, 1, 900))
  .map(([u0, du, v0, dv]) => ({
    u0,
    u1: Number((u0 + du).toFixed(3)),
    v0,
    v1: Number((v0 + dv).toFixed(3)),
  }));

const links: fc.Arbitrary<LinkState> = fc.record(
  {
    t: fc.nat(99999),
    selected: ref,
    scope: fc.constantFrom('cell' as const, 'lineage' as const, 'ancestors' as const, 'descendants' as const),
    also: fc.array(ref, { minLength: 1, maxLength: 9 }),
    lower: fc.constantFrom('tree' as const, 'plot' as const),
    event: ref,
    movieView: fc.record({ x: near(4, -100, 5000), y: near(4, -100, 5000), k: near(4, 1, 50) }),
    treeMode: fc.constantFrom('all' as const, 'lineage' as const, 'subtree' as const),
    treeDown: fc.boolean(),
    treeView: span,
    treeAxis: fc.constantFrom('time' as const, 'generation' as const),
    treeSort: fc.constantFrom('size' as const, 'start' as const, 'suspicion' as const, 'name' as const),
    pinned: fc.array(ref, { minLength: 1, maxLength: 9 }),
    hidden: fc.array(ref, { minLength: 1, maxLength: 9 }),
    closed: fc.array(ref, { minLength: 1, maxLength: 9 }),
    strip: fc.constantFrom(3, 11),
    filter: fc.string({ minLength: 1, maxLength: 30 }),
    speed: fc.constantFrom(0.25, 4),
    colourBy: fc.constantFrom('lineage' as const, 'generation' as const, 'tracklet' as const),
    marking: fc.constantFrom('outline' as const, 'fill' as const, 'none' as const),
    tails: fc.nat(40),
    tailsWay: fc.constantFrom('past' as const, 'future' as const, 'both' as const),
    z: fc.oneof(fc.constant('max' as const), fc.nat(500)),
    dataset: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 1, maxLength: 8 }),
    place: fc.tuple(near(1, -99, 999), near(1, -99, 999), near(1, 0, 99)),
    layout: fc.tuple(near(1, 18, 78), near(1, 18, 78)),
    table: fc.record({
      sortBy: fc.constantFrom('tracklet', 'cell_cycle'),
      direction: fc.constantFrom(1 as const, -1 as const),
      filter: fc.string({ maxLength: 20 }),
    }),
    kind: fc.constantFrom('division' as const, 'appearance' as const),
    dialog: fc.constantFrom('sheet' as const, 'keys' as const),
    tab: fc.constantFrom('tracks' as const, 'divisions' as const, 'plots' as const),
    channels: fc.array(
      fc.option(
        fc.record({
          low: near(1, 0, 999),
          high: near(1, 1000, 9999),
          gamma: near(2, 1, 2),
          on: fc.boolean(),
        }),
      ),
      { minLength: 1, maxLength: 4 },
    ),
    unknown: fc.dictionary(fc.constantFrom('yy', 'q', 'zz'), fc.string({ maxLength: 12 }), { minKeys: 1 }),
  },
  { requiredKeys: [] },
);

describe('encodeLink', () => {
  it('writes short, versioned keys', () => {
    const text = encodeLink({ t: 47, selected: '43.71', movieView: { x: 10, y: 20.25, k: 1.5 }, z: 'max' });
    expect(text).toBe('v=1&t=47&s=43.71&m=10,20.25,1.5&z=max');
  });

  it('comes back the same through decodeLink', () => {
    fc.assert(
      fc.property(links, (link) => {
        const tree =
          link.treeMode !== undefined || link.treeDown !== undefined || link.treeView !== undefined;
        const whole = tree ? { treeMode: 'all' as const, treeDown: true, ...link } : link;
        // JSON: fast-check's records have no prototype.
        expect(JSON.parse(JSON.stringify(decodeLink(`#${encodeLink(link)}`)))).toEqual(
          JSON.parse(JSON.stringify(whole)),
        );
      }),
    );
  });

  it('stays under 2 kB by leaving out whole keys', () => {
    const text = encodeLink({ t: 3, selected: '3.4', unknown: { x: 'y'.repeat(3000) } });
    expect(text).toBe('v=1&t=3&s=3.4');
  });
});

describe('decodeLink', () => {
  it('leaves out what it cannot read', () => {
    expect(decodeLink('#v=1&t=-3&s=a.b&m=1,2&tree=odd,down,5,1,0,9&c=mood&o=9&z=-1&p=&w=1:0:1:1')).toEqual({
      treeDown: true,
      channels: [null],
    });
  });

  it('never fails, whatever the text', () => {
    fc.assert(fc.property(fc.string(), (text) => void decodeLink(text)));
    expect(decodeLink('#%E0%A4%A=%E0%A4%A&t=5').t).toBe(5);
  });
});
