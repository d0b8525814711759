export type { CtcTable, SideExtras } from './builders.ts';
export { fromCtc, fromLineage, fromLinks } from './builders.ts';
export { scoreTracks } from './score.ts';
export type { Hits, SparseScores } from './sparse.ts';
export type {
  AogmCounts,
  MaskReader,
  Measure,
  ScoreInput,
  ScoreNodes,
  ScoreOptions,
  Scores,
  ScoreTrack,
  SegImage,
} from './types.ts';
