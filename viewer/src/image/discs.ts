import { worldRadius, worldX, worldY, worldZ } from '../data/space.ts';
import type { Dataset } from '../data/types.ts';
import type { Rect } from './windowing.ts';

/** A cell as a disc in world units; `depth` from 0 (near) to 1 (far). */
export interface Disc {
  node: number;
  x: number;
  y: number;
  radius: number;
  depth: number;
}

/**
 * Cells of a frame as discs, the nearest last. With `z` a plane: the circles in which that plane cuts the spheres
 * (2D: all of them).
 *
 * @param part only those that reach into this part of the picture, world units
 */
export function discsOfFrame(data: Dataset, t: number, z: number | 'max', part?: Rect): Disc[] {
  const { nodes, frameStart, space } = data;
  const flat = data.info.run.movie.ndim === 2;
  const discs: Disc[] = [];
  for (let i = frameStart[t]!; i < frameStart[t + 1]!; i++) {
    const radius = worldRadius(space, nodes, i);
    const [x, y, plane] = [worldX(space, nodes, i), worldY(space, nodes, i), worldZ(space, nodes, i)];
    if (part !== undefined && !reaches(part, x, y, radius)) continue;
    if (flat || z === 'max') {
      discs.push({ node: i, x, y, radius, depth: flat ? 0 : Math.min(1, Math.max(0, plane / space.depth)) });
      continue;
    }
    // Distance to the plane in world units along x.
    const away = ((plane - z) / space.scale[2]) * space.scale[0];
    if (Math.abs(away) < radius)
      discs.push({ node: i, x, y, radius: Math.sqrt(radius * radius - away * away), depth: 0 });
  }
  return flat ? discs : discs.sort((a, b) => b.depth - a.depth);
}

const reaches = ({ x0, y0, x1, y1 }: Rect, x: number, y: number, r: number): boolean =>
  x + r >= x0 && x - r <= x1 && y + r >= y0 && y - r <= y1;

/** The disc under a world position that is drawn last, or -1; `slack` world units outside still count. */
export function discAt(discs: readonly Disc[], x: number, y: number, slack: number): number {
  let [node, nearest] = [-1, Number.POSITIVE_INFINITY];
  for (let k = discs.length - 1; k >= 0; k--) {
    const disc = discs[k]!;
    const away = Math.hypot(disc.x - x, disc.y - y);
    if (away <= disc.radius) return disc.node;
    if (away - disc.radius < Math.min(slack, nearest)) [node, nearest] = [disc.node, away - disc.radius];
  }
  return node;
}
