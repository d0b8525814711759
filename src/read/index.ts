export { openMovie } from './openMovie.ts';
export type { Channel, Frame, Movie, MovieInfo, MovieSource } from './types.ts';
