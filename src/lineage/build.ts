import { MorulaError } from '../errors/index.ts';
import type { Links } from '../link/types.ts';
import type { Detections } from '../segment/types.ts';
import { isSorted, sortLinks } from './sort.ts';
import type { Lineage, Tracklets } from './types.ts';

/** Name of a node in messages: `frame/label`, or its row where it has no label. */
function nodeName(detections: Detections, node: number): string {
  const label = detections.label[node];
  return label === 0 ? `row ${node}` : `${detections.t[node]}/${label}`;
}

function broken(message: string): never {
  throw new MorulaError('broken-lineage', `lineage: ${message}`);
}

function checkDetections(detections: Detections): void {
  const { count, t, label } = detections;
  if (!isSorted(detections)) {
    broken('detections must be sorted by frame and label, they are not; sort them with sortDetections');
  }
  for (let i = 0; i < count; i++) {
    if (t[i] < 0) broken(`row ${i} must have a frame of 0 or more, got ${t[i]}`);
    if (i > 0 && label[i] !== 0 && label[i] === label[i - 1] && t[i] === t[i - 1]) {
      broken(`node ${t[i]}/${label[i]} must be there once, found twice`);
    }
  }
}

/** Fills parent and children from the links; refuses links that no lineage can have. */
function connect(
  detections: Detections,
  links: Links,
): { parent: Int32Array; childA: Int32Array; childB: Int32Array } {
  const { count, t } = detections;
  const parent = new Int32Array(count).fill(-1);
  const childA = new Int32Array(count).fill(-1);
  const childB = new Int32Array(count).fill(-1);
  const name = (node: number): string => nodeName(detections, node);
  for (let k = 0; k < links.count; k++) {
    const u = links.source[k];
    const v = links.target[k];
    if (u < 0 || u >= count || v < 0 || v >= count) {
      broken(`link ${k} joins rows ${u} and ${v}, there are ${count} detections`);
    }
    if (t[u] >= t[v]) broken(`link ${name(u)} to ${name(v)} must run forward in time`);
    if (parent[v] === u) broken(`link ${name(u)} to ${name(v)} must be there once, found twice`);
    if (parent[v] >= 0) {
      broken(`node ${name(v)} has 2 parents, ${name(parent[v])} and ${name(u)}, at most 1 is allowed`);
    }
    parent[v] = u;
    if (childA[u] < 0) childA[u] = v;
    else if (childB[u] < 0) childB[u] = v;
    else {
      let n = 0;
      for (let i = 0; i < links.count; i++) if (links.source[i] === u) n++;
      broken(`node ${name(u)} has ${n} daughters, at most 2 are allowed`);
    }
  }
  return { parent, childA, childB };
}

function allocateTracklets(count: number): Tracklets {
  return {
    count,
    firstNode: new Int32Array(count),
    lastNode: new Int32Array(count),
    nNodes: new Int32Array(count),
    parent: new Int32Array(count),
    daughterA: new Int32Array(count),
    daughterB: new Int32Array(count),
    lineage: new Int32Array(count),
    generation: new Int32Array(count),
  };
}

/**
 * The lineage that detections and links make, in O(n).
 *
 * @param detections sorted by (t, label); no (t, label) twice, except label 0
 * @param links in any order; kept sorted by (target, source)
 * @throws `broken-lineage` where a link leaves the table, runs backward or is there twice, where a node has two
 *   parents (a merge) or more than two daughters
 */
export function buildLineage(detections: Detections, links: Links): Lineage {
  checkDetections(detections);
  const sorted = sortLinks(links);
  const { parent, childA, childB } = connect(detections, sorted);
  const { count } = detections;

  // A parent lies in an earlier frame, so in an earlier row: one pass in row order meets parents before children.
  const starts = (node: number): boolean => parent[node] < 0 || childB[parent[node]] >= 0;
  let nTracklets = 0;
  for (let i = 0; i < count; i++) if (starts(i)) nTracklets++;
  const tracklets = allocateTracklets(nTracklets);
  const tracklet = new Int32Array(count);
  const lineage = new Int32Array(count);
  let nLineages = 0;
  let next = 0;
  for (let i = 0; i < count; i++) {
    const p = parent[i];
    lineage[i] = p < 0 ? ++nLineages : lineage[p];
    if (!starts(i)) {
      const at = tracklet[p] - 1;
      tracklet[i] = at + 1;
      tracklets.lastNode[at] = i;
      tracklets.nNodes[at]++;
      continue;
    }
    const at = next++;
    tracklet[i] = at + 1;
    tracklets.firstNode[at] = i;
    tracklets.lastNode[at] = i;
    tracklets.nNodes[at] = 1;
    tracklets.lineage[at] = lineage[i];
    if (p < 0) continue;
    const mother = tracklet[p] - 1;
    tracklets.parent[at] = mother + 1;
    tracklets.generation[at] = tracklets.generation[mother] + 1;
    if (tracklets.daughterA[mother] === 0) tracklets.daughterA[mother] = at + 1;
    else tracklets.daughterB[mother] = at + 1;
  }
  return { detections, links: sorted, parent, childA, childB, tracklet, lineage, tracklets, nLineages };
}
