import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isRemoteLocation } from '../codec/index.ts';
import { MorulaError } from '../errors/index.ts';
import { findOmeZarr, openOmeZarrMovie } from './omeZarr.ts';
import { isTiffPath, looksLikeTiffFolder, openTiffMovie } from './tiffMovie.ts';
import type { Movie, MovieSource } from './types.ts';

const WANTED = 'expected an OME-Zarr folder (.zattrs or zarr.json), a TIFF file or a folder of TIFFs';
const ZARR_DOCUMENTS = new Set(['.zattrs', '.zgroup', 'zarr.json']);

/**
 * Opens a movie, whatever its format: an OME-Zarr folder, http(s) address or `s3://bucket/path`, a TIFF file, a folder of TIFF files.
 *
 * @throws `not-found` when the path is no movie, or as the format's own reader
 */
export async function openMovie(source: MovieSource): Promise<Movie> {
  const { path } = source;
  if (isRemoteLocation(path)) return openZarr(path, source);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) {
    throw new MorulaError(
      'unsupported',
      `read: ${path} must be a path, an http(s) address or s3://<bucket>/<path>`,
    );
  }
  const status = await statOf(path);
  if (ZARR_DOCUMENTS.has(basename(path))) return openZarr(dirname(path), { ...source, path: dirname(path) });
  if (status.isDirectory()) {
    const tiffs = !(await hasZarrDocument(path)) && (await looksLikeTiffFolder(path));
    return tiffs ? openTiffs(source) : openZarr(path, source);
  }
  if (!status.isFile()) throw notAMovie(path, 'something that is neither a file nor a folder');
  if (isTiffPath(path) || (await startsLikeTiff(path))) return openTiffs(source);
  throw notAMovie(path, `a file of ${status.size} bytes that is no TIFF`);
}

function openTiffs(source: MovieSource): Promise<Movie> {
  if (source.badChunks === undefined && source.requireChunks === undefined) return openTiffMovie(source);
  const option = source.badChunks === undefined ? '--require-chunks' : '--on-bad-chunk mask';
  throw new MorulaError('usage', `${option}: only OME-Zarr has chunks, ${source.path} is TIFF; leave it out`);
}

async function openZarr(location: string, source: MovieSource): Promise<Movie> {
  const image = await findOmeZarr(location);
  if (image) return openOmeZarrMovie(image, source);
  throw notAMovie(
    location,
    isRemoteLocation(location) ? 'no zarr metadata there' : 'a folder without either',
  );
}

/** True for the folder of a zarr group or array. */
async function hasZarrDocument(folder: string): Promise<boolean> {
  const found = await Promise.all(
    [...ZARR_DOCUMENTS].map((name) => stat(join(folder, name)).catch(() => null)),
  );
  return found.some((status) => status !== null);
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw notAMovie(path, code === 'ENOENT' || code === 'ENOTDIR' ? 'nothing there' : code);
  }
}

/** True for the magic numbers of TIFF and BigTIFF. */
async function startsLikeTiff(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const head = new Uint8Array(4);
    await file.read(head, 0, 4, 0);
    return ['73,73,42,0', '77,77,0,42', '73,73,43,0', '77,77,0,43'].includes(head.join(','));
  } finally {
    await file.close();
  }
}

function notAMovie(path: string, found: string): MorulaError {
  return new MorulaError('not-found', `read: ${path} is not a movie: ${WANTED}, found ${found}`);
}
