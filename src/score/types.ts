import type { NdArray } from '../array/index.ts';

/**
 * The nodes of one side (truth or result): columns of length `count`, in any order.
 */
export interface ScoreNodes {
  count: number;
  /** Frame index, from 0. */
  t: ArrayLike<number>;
  /** Value of the node's pixels in its frame's mask, unique within the frame; 0 where there are no masks. */
  label: ArrayLike<number>;
  /** Position in the unit of `matchDistance` (micrometres, or the file's unit); NaN = not known. */
  z: ArrayLike<number>;
  y: ArrayLike<number>;
  x: ArrayLike<number>;
  /** Id of the node's track. */
  track: ArrayLike<number>;
}

/** One track: a cell between two divisions, or a piece of it. */
export interface ScoreTrack {
  /** Positive, unique within its side. */
  id: number;
  /** First and last frame, inclusive. */
  begin: number;
  end: number;
  /** Id of the track that this one comes from, 0 = none. It ends before `begin`. */
  parent: number;
}

/** A piece of segmentation truth: a whole frame (`z` null) or plane `z` of a 3D frame. */
export interface SegImage {
  t: number;
  z: number | null;
  image: NdArray;
}

/** Reads segmentation truth of some frames, sorted by `t`; may be called again. */
export type SegReader = () => AsyncIterable<SegImage> | Iterable<SegImage>;

/** Reads the mask image of frame `t`, `[y, x]` or `[z, y, x]`; 0 is background. */
export type MaskReader = (t: number) => Promise<NdArray>;

/**
 * One side of a comparison, as the Cell Tracking Challenge sees it. Links are implied: consecutive nodes of one
 * track are linked, and the last node of a parent is linked to the first node of each of its children.
 */
export interface ScoreInput {
  nodes: ScoreNodes;
  tracks: readonly ScoreTrack[];
  /** Frames of the movie; default: the last frame with a node, plus one. */
  nFrames?: number;
  /** Absent for points. Frames are asked for in order, none is kept; a field of interest asks for some of them twice. */
  masks?: MaskReader;
  /**
   * Truth only. Where the outlines that SEG is judged by come from: `'masks'` = the masks themselves are whole
   * cells; a function = gold segmentation of some frames; absent = none, and SEG is null.
   */
  seg?: 'masks' | SegReader;
}

/** What a caller may choose. */
export interface ScoreOptions {
  /** `'auto'` (default) matches by masks if both sides have them, by points otherwise. */
  match?: 'auto' | 'masks' | 'points';
  /** Largest distance of two matched points, inclusive; default half the truth's median nearest-neighbour spacing. */
  matchDistance?: number;
  /** `[z, y, x]` units per pixel, used where positions have to be measured in masks; default 1. */
  voxelSize?: readonly [number, number, number];
  /** Which BC(i) enters `BIO` and `OP_CLB`, 0 to 3; default 0, the strictest. */
  bioTolerance?: number;
  /**
   * Pixels: objects wholly within so many of the image's edge in y or x are set aside on both sides, with their links.
   * Needs masks; 0: none is. By default none is either, and where the truth leaves out such a strip by itself, the
   * measures without it stand beside those of the whole image.
   */
  fieldOfInterest?: number;
  /**
   * The truth holds some of the cells alone, see `scoreSparse`. Nodes are then matched by points within 7 (micrometres)
   * where no `matchDistance` is given, whatever masks there are.
   */
  sparse?: boolean;
  /** Sparse truth: about how many nodes there are in all; absent = not known, and so no adjusted measure. */
  estimatedNodes?: number;
  /** Also ask that the daughters of a division found in another frame lie on different branches; default false. */
  strictDivisions?: boolean;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/** A measure, or null where it is undefined. */
export type Measure = number | null;

/** Graph operations that turn the result into the truth. */
export interface AogmCounts {
  /** Splits: truth nodes beyond the first that one result node covers. */
  NS: number;
  /** Missed and extra nodes. */
  FN: number;
  FP: number;
  /** Links to delete, to add, and of the wrong kind. */
  ED: number;
  EA: number;
  EC: number;
}

/** Measures of a comparison. */
export interface Measures {
  DET: Measure;
  SEG: Measure;
  TRA: Measure;
  LNK: Measure;
  AOGM: number;
  counts: AogmCounts;
  CT: Measure;
  TF: Measure;
  CCA: Measure;
  /** With BC(`bioTolerance`). */
  BIO: Measure;
  /** Indexed by frame tolerance 0 to 3, as are all arrays here. */
  BC: Measure[];
  BIO_i: Measure[];
  divisions: { precision: Measure[]; recall: Measure[]; f1: Measure[] };
  OP_CSB: Measure;
  OP_CTB: Measure;
  /** With `BIO`. */
  OP_CLB: Measure;
  OP_CLB_i: Measure[];
  CHOTA: Measure;
  HOTA: Measure;
  MOTA: Measure;
  IDF1: Measure;
  /** Identity switches and truth nodes swallowed by a result node that has another, as counted for MOTA. */
  IDSW: number;
  MULTI: number;
  n_truth_nodes: number;
  n_result_nodes: number;
  matched_by: 'masks' | 'points';
  /** Distance used for points (unit of the input), null for masks. */
  match_distance: Measure;
  /** Only where the truth was called sparse; all other measures take it for whole. */
  sparse?: SparseScores;
}

/** Numbers of a score; the keys are the keys of `morula score --json`. */
export interface Scores extends Measures {
  /** Only where a field of interest was asked for. */
  field_of_interest?: Field;
  /** Only where the truth leaves out what lies at the image's edge, and the result does not. No measure above knows of it. */
  bare_rim?: BareRim;
  /** Beside `bare_rim` where no field was asked for: what one of that margin gives. */
  in_field?: InFieldScores;
}

/** A field of interest: pixels at the image's edge, and how many objects on each side were set aside for lying there. */
export interface Field {
  margin: number;
  truth_set_aside: number;
  result_set_aside: number;
}

/** The measures in a field of interest. */
export interface InFieldScores extends Field, Measures {}

/** A strip along the image's edge in which the truth has no object. */
export interface BareRim {
  /** Pixels: the most within which no object of the truth lies wholly; what `fieldOfInterest` should be. */
  margin: number;
  /** Objects of the result, one a frame, that lie wholly within it. */
  result_nodes: number;
}

/** Right, extra and missed. */
export interface Hits {
  TP: number;
  FP: number;
  FN: number;
}

/** Measures against a truth that holds some of the cells alone. */
export interface SparseScores {
  edges: Hits;
  edge_jaccard: Measure;
  /** Estimate of all cells of the movie, frame by frame; null = nobody gave one. */
  estimated_nodes: Measure;
  /** Less a tenth of the surplus of nodes over the estimate; null without one. May exceed 1 where nodes lack. */
  adjusted_edge_jaccard: Measure;
  divisions: Hits;
  /** Null where neither side has a division that counts. */
  division_jaccard: Measure;
  /** The adjusted measure and a tenth of that of the divisions, where there are any. */
  score: Measure;
  /** Share of the truth's nodes that are matched. */
  node_recall: Measure;
}
