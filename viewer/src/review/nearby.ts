import { worldRadius, worldX, worldY, worldZ } from '../data/space.ts';
import type { Dataset } from '../data/types.ts';

/** Frames and radii within which a lost cell is looked for, and candidates named. */
const FRAMES = 3;
const RADII = 6;
const MOST = 4;

/** Cells that begin near where `node` was lost, the nearest first. */
export function candidatesAfter(data: Dataset, node: number): number[] {
  return nearest(data, node, 1, (i) => data.nodes.parent[i]! < 0);
}

/** Cells near where `node` appears that end, or that go on alone in its first frame; the nearest first. */
export function candidatesBefore(data: Dataset, node: number): number[] {
  const { t, childA, childB } = data.nodes;
  return nearest(data, node, -1, (i) => childA[i]! < 0 || (childB[i]! < 0 && t[childA[i]!] === t[node]));
}

function nearest(data: Dataset, node: number, step: -1 | 1, fits: (i: number) => boolean): number[] {
  const { nodes, frameStart, nFrames, space } = data;
  const reach = RADII * worldRadius(space, nodes, node);
  const found: { i: number; away: number }[] = [];
  for (let k = 1; k <= FRAMES; k++) {
    const t = nodes.t[node]! + k * step;
    if (t < 0 || t >= nFrames) break;
    for (let i = frameStart[t]!; i < frameStart[t + 1]!; i++) {
      const away = distance(data, node, i);
      // A cell more than a frame away must be the nearer for it.
      if (away <= reach && fits(i)) found.push({ i, away: away * k });
    }
  }
  found.sort((a, b) => a.away - b.away || a.i - b.i);
  return found.slice(0, MOST).map(({ i }) => i);
}

/** Distance in world units; planes count as far as they lie apart. */
function distance({ nodes, space }: Dataset, a: number, b: number): number {
  const dx = worldX(space, nodes, a) - worldX(space, nodes, b);
  const dy = (worldY(space, nodes, a) - worldY(space, nodes, b)) * space.aspect;
  const dz = ((worldZ(space, nodes, a) - worldZ(space, nodes, b)) / space.scale[2]) * space.scale[0];
  return Math.hypot(dx, dy, dz);
}
