import type { NdArray } from '../array/index.ts';
import { isMorulaError } from '../errors/index.ts';
import { type Movie, openMovie } from '../read/index.ts';

/** A level of resolution that can be shown: its pixels are `step` times as wide as the result's. */
export interface ServedLevel {
  step: number;
  width: number;
  height: number;
  movie: Movie;
}

/**
 * The result's own level and those of the movie that are coarser along y and x alone, finest first. One that cannot be
 * read is left out.
 */
export async function openLevels(movie: Movie): Promise<ServedLevel[]> {
  const { path, level, levels } = movie.info;
  const [depth, height, width] = movie.info.shape;
  const found: ServedLevel[] = [{ step: 1, width, height, movie }];
  for (let n = level + 1; n < levels.length; n++) {
    const coarse = await openMovie({ path, level: n }).catch((error: unknown) => {
      if (isMorulaError(error)) return null;
      throw error;
    });
    if (coarse === null) continue;
    const { shape, nFrames, channels, dtype } = coarse.info;
    const step = Math.round(width / shape[2]);
    const fits = (full: number, part: number): boolean =>
      part === Math.ceil(full / step) || part === Math.floor(full / step);
    const alike =
      shape[0] === depth &&
      nFrames === movie.info.nFrames &&
      channels.length === movie.info.channels.length &&
      dtype === movie.info.dtype;
    if (alike && step > found.at(-1)!.step && fits(height, shape[1]) && fits(width, shape[2]))
      found.push({ step, width: shape[2], height: shape[1], movie: coarse });
    else await coarse.close();
  }
  return found;
}

/** Labels at a level: of each of its pixels the label in the middle. */
export function coarseLabels(
  { data, shape }: NdArray<Uint32Array>,
  { step, width, height }: Pick<ServedLevel, 'step' | 'width' | 'height'>,
): NdArray<Uint32Array> {
  const [fullHeight, fullWidth] = shape;
  const out = new Uint32Array(width * height);
  const middle = step >> 1;
  for (let y = 0; y < height; y++) {
    const row = Math.min(fullHeight - 1, y * step + middle) * fullWidth;
    for (let x = 0; x < width; x++)
      out[y * width + x] = data[row + Math.min(fullWidth - 1, x * step + middle)];
  }
  return { data: out, shape: [height, width] };
}

/** Answers kept for the next parts of the same plane; the newest few. */
export function createMemo<T>(most: number): (key: string, make: () => Promise<T>) => Promise<T> {
  const kept = new Map<string, Promise<T>>();
  return (key, make) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = make();
    kept.set(key, made);
    made.catch(() => kept.delete(key));
    if (kept.size > most) kept.delete(kept.keys().next().value!);
    return made;
  };
}
