import type { Links } from '../../src/link/types.ts';
import type { Detections } from '../../src/segment/types.ts';

/** One detection of a literal table. Missing z is 0, missing radius 2; the label numbers the frame's rows from 1. */
export interface Row {
  t: number;
  x: number;
  y: number;
  z?: number;
  radius?: number;
}

/** Detections of literal rows, which must be in frame order. One channel, intensity 100 + row; prob 0.9. */
export function makeDetections(rows: readonly Row[], ndim: 2 | 3 = 2): Detections {
  const count = rows.length;
  const d: Detections = {
    count,
    ndim,
    t: Int32Array.from(rows, (r) => r.t),
    label: new Uint32Array(count),
    z: Float64Array.from(rows, (r) => r.z ?? 0),
    y: Float64Array.from(rows, (r) => r.y),
    x: Float64Array.from(rows, (r) => r.x),
    size: new Float64Array(count),
    radius: Float64Array.from(rows, (r) => r.radius ?? 2),
    prob: new Float32Array(count).fill(0.9),
    border: new Uint8Array(count),
    intensity: Float32Array.from(rows, (_, i) => 100 + i),
    nChannels: 1,
  };
  for (let i = 0; i < count; i++) {
    d.label[i] = i > 0 && d.t[i] === d.t[i - 1] ? d.label[i - 1] + 1 : 1;
    const r = d.radius[i];
    d.size[i] = ndim === 2 ? Math.PI * r * r : (4 / 3) * Math.PI * r ** 3;
  }
  return d;
}

/** Links of literal (source row, target row) pairs, sorted by (target, source); cost and prob NaN. */
export function makeLinks(pairs: readonly (readonly [number, number])[]): Links {
  const sorted = [...pairs].sort((a, b) => a[1] - b[1] || a[0] - b[0]);
  return {
    count: sorted.length,
    source: Int32Array.from(sorted, (p) => p[0]),
    target: Int32Array.from(sorted, (p) => p[1]),
    cost: new Float32Array(sorted.length).fill(Number.NaN),
    prob: new Float32Array(sorted.length).fill(Number.NaN),
  };
}

/** The (source, target) pairs of links, for comparing. */
export function pairsOf(links: Links): [number, number][] {
  return Array.from({ length: links.count }, (_, k) => [links.source[k], links.target[k]]);
}
