import type { FrameCounts, Lineage, TrackletMeasures } from './types.ts';

/**
 * Duration, path, displacement, speed and confidence of every tracklet, in O(n).
 *
 * @param timeStep seconds between frames; NaN = not known
 */
export function measureTracklets(lineage: Lineage, timeStep = Number.NaN): TrackletMeasures {
  const { detections, links, tracklet, tracklets } = lineage;
  const { t, z, y, x } = detections;
  const n = tracklets.count;
  const out: TrackletMeasures = {
    duration: new Int32Array(n),
    pathLength: new Float64Array(n),
    displacement: new Float64Array(n),
    meanSpeed: new Float64Array(n),
    confidence: new Float32Array(n).fill(Number.NaN),
  };
  const distance = (a: number, b: number): number => Math.hypot(z[a] - z[b], y[a] - y[b], x[a] - x[b]);
  for (let k = 0; k < links.count; k++) {
    const at = tracklet[links.target[k]] - 1;
    if (tracklet[links.source[k]] === at + 1) {
      out.pathLength[at] += distance(links.source[k], links.target[k]);
    }
    const known = out.confidence[at];
    out.confidence[at] = Number.isNaN(known) ? links.prob[k] : Math.min(known, links.prob[k]);
  }
  for (let at = 0; at < n; at++) {
    const first = tracklets.firstNode[at];
    const last = tracklets.lastNode[at];
    out.duration[at] = t[last] - t[first];
    out.displacement[at] = distance(first, last);
    out.meanSpeed[at] =
      out.duration[at] === 0 ? Number.NaN : out.pathLength[at] / (out.duration[at] * timeStep);
  }
  return out;
}

/** Cells, divisions, appearances and disappearances per frame. `nFrames` is the movie's, empty frames included. */
export function tallyFrames(lineage: Lineage, nFrames: number): FrameCounts {
  const { detections, childB, tracklets } = lineage;
  const { t } = detections;
  const out: FrameCounts = {
    nCells: new Int32Array(nFrames),
    nDivisions: new Int32Array(nFrames),
    nAppearing: new Int32Array(nFrames),
    nDisappearing: new Int32Array(nFrames),
  };
  for (let i = 0; i < detections.count; i++) {
    out.nCells[t[i]]++;
    if (childB[i] >= 0) out.nDivisions[t[i]]++;
  }
  for (let at = 0; at < tracklets.count; at++) {
    const first = t[tracklets.firstNode[at]];
    const last = t[tracklets.lastNode[at]];
    if (tracklets.parent[at] === 0 && first > 0) out.nAppearing[first]++;
    if (tracklets.daughterA[at] === 0 && last < nFrames - 1) out.nDisappearing[last]++;
  }
  return out;
}
