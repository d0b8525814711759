import { isRemoteLocation } from '../codec/index.ts';
import { type LengthUnit, sniffFormat } from '../exchange/index.ts';

/** Somebody's tracks in one of the formats that can be imported. */
export interface TracksDescription {
  kind: 'tracks';
  format: string;
  /** The format in words. */
  title: string;
  frames: number;
  ndim: 2 | 3;
  cells: number;
  links: number;
  divisions: number;
  unit: LengthUnit;
  /** Seconds; null where the file does not say. */
  timeStep: number | null;
  /** What an import would say. */
  warnings: string[];
}

/**
 * What a local file or folder of tracks holds; null for what is none. Challenge folders are `lintCtc`'s, and those without
 * a track file may be movies.
 *
 * @throws the reason that they cannot be read
 */
export async function describeTracks(path: string): Promise<TracksDescription | null> {
  if (isRemoteLocation(path)) return null;
  const format = await sniffFormat(path);
  if (format === null || format.name === 'ctc') return null;
  const tracks = await format.read!(path, {});
  if ('toTracks' in tracks) return null;
  const { detections, links, nFrames, ndim, unit, timeStep = null, warnings } = tracks;
  const daughters = new Uint8Array(detections.count);
  let divisions = 0;
  for (let k = 0; k < links.count; k++) if (++daughters[links.source[k]] === 2) divisions++;
  const { name, title } = format;
  const counts = { cells: detections.count, links: links.count, divisions };
  return { kind: 'tracks', format: name, title, frames: nFrames, ndim, ...counts, unit, timeStep, warnings };
}
