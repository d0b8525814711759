import { measureCellCycle } from './queries.ts';
import type { Divisions, Lineage } from './types.ts';

function allocateDivisions(count: number): Divisions {
  return {
    count,
    parent: new Int32Array(count),
    daughterA: new Int32Array(count),
    daughterB: new Int32Array(count),
    frame: new Int32Array(count),
    sisterDistance: new Float64Array(count),
    axisZ: new Float64Array(count),
    axisY: new Float64Array(count),
    axisX: new Float64Array(count),
    angle: new Float64Array(count),
    cellCycle: new Float64Array(count),
    prob: new Float32Array(count),
  };
}

/** Geometry of division k from the positions of its daughters. */
function measureAxis({ detections }: Lineage, out: Divisions, k: number): void {
  const { z, y, x, ndim } = detections;
  const a = out.daughterA[k];
  const b = out.daughterB[k];
  let dz = z[b] - z[a];
  let dy = y[b] - y[a];
  let dx = x[b] - x[a];
  const length = Math.hypot(dz, dy, dx);
  if (dx < 0 || (dx === 0 && (dy < 0 || (dy === 0 && dz < 0)))) {
    dz = 0 - dz;
    dy = 0 - dy;
    dx = 0 - dx;
  }
  out.sisterDistance[k] = length;
  out.axisZ[k] = dz / length;
  out.axisY[k] = dy / length;
  out.axisX[k] = dx / length;
  const degrees = (Math.atan2(dy, dx) * 180) / Math.PI;
  const folded = degrees < 0 ? degrees + 180 : degrees;
  out.angle[k] = ndim === 3 || length === 0 ? Number.NaN : folded >= 180 ? 0 : folded;
}

/** All divisions with their geometry, in order of (frame, parent). */
export function findDivisions(lineage: Lineage): Divisions {
  const { childA, childB, detections, links, tracklet } = lineage;
  const incoming = new Float32Array(detections.count).fill(Number.NaN);
  for (let k = 0; k < links.count; k++) incoming[links.target[k]] = links.prob[k];
  let count = 0;
  for (let i = 0; i < detections.count; i++) if (childB[i] >= 0) count++;
  const out = allocateDivisions(count);
  let k = 0;
  for (let i = 0; i < detections.count; i++) {
    if (childB[i] < 0) continue;
    out.parent[k] = i;
    out.daughterA[k] = childA[i];
    out.daughterB[k] = childB[i];
    out.frame[k] = detections.t[i];
    out.cellCycle[k] = measureCellCycle(lineage, tracklet[i]);
    out.prob[k] = Math.min(incoming[childA[i]], incoming[childB[i]]);
    measureAxis(lineage, out, k);
    k++;
  }
  return out;
}
