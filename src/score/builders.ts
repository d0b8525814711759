import { MorulaError } from '../errors/index.ts';
import type { Lineage } from '../lineage/types.ts';
import type { Links } from '../link/types.ts';
import type { Detections } from '../segment/types.ts';
import type { MaskReader, ScoreInput, ScoreTrack } from './types.ts';

/** What the builders may be given besides the tracks. */
export interface SideExtras {
  /** Frames of the movie; default: the last frame with a node, plus one. */
  nFrames?: number;
  seg?: ScoreInput['seg'];
}

/**
 * The side of a lineage: every tracklet is a track, named by its number, and keeps its gaps; a link over a gap counts
 * as a link (see `prepareSide`). Nodes are found in the masks by (frame, label). With masks, these are taken as whole
 * cells for SEG unless `seg` says otherwise.
 *
 * @param masks label images of the lineage's detections; absent = compare by points, in micrometres
 */
export function fromLineage(lineage: Lineage, masks?: MaskReader, extras: SideExtras = {}): ScoreInput {
  const { detections, tracklets } = lineage;
  const tracks: ScoreTrack[] = [];
  for (let row = 0; row < tracklets.count; row++)
    tracks.push({
      id: row + 1,
      begin: detections.t[tracklets.firstNode[row]],
      end: detections.t[tracklets.lastNode[row]],
      parent: tracklets.parent[row],
    });
  const { count, t, label, z, y, x } = detections;
  return withMasks({ nodes: { count, t, label, z, y, x, track: lineage.tracklet }, tracks }, masks, extras);
}

/**
 * The side of detections and links as somebody's file has them: as `fromLineage`, but a node may have any number of
 * daughters, and rows may be in any order. Tracks are maximal unbranched paths, numbered from 1 by (frame, row) of
 * their first node. Throws `broken-lineage` for a node with two parents and a link that does not go forward in time.
 */
export function fromLinks(
  detections: Detections,
  links: Pick<Links, 'count' | 'source' | 'target'>,
  masks?: MaskReader,
  extras: SideExtras = {},
): ScoreInput {
  const { count, t, label, z, y, x } = detections;
  const parent = new Int32Array(count).fill(-1);
  const nChildren = new Int32Array(count);
  for (let k = 0; k < links.count; k++) {
    const [source, target] = [links.source[k], links.target[k]];
    const broken = (what: string): MorulaError => {
      const node = `${t[target]}/${label[target] || `row ${target}`}`;
      return new MorulaError('broken-lineage', `score: node ${node} ${what}`);
    };
    if (parent[target] >= 0) throw broken('has two parents, at most one is allowed');
    if (!(t[source] < t[target]))
      throw broken(`must be later than its parent, which is in frame ${t[source]}`);
    parent[target] = source;
    nChildren[source]++;
  }
  const track = new Int32Array(count);
  const tracks: ScoreTrack[] = [];
  const order = Int32Array.from({ length: count }, (_, row) => row).sort((a, b) => t[a] - t[b] || a - b);
  for (const node of order) {
    const above = parent[node] < 0 ? 0 : track[parent[node]];
    if (above > 0 && nChildren[parent[node]] === 1) {
      track[node] = above;
      tracks[above - 1].end = t[node];
      continue;
    }
    track[node] = tracks.push({ id: tracks.length + 1, begin: t[node], end: t[node], parent: above });
  }
  return withMasks({ nodes: { count, t, label, z, y, x, track }, tracks }, masks, extras);
}

/** The table of a Cell Tracking Challenge folder: columns of equal length, one row a track, frames inclusive. */
export interface CtcTable {
  label: ArrayLike<number>;
  begin: ArrayLike<number>;
  end: ArrayLike<number>;
  /** Label of the parent, 0 = none. */
  parent: ArrayLike<number>;
}

/**
 * The side of a Cell Tracking Challenge folder: a track has a node, with the track's label, in every frame from
 * `begin` to `end`. A parent with a single child stays two tracks and a parent link, which is what this format has
 * for a gap, and what EC tells from a track link. Positions are measured in the masks when they are needed.
 *
 * For a truth folder give `seg` (its `SEG` images) or leave it out: tracking markers are no outlines. For a folder
 * in result layout that serves as truth, `seg: 'masks'`.
 */
export function fromCtc(table: CtcTable, masks: MaskReader, extras: SideExtras = {}): ScoreInput {
  const tracks: ScoreTrack[] = [];
  const t: number[] = [];
  const label: number[] = [];
  for (let row = 0; row < table.label.length; row++) {
    const [id, begin, end] = [table.label[row], table.begin[row], table.end[row]];
    if (!(begin >= 0 && begin <= end))
      throw new MorulaError(
        'invalid-data',
        `score: a track must begin at 0 or later and not after its end, track ${id} lasts from ${begin} to ${end}`,
      );
    tracks.push({ id, begin, end, parent: table.parent[row] });
    for (let frame = begin; frame <= end; frame++) {
      t.push(frame);
      label.push(id);
    }
  }
  const unknown = new Float64Array(t.length).fill(Number.NaN);
  const nodes = { count: t.length, t, label, z: unknown, y: unknown, x: unknown, track: label };
  return withMasks(
    { nodes, tracks },
    masks,
    { nFrames: extras.nFrames, seg: extras.seg ?? undefined },
    false,
  );
}

function withMasks(
  input: ScoreInput,
  masks: MaskReader | undefined,
  extras: SideExtras,
  outlines = true,
): ScoreInput {
  const side: ScoreInput = { ...input };
  if (masks) side.masks = masks;
  if (extras.nFrames !== undefined) side.nFrames = extras.nFrames;
  const seg = extras.seg ?? (masks && outlines ? 'masks' : undefined);
  if (seg) side.seg = seg;
  return side;
}
