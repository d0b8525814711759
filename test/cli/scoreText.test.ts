import { describe, expect, it } from 'vitest';
import { scoreText } from '../../src/cli/scoreText.ts';
import type { Measures } from '../../src/score/index.ts';

const measures: Measures = {
  DET: 0.97921,
  SEG: 0.898,
  TRA: 0.97777,
  LNK: 0.96857,
  AOGM: 2071.5,
  counts: { NS: 23, FN: 51, FP: 1168, ED: 54, EA: 199, EC: 50 },
  CT: 0.46753,
  TF: 0.92304,
  CCA: null,
  BIO: 0.68379,
  BC: [0.64286, 0.65179, 0.65179, 0.65179],
  BIO_i: [0.68379, 0.68602, 0.68602, 0.68602],
  divisions: {
    f1: [0.64286, 0.65179, 0.65179, 0.65179],
    precision: [0.61017, 0.61864, 0.61864, 0.61864],
    recall: [0.67924, 0.68868, 0.68868, 0.68868],
  },
  OP_CSB: 0.9386,
  OP_CTB: 0.93788,
  OP_CLB: 0.82618,
  OP_CLB_i: [0.82618, 0.8273, 0.8273, 0.8273],
  CHOTA: 0.84622,
  HOTA: 0.85723,
  MOTA: 0.84581,
  IDF1: 0.83093,
  IDSW: 11,
  MULTI: 23,
  n_truth_nodes: 8600,
  n_result_nodes: 9694,
  matched_by: 'masks',
  match_distance: null,
};

describe('scoreText', () => {
  it('gives one column where nothing was left out at the edge', () => {
    expect(scoreText(measures).split('\n')).toEqual([
      'nodes       8600 in the truth, 9694 in the result',
      'matched     by masks, more than half of the true cell covered',
      'DET         0.9792   missed 51, extra 1168, merged 23',
      'SEG         0.8980',
      'TRA         0.9778',
      'LNK         0.9686   missed 199, extra 54, of the wrong kind 50',
      'CT, TF      0.4675  0.9230   complete tracks, track fractions',
      'BC(0..3)    0.6429  0.6518  0.6518  0.6518   branching correctness',
      'CCA, BIO    undefined  0.6838',
      'OP          CSB 0.9386  CTB 0.9379  CLB 0.8262',
      'divisions   frame tolerance 0 to 3',
      '  F1        0.6429  0.6518  0.6518  0.6518',
      '  precision 0.6102  0.6186  0.6186  0.6186',
      '  recall    0.6792  0.6887  0.6887  0.6887',
      'CHOTA, HOTA 0.8462  0.8572',
      'MOTA, IDF1  0.8458  0.8309',
    ]);
  });

  it('puts the field beside the whole image, each number under its like', () => {
    const in_field = {
      margin: 25,
      truth_set_aside: 0,
      result_set_aside: 697,
      ...measures,
      DET: 0.98731,
      counts: { ...measures.counts, FP: 471, EC: 49 },
      CT: 0.5,
      OP_CSB: 0.94264,
      BC: [0.65158, null, 0.66063, 0.66063],
    };
    const bare_rim = { margin: 25, result_nodes: 697 };
    expect(scoreText({ ...measures, bare_rim, in_field }).split('\n')).toEqual([
      'nodes       8600 in the truth, 9694 in the result',
      'matched     by masks, more than half of the true cell covered',
      'note        no object of the truth lies wholly within 25 px of the image edge, 697 of the result do.',
      '            If nobody annotated there, they are no errors: "in the field" sets them aside',
      '',
      '              whole image                     in the field',
      'DET           0.9792                          0.9873',
      '  missed      51                              51',
      '  extra       1168                            471',
      '  merged      23                              23',
      'SEG           0.8980                          0.8980',
      'TRA           0.9778                          0.9778',
      'LNK           0.9686                          0.9686',
      '  missed      199                             199',
      '  extra       54                              54',
      '  wrong kind  50                              49',
      'CT, TF        0.4675  0.9230                  0.5000  0.9230                     complete tracks, track fractions',
      'BC(0..3)      0.6429  0.6518  0.6518  0.6518  0.6516  undefined  0.6606  0.6606  branching correctness',
      'CCA, BIO      undefined  0.6838               undefined  0.6838',
      'OP',
      '  CSB         0.9386                          0.9426',
      '  CTB         0.9379                          0.9379',
      '  CLB         0.8262                          0.8262',
      'divisions     frame tolerance 0 to 3          frame tolerance 0 to 3',
      '  F1          0.6429  0.6518  0.6518  0.6518  0.6429  0.6518  0.6518  0.6518',
      '  precision   0.6102  0.6186  0.6186  0.6186  0.6102  0.6186  0.6186  0.6186',
      '  recall      0.6792  0.6887  0.6887  0.6887  0.6792  0.6887  0.6887  0.6887',
      'CHOTA, HOTA   0.8462  0.8572                  0.8462  0.8572',
      'MOTA, IDF1    0.8458  0.8309                  0.8458  0.8309',
    ]);
  });
});
