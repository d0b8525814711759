import { MorulaError } from '../../errors/index.ts';
import type { Lineage } from '../../lineage/types.ts';
import type { CtcTrack } from '../types.ts';

/** Labels are 16 bits wide in this format. */
export const MAX_TRACKS = 65_535;

/** A gap inside a track: `source` and `target` are rows that one link joins over more than one frame. */
export interface Gap {
  source: number;
  target: number;
  /** Track id that goes on through the gap. */
  id: number;
}

/** A lineage in the words of the track file. */
export interface Pieces {
  tracks: CtcTrack[];
  /** Per node: its track id. */
  idOf: Uint16Array;
  /** Gaps to be filled; empty when tracks were split there. */
  gaps: Gap[];
  /** Tracks added by splitting at gaps. */
  nSplit: number;
}

/**
 * The tracks of a lineage: one per tracklet, number = tracklet number. The format has no gaps inside a track: with
 * 'split' a new track, child of the first part, goes on after each gap; with 'interpolate' the gaps are listed.
 *
 * @throws `unsupported` when there are more than 65,535 tracks
 */
export function cutTracks(lineage: Lineage, gapRule: 'interpolate' | 'split'): Pieces {
  const { detections, tracklets, tracklet, parent } = lineage;
  const { t, count } = detections;
  const tracks: CtcTrack[] = [];
  const open = new Int32Array(tracklets.count + 1);
  const idOf = new Uint32Array(count);
  const gaps: Gap[] = [];
  for (let at = 0; at < tracklets.count; at++) {
    const begin = t[tracklets.firstNode[at]];
    tracks.push({ id: at + 1, begin, end: begin, parent: 0 });
    open[at + 1] = at + 1;
  }
  // Rows are in order of frame, so that a track's last piece is the one that is open.
  for (let i = 0; i < count; i++) {
    const number = tracklet[i];
    const before = parent[i];
    if (before >= 0 && tracklet[before] !== number) tracks[number - 1].parent = idOf[before];
    else if (before >= 0 && t[i] - t[before] > 1) {
      if (gapRule === 'interpolate') gaps.push({ source: before, target: i, id: open[number] });
      else {
        tracks.push({ id: tracks.length + 1, begin: t[i], end: t[i], parent: open[number] });
        open[number] = tracks.length;
      }
    }
    idOf[i] = open[number];
    tracks[open[number] - 1].end = t[i];
  }
  if (tracks.length > MAX_TRACKS) {
    const message = `ctc: the format holds ${MAX_TRACKS} tracks at most, the lineage has ${tracks.length}; export geff instead`;
    throw new MorulaError('unsupported', message);
  }
  return { tracks, idOf: Uint16Array.from(idOf), gaps, nSplit: tracks.length - tracklets.count };
}
