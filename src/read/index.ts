export { openMovie } from './openMovie.ts';
export { cutPart } from './planePart.ts';
export type { Channel, Frame, Movie, MovieInfo, MovieSource, PlanePart } from './types.ts';
