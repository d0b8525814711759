import { describe, expect, it } from 'vitest';
import { type Measure, type Scores, scoreTracks } from '../../src/score/index.ts';
import { toInput } from './canvas.ts';
import { results, truth } from './cases.ts';

/** Values on which py-ctcmetrics and traccuracy agree, to the six digits given. */
interface Golden {
  counts: [NS: number, FN: number, FP: number, ED: number, EA: number, EC: number];
  AOGM: number;
  DET: number;
  LNK: number;
  TRA: number;
  SEG: number;
  CT: number;
  TF: number;
  BC: [number, number];
  BIO: [number, number];
  CHOTA: number;
  HOTA: number;
  MOTA: number;
  IDSW: number;
  MULTI: number;
  IDF1: number;
}

const golden: Record<string, Golden> = {
  R0: {
    counts: [0, 0, 0, 0, 0, 0],
    AOGM: 0,
    DET: 1,
    LNK: 1,
    TRA: 1,
    SEG: 1,
    CT: 1,
    TF: 1,
    BC: [1, 1],
    BIO: [1, 1],
    CHOTA: 1,
    HOTA: 1,
    MOTA: 1,
    IDSW: 0,
    MULTI: 0,
    IDF1: 1,
  },
  R1: {
    counts: [0, 1, 0, 1, 2, 0],
    AOGM: 14,
    DET: 0.971429,
    LNK: 0.916667,
    TRA: 0.964824,
    SEG: 0.971429,
    CT: 0.727273,
    TF: 0.92,
    BC: [1, 1],
    BIO: [0.882424, 0.882424],
    CHOTA: 0.972478,
    HOTA: 0.972478,
    MOTA: 0.971429,
    IDSW: 0,
    MULTI: 0,
    IDF1: 0.985507,
  },
  R2: {
    counts: [0, 0, 0, 0, 1, 1],
    AOGM: 2.5,
    DET: 1,
    LNK: 0.947917,
    TRA: 0.993719,
    SEG: 1,
    CT: 0.666667,
    TF: 1,
    BC: [0, 0],
    BIO: [0.555556, 0.555556],
    CHOTA: 0.938591,
    HOTA: 0.92582,
    MOTA: 1,
    IDSW: 0,
    MULTI: 0,
    IDF1: 0.857143,
  },
  R3: {
    counts: [1, 0, 0, 0, 4, 0],
    AOGM: 11,
    DET: 0.985714,
    LNK: 0.875,
    TRA: 0.972362,
    SEG: 0.964286,
    CT: 0.4,
    TF: 0.92,
    BC: [0, 1],
    BIO: [0.44, 0.773333],
    CHOTA: 0.979884,
    HOTA: 0.928182,
    MOTA: 0.914286,
    IDSW: 2,
    MULTI: 1,
    IDF1: 0.942857,
  },
  R4: {
    counts: [0, 0, 0, 2, 2, 0],
    AOGM: 5,
    DET: 1,
    LNK: 0.895833,
    TRA: 0.987437,
    SEG: 1,
    CT: 0.6,
    TF: 0.84,
    BC: [1, 1],
    BIO: [0.813333, 0.813333],
    CHOTA: 0.795395,
    HOTA: 0.795395,
    MOTA: 0.942857,
    IDSW: 2,
    MULTI: 0,
    IDF1: 0.771429,
  },
  R5: {
    counts: [0, 0, 3, 0, 0, 0],
    AOGM: 3,
    DET: 0.991429,
    LNK: 1,
    TRA: 0.992462,
    SEG: 1,
    CT: 0.909091,
    TF: 1,
    BC: [1, 1],
    BIO: [0.969697, 0.969697],
    CHOTA: 0.959715,
    HOTA: 0.959715,
    MOTA: 0.914286,
    IDSW: 0,
    MULTI: 0,
    IDF1: 0.958904,
  },
  R6: {
    counts: [0, 0, 0, 0, 0, 0],
    AOGM: 0,
    DET: 1,
    LNK: 1,
    TRA: 1,
    SEG: 0.694444,
    CT: 1,
    TF: 1,
    BC: [1, 1],
    BIO: [1, 1],
    CHOTA: 1,
    HOTA: 1,
    MOTA: 1,
    IDSW: 0,
    MULTI: 0,
    IDF1: 1,
  },
  R7: {
    counts: [0, 1, 2, 0, 3, 0],
    AOGM: 16.5,
    DET: 0.965714,
    LNK: 0.90625,
    TRA: 0.958543,
    SEG: 0.971429,
    CT: 0.4,
    TF: 0.96,
    BC: [0, 1],
    BIO: [0.453333, 0.786667],
    CHOTA: 0.922335,
    HOTA: 0.923175,
    MOTA: 0.914286,
    IDSW: 0,
    MULTI: 0,
    IDF1: 0.957746,
  },
  R8: {
    counts: [0, 1, 0, 1, 2, 2],
    AOGM: 16,
    DET: 0.971429,
    LNK: 0.875,
    TRA: 0.959799,
    SEG: 0.971429,
    CT: 0.4,
    TF: 0.92,
    BC: [0, 1],
    BIO: [0.44, 0.773333],
    CHOTA: 0.9659,
    HOTA: 0.93605,
    MOTA: 0.942857,
    IDSW: 1,
    MULTI: 0,
    IDF1: 0.956522,
  },
};

