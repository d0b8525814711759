import { MorulaError } from '../errors/index.ts';

/** Rows that name their track and frame, as napari and inTRACKtive have them. */
export interface TrackRows {
  place: string;
  count: number;
  track: Float64Array;
  t: Float64Array;
  /** The file's name of a row, for messages: 'row 12 (track 7)'. */
  nameOf(row: number): string;
}

/** Rows in order of (track, frame). @throws `invalid-data` for a track that is twice in a frame */
export function orderTracks({ place, count, track, t, nameOf }: TrackRows): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  order.sort((a, b) => track[a] - track[b] || t[a] - t[b] || a - b);
  for (let k = 1; k < count; k++) {
    const [a, b] = [order[k - 1], order[k]];
    if (track[a] !== track[b] || t[a] !== t[b]) continue;
    const message = `${nameOf(b)} must be once in frame ${t[b]}, ${nameOf(a)} is there too`;
    throw new MorulaError('invalid-data', `${place}: ${message}`);
  }
  return order;
}

/**
 * Links of rows: along every track in order of frames (over gaps too), and from the last row of a parent track to the
 * first row of its child.
 *
 * @param order see `orderTracks`
 * @param parents pairs of (child track, parent track)
 * @throws `invalid-data` for a child or parent that is no track of the rows
 */
export function linkTracks(
  { place, track }: TrackRows,
  order: Int32Array,
  parents: Iterable<readonly [number, number]>,
): { source: Int32Array; target: Int32Array } {
  const source: number[] = [];
  const target: number[] = [];
  const firstOf = new Map<number, number>();
  const lastOf = new Map<number, number>();
  for (let k = 0; k < order.length; k++) {
    const row = order[k];
    const before = lastOf.get(track[row]);
    if (before === undefined) firstOf.set(track[row], row);
    else {
      source.push(before);
      target.push(row);
    }
    lastOf.set(track[row], row);
  }
  for (const [child, parent] of parents) {
    const from = lastOf.get(parent);
    const to = firstOf.get(child);
    if (from === undefined || to === undefined) {
      const absent = from === undefined ? parent : child;
      const message = `track ${child} has parent ${parent}, both must be tracks of the table, there is no track ${absent}`;
      throw new MorulaError('invalid-data', `${place}: ${message}`);
    }
    source.push(from);
    target.push(to);
  }
  return { source: Int32Array.from(source), target: Int32Array.from(target) };
}
