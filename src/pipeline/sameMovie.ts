import { sha256Hex } from '../codec/index.ts';
import { MorulaError } from '../errors/index.ts';
import { type Movie, type MovieSource, openMovie } from '../read/index.ts';
import type { RunFile } from '../store/index.ts';

/** A digest (hex) of the middle plane of the first frame: two movies may agree in all metadata. */
export async function sampleOf(movie: Movie): Promise<string> {
  const { data } = await movie.readPlane(0, 0, Math.floor(movie.info.shape[0] / 2));
  return sha256Hex(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/**
 * Opens a result's movie again, if it is still the one that the result was made of: cells drawn over other pixels would be
 * taken for right.
 *
 * @throws `invalid-data` where another movie stands in its place, and what `openMovie` throws
 */
export async function openSameMovie(
  { movie: { path, level, fingerprint, sample } }: RunFile,
  rule: Pick<MovieSource, 'badChunks'> = {},
): Promise<Movie> {
  const movie = await openMovie({ path: path ?? '', level, ...rule });
  // A plane that cannot be read is shown to nobody.
  const same =
    movie.info.fingerprint === fingerprint &&
    (sample === null || (await sampleOf(movie).catch(() => sample)) === sample);
  if (same) return movie;
  await movie.close();
  throw new MorulaError(
    'invalid-data',
    `read: ${path} must be the movie that the result was made of, another one stands there now; put it back, or track this one into another result`,
  );
}
