export { simulateLife } from './life.ts';
export type { TruthPaths } from './movie.ts';
export { createMovieArrays, truthPaths, writeMovieFrames } from './movie.ts';
export { resolveOptions } from './presets.ts';
export type { RenderedFrame } from './render.ts';
export { renderFrame, renderLabels } from './render.ts';
export type { TrueTracks } from './tracks.ts';
export { lifeToTracks } from './tracks.ts';
export type {
  BiologyOptions,
  Life,
  LifeCells,
  LifeRows,
  OpticsOptions,
  SimulationOptions,
  SimulationRequest,
  TrackRow,
} from './types.ts';
