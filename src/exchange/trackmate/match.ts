import type { Lineage } from '../../lineage/types.ts';
import { findTracks, type TrackRow } from './features.ts';
import type { TrackMateFile } from './file.ts';
import { findVisible, forwardEdges } from './read.ts';
import type { LengthScale } from './units.ts';

/** What of a file is still true of a lineage, and what of the lineage is new. */
export interface Match {
  /** Per spot of the file: 1 = it stays. */
  keepSpot: Uint8Array;
  /** Per track of the file: 1 = it stays as it is. */
  keepTrack: Uint8Array;
  /** Per row of the lineage: ID of its spot, in the file or new. */
  idOf: Float64Array;
  /** Rows that are no spot of the file. */
  newRows: number[];
  /** Tracks that are not in the file with the same edges, with new numbers. */
  newTracks: TrackRow[];
  /** Edge of the file, by index, that a link is; -1 = none. */
  edgeOf: Int32Array;
  /** Spot of the file, by index, that a row is; -1 = none. */
  spotOf: Int32Array;
}

/** Digits after the point to which a place must agree. */
const DIGITS = 4;

/** Spot of the file at every row's frame and place, -1 = none. */
function matchSpots(
  file: TrackMateFile,
  { detections: d }: Lineage,
  factors: LengthScale['factors'],
): Int32Array {
  const key = (t: number, z: number, y: number, x: number): string => {
    return `${t}/${z.toFixed(DIGITS)}/${y.toFixed(DIGITS)}/${x.toFixed(DIGITS)}`;
  };
  const frame = file.spots.frame.values();
  const [z, y, x] = [file.spots.z.values(), file.spots.y.values(), file.spots.x.values()];
  // Spots at one place hang on a chain, first one first.
  const first = new Map<string, number>();
  const next = new Int32Array(frame.length).fill(-1);
  for (let i = frame.length - 1; i >= 0; i--) {
    const name = key(frame[i], z[i] * factors[0], y[i] * factors[1], x[i] * factors[2]);
    next[i] = first.get(name) ?? -1;
    first.set(name, i);
  }
  const spotOf = new Int32Array(d.count).fill(-1);
  for (let i = 0; i < d.count; i++) {
    const name = key(d.t[i], d.z[i], d.y[i], d.x[i]);
    const spot = first.get(name) ?? -1;
    spotOf[i] = spot;
    if (spot >= 0) first.set(name, next[spot]);
  }
  return spotOf;
}

/** Edge of the file that every link is, -1 = none. */
function matchEdges(
  ends: { source: Int32Array; target: Int32Array },
  { links }: Lineage,
  spotOf: Int32Array,
  nSpots: number,
): Int32Array {
  const edgeAt = new Map<number, number>();
  for (let k = 0; k < ends.source.length; k++) edgeAt.set(ends.source[k] * nSpots + ends.target[k], k);
  return Int32Array.from({ length: links.count }, (_, k) => {
    const [u, v] = [spotOf[links.source[k]], spotOf[links.target[k]]];
    return u < 0 || v < 0 ? -1 : (edgeAt.get(u * nSpots + v) ?? -1);
  });
}

/** The track of the file that has exactly the edges of `row`, -1 = none. */
function sameTrack(row: TrackRow, edgeOf: Int32Array, trackOf: Float64Array, size: Int32Array): number {
  const edge = edgeOf[row.links[0]];
  const track = edge < 0 ? -1 : trackOf[edge];
  if (track < 0 || size[track] !== row.links.length) return -1;
  return row.links.every((link) => edgeOf[link] >= 0 && trackOf[edgeOf[link]] === track) ? track : -1;
}

/** Largest of the numbers and -1. */
const largest = (values: Iterable<number>): number => {
  let max = -1;
  for (const value of values) if (value > max) max = value;
  return max;
};

/**
 * Compares a lineage with the file that it came from. A spot is known by frame and place, a track by its edges. What
 * TrackMate hides and the lineage does not have stays as it is; what it shows and the lineage does not have goes.
 */
export function matchFile(file: TrackMateFile, lineage: Lineage, { factors }: LengthScale): Match {
  const nSpots = file.spots.id.count;
  const ends = forwardEdges(file);
  const visible = findVisible(file, ends);
  const spotOf = matchSpots(file, lineage, factors);
  const edgeOf = matchEdges(ends, lineage, spotOf, nSpots);
  const trackOf = file.edges.track.values();
  const matched = new Uint8Array(nSpots);
  for (const spot of spotOf) if (spot >= 0) matched[spot] = 1;

  const size = new Int32Array(file.trackIds.length);
  const touched = new Uint8Array(file.trackIds.length);
  for (let k = 0; k < trackOf.length; k++) {
    size[trackOf[k]]++;
    if (matched[ends.source[k]] || matched[ends.target[k]]) touched[trackOf[k]] = 1;
  }
  const keepTrack = Uint8Array.from(visible.tracks, (shows, k) => (shows === 0 && touched[k] === 0 ? 1 : 0));
  const newTracks: TrackRow[] = [];
  let nextTrack = largest(file.trackIds) + 1;
  for (const row of findTracks(lineage).tracks) {
    const same = sameTrack(row, edgeOf, trackOf, size);
    if (same >= 0) keepTrack[same] = 1;
    else newTracks.push({ ...row, id: nextTrack++ });
  }

  const inTrack = new Uint8Array(nSpots);
  const keepSpot = matched.slice();
  for (let k = 0; k < trackOf.length; k++) {
    for (const spot of [ends.source[k], ends.target[k]]) {
      inTrack[spot] = 1;
      if (keepTrack[trackOf[k]]) keepSpot[spot] = 1;
    }
  }
  for (let i = 0; i < nSpots; i++) if (visible.spots[i] === 0 && inTrack[i] === 0) keepSpot[i] = 1;

  const ids = file.spots.id.values();
  let nextId = largest(ids) + 1;
  const newRows: number[] = [];
  const idOf = Float64Array.from(spotOf, (spot, row) => {
    if (spot >= 0) return ids[spot];
    newRows.push(row);
    return nextId++;
  });
  return { keepSpot, keepTrack, idOf, newRows, newTracks, edgeOf, spotOf };
}
