import { describe, expect, it } from 'vitest';
import { nodeColumns } from '../../src/exchange/geff/columns.ts';
import { buildLineage } from '../../src/lineage/index.ts';
import { division } from '../cases/index.ts';

const lineage = buildLineage(division.detections, division.links);

describe('nodeColumns', () => {
  it('holds how sure the linker was of beginnings, ends and divisions, and where it does not say', () => {
    const begins = Float32Array.of(Number.NaN, 0.125, 0.25, 0.5, 0, 0);
    const ends = Float32Array.of(0, 0.5, 0, 0, Number.NaN, Number.NaN);
    const divides = new Float32Array(6).fill(Number.NaN);
    const columns = nodeColumns(lineage, { certainty: { begins, ends, divides } });
    const column = (id: string) => columns.find((c) => c.id === id);
    expect([...column('prob_begins')!.values]).toEqual([0, 0.125, 0.25, 0.5, 0, 0]);
    expect([...column('prob_begins')!.missing!]).toEqual([1, 0, 0, 0, 0, 0]);
    expect([...column('prob_ends')!.missing!]).toEqual([0, 0, 0, 0, 1, 1]);
    expect(column('prob_divides')).toBeUndefined();
  });

  it('leaves them out where nobody knows', () => {
    expect(nodeColumns(lineage).some(({ id }) => id.startsWith('prob_'))).toBe(false);
  });
});
