export type { CtcTable, SideExtras } from './builders.ts';
export { fromCtc, fromLineage, fromLinks } from './builders.ts';
export { scoreTracks } from './score.ts';
export type {
  AogmCounts,
  Hits,
  MaskReader,
  Measure,
  Measures,
  ScoreInput,
  ScoreNodes,
  ScoreOptions,
  Scores,
  ScoreTrack,
  SegImage,
  SparseScores,
} from './types.ts';
