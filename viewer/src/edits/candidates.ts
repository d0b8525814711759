import type { App } from '../app.ts';
import { fetchWeak } from '../data/api.ts';

/** A cell that the detector saw, but not surely enough; world units. */
export interface Candidate {
  /** Row of the frame's table. */
  index: number;
  prob: number;
  x: number;
  y: number;
  /** Planes. */
  z: number;
  radius: number;
  /** Closed: the last point is the first. */
  outline: readonly { x: number; y: number }[];
}

/** Corners of the circle that stands for a ball. */
const CIRCLE = 24;

/** The candidates below the threshold of a frame, the likeliest first; none where the result has none. */
export async function findCandidates(app: App, t: number): Promise<Candidate[]> {
  const { columns, distSteps } = await fetchWeak(t);
  const { space, info } = app.data;
  const flat = info.run.movie.ndim === 2;
  const { prob = [], dist = [], radius, x, y, z } = columns as Record<string, ArrayLike<number>>;
  const nRays = prob.length === 0 ? 0 : dist.length / prob.length;
  const world = (um: ArrayLike<number> | undefined, k: number, axis: 0 | 1 | 2): number =>
    Number(um![k]) * space.scale[axis]! + space.offset[axis]!;
  return Array.from({ length: prob.length }, (_, index): Candidate => {
    const [cx, cy, cz] = [world(x, index, 0), world(y, index, 1), world(z, index, 2)];
    const r = Number(radius![index]) * space.scale[0]!;
    const n = flat ? nRays : CIRCLE;
    const outline = Array.from({ length: n + 1 }, (_, k) => {
      const angle = (2 * Math.PI * (k % n)) / n;
      const length = flat ? dist[index * nRays + (k % n)]! / distSteps : r;
      return {
        x: cx + length * Math.cos(angle),
        y: cy + (length * Math.sin(angle)) / (flat ? 1 : space.aspect),
      };
    });
    return { index, prob: prob[index]!, x: cx, y: cy, z: cz, radius: r, outline };
  }).sort((a, b) => b.prob - a.prob || a.index - b.index);
}

/** The likeliest candidate whose middle is within its radius of a place, or undefined; in 3D `z` planes count, too. */
export function candidateAt(
  app: App,
  all: readonly Candidate[],
  place: { x: number; y: number; z?: number },
): Candidate | undefined {
  const { scale, aspect } = app.data.space;
  return all.find((one) => {
    const dz = place.z === undefined ? 0 : ((one.z - place.z) / scale[2]) * scale[0];
    return Math.hypot(one.x - place.x, (one.y - place.y) * aspect, dz) <= one.radius;
  });
}
