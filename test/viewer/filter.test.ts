import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { exchangeTerms, rangeOf, rangeTerm } from '../../viewer/src/filter/ranges.ts';
import { family } from './family.ts';

// The page asks its own head where its data lie.
vi.stubGlobal('document', { querySelector: () => null });
const { createApp } = await import('../../viewer/src/createApp.ts');

describe('rangeTerm', () => {
  it('comes back through rangeOf, and holds what it was made of', () => {
    const number = fc.double({ min: -1e4, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const found = rangeOf(`lineage=3 ${rangeTerm('cycle', low, high)} time=2..3`, 'cycle')!;
        expect(found[0]).toBeLessThanOrEqual(low + 1e-6);
        expect(found[1]).toBeGreaterThanOrEqual(high - 1e-6);
        expect(found[1] - found[0]).toBeLessThan(high - low + 0.0021);
      }),
    );
    expect(rangeTerm('time', 3 * 0.1, 0.7)).toBe('time=0.3..0.7');
    expect(rangeTerm('x', -4.26, 10, 1)).toBe('x=-4.3..10');
  });
});

describe('exchangeTerms', () => {
  it('puts terms in the place of those about the same columns, and leaves the others', () => {
    expect(exchangeTerms('cycle > 3, lineage=2', ['cycle'], ['cycle=1..2'])).toBe('lineage=2 cycle=1..2');
    expect(exchangeTerms('sister_cycle=1..2 x=3..4', ['cycle', 'x'], [])).toBe('sister_cycle=1..2');
    expect(rangeOf('sister_cycle=1..2', 'cycle')).toBe(null);
    expect(rangeOf('cycle=1', 'cycle')).toBe(null);
  });
});

describe('App.kept', () => {
  const app = createApp(family());
  const { branches, nodes } = app.data;
  const kept = (filter: string): number[] => {
    app.state.filter.value = filter;
    return Array.from(app.kept.value?.branches ?? []).flatMap((on, b) => (on ? [b + 1] : []));
  };

  it('is nothing without a filter', () => {
    app.state.filter.value = '  ';
    expect(app.kept.value).toBe(null);
  });

  it('has tracks by number, lineage and what is measured of them', () => {
    expect(kept('lineage=1')).toEqual(
      Array.from({ length: branches.count }, (_, b) => b + 1).filter((b) => branches.lineage[b - 1] === 1),
    );
    expect(kept('generation=1')).toEqual([3, 4]);
    expect(kept('2')).toContain(2);
    expect(kept('generation=1 daughters>0')).toEqual([]);
    expect(app.kept.value!.count).toBe(0);
  });

  it('has a track of which one detection passes, and of its detections those that do', () => {
    const last = Math.max(...nodes.t);
    const all = kept(`frame=${last}..${last}`);
    expect(all.length).toBeGreaterThan(0);
    for (let i = 0; i < nodes.count; i++) expect(app.kept.value!.has(i)).toBe(nodes.t[i] === last);
    for (let b = 0; b < branches.count; b++) expect(all.includes(b + 1)).toBe(branches.t1[b] === last);
  });

  it('leaves out of account what it cannot read, and says so', () => {
    expect(kept('generation=1 mood=3')).toEqual([3, 4]);
    expect(app.kept.value!.problem).toContain('mood=3');
    expect(kept('time>1..2').length).toBe(branches.count);
    expect(app.kept.value!.problem).toBe('a range is written time=1..2');
  });

  it('takes trees of which nothing passes out of the drawing, and greys what is left out in the others', () => {
    const founders = (): number[] =>
      Array.from(app.layout.value.roots, (i) => app.layout.value.order[i]! + 1);
    kept('');
    const whole = founders();
    kept('generation=1');
    expect(founders()).toEqual([1]);
    expect(whole.length).toBeGreaterThan(1);
    expect(app.colours.value.kept).toBe(app.kept.value!.branches);
  });
});