const right: Measure[] = [1, 1, 1];
const none: Measure[] = [null, null, null];
/** Precision, recall and F1 at tolerances 0, 1 and 2. */
const divisions: Record<string, [Measure[], Measure[], Measure[]]> = {
  R0: [right, right, right],
  R1: [right, right, right],
  R2: [none, [0, 0, 0], none],
  // traccuracy refuses R3, where one result object covers both daughters; here that node is set aside.
  R3: [
    [0, 1, 1],
    [0, 1, 1],
    [null, 1, 1],
  ],
  R4: [right, right, right],
  R5: [right, right, right],
  R6: [right, right, right],
  R7: [
    [0, 1, 1],
    [0, 1, 1],
    [null, 1, 1],
  ],
  R8: [
    [0, 1, 1],
    [0, 1, 1],
    [null, 1, 1],
  ],
};

const scoreOf = (name: string): Promise<Scores> => scoreTracks(toInput(truth), toInput(results[name]));

describe('scoreTracks', () => {
  it.each(Object.keys(golden))(
    'gives the values of py-ctcmetrics 1.3.3 and traccuracy for %s',
    async (name) => {
      const scores = await scoreOf(name);
      const { counts, BC, BIO, ...rest } = golden[name];
      const { NS, FN, FP, ED, EA, EC } = scores.counts;
      expect([NS, FN, FP, ED, EA, EC]).toEqual(counts);
      for (const [key, value] of Object.entries(rest))
        expect(scores[key as keyof typeof rest], key).toBeCloseTo(value, 6);
      for (const i of [0, 1]) {
        expect(scores.BC[i], `BC(${i})`).toBeCloseTo(BC[i], 6);
        expect(scores.BIO_i[i], `BIO(${i})`).toBeCloseTo(BIO[i], 6);
        expect(scores.OP_CLB_i[i], `OP_CLB(${i})`).toBeCloseTo((rest.LNK + BIO[i]) / 2, 5);
      }
      expect(scores.BIO).toBe(scores.BIO_i[0]);
      expect(scores.OP_CLB).toBe(scores.OP_CLB_i[0]);
      expect(scores.OP_CSB).toBeCloseTo((rest.SEG + rest.DET) / 2, 5);
      expect(scores.OP_CTB).toBeCloseTo((rest.SEG + rest.TRA) / 2, 5);
      expect(scores.CCA).toBeNull();
      expect(scores.n_truth_nodes).toBe(35);
    },
  );

  it.each(Object.keys(divisions))('gives the division F1 of traccuracy for %s', async (name) => {
    const scores = await scoreOf(name);
    const [precision, recall, f1] = divisions[name];
    expect(scores.divisions.precision.slice(0, 3)).toEqual(precision);
    expect(scores.divisions.recall.slice(0, 3)).toEqual(recall);
    expect(scores.divisions.f1.slice(0, 3)).toEqual(f1);
    expect(scores.divisions.f1).toHaveLength(4);
  });

  it('takes BC(1) into BIO and OP_CLB when bioTolerance is 1', async () => {
    const scores = await scoreTracks(toInput(truth), toInput(results.R3), { bioTolerance: 1 });
    expect(scores.BIO).toBeCloseTo(0.773333, 6);
    expect(scores.OP_CLB).toBeCloseTo((0.875 + 0.773333) / 2, 6);
  });

  it('gives null for every measure of an empty truth that has no value', async () => {
    const empty = toInput({ size: 64, nFrames: 10, boxes: [], tracks: [] });
    const scores = await scoreTracks(empty, toInput(results.R5));
    for (const key of [
      'DET',
      'SEG',
      'TRA',
      'LNK',
      'CT',
      'TF',
      'CCA',
      'BIO',
      'MOTA',
      'OP_CSB',
      'OP_CTB',
      'OP_CLB',
    ] as const)
      expect(scores[key], key).toBeNull();
    expect(scores.counts.FP).toBe(38);
    expect(scores.HOTA).toBe(0);
    const nothing = await scoreTracks(empty, empty);
    expect([nothing.CHOTA, nothing.HOTA, nothing.IDF1]).toEqual([null, null, null]);
  });

  it('scores an empty result 0 where the truth has something to find', async () => {
    const empty = toInput({ size: 64, nFrames: 10, boxes: [], tracks: [] });
    const scores = await scoreTracks(toInput(truth), empty);
    for (const key of ['DET', 'SEG', 'TRA', 'LNK', 'CT', 'TF', 'MOTA', 'HOTA', 'CHOTA', 'IDF1'] as const)
      expect(scores[key], key).toBe(0);
    expect(scores.counts).toEqual({ NS: 0, FN: 35, FP: 0, ED: 0, EA: 32, EC: 0 });
    expect(scores.divisions.precision).toEqual([null, null, null, null]);
  });
});
