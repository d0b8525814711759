import type { StoredMovie } from '../../../src/store/types.ts';
import type { Nodes, Space } from './types.ts';

/** The picture's coordinates: pixels of the movie, or, without one, micrometres around the detections. */
export function buildSpace(movie: StoredMovie, nodes: Nodes): Space {
  const [depth, height, width] = movie.shape;
  if (width > 0 && height > 0) {
    const [vz, vy, vx] = movie.voxelSize;
    return {
      width,
      height,
      depth: Math.max(depth, 1),
      scale: [1 / vx, 1 / vy, 1 / vz],
      // Pixel centres have integer coordinates; the picture's corner is half a pixel before them.
      offset: [0.5, 0.5, 0],
      aspect: vy / vx,
      umPerUnit: vx,
    };
  }
  const [x0, x1] = extent(nodes.x);
  const [y0, y1] = extent(nodes.y);
  const [z0, z1] = extent(nodes.z);
  const margin = 0.02 * Math.max(x1 - x0, y1 - y0, 1) + middle(nodes.radius);
  return {
    width: x1 - x0 + 2 * margin,
    height: y1 - y0 + 2 * margin,
    depth: Math.max(1, Math.ceil(z1 - z0) + 1),
    scale: [1, 1, 1],
    offset: [margin - x0, margin - y0, -z0],
    aspect: 1,
    umPerUnit: 1,
  };
}

function extent(values: Float64Array): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** Median of the values that are known, 0 without any. */
function middle(values: Float64Array): number {
  const known = values.filter((v) => v > 0).sort();
  return known[known.length >> 1] ?? 0;
}

/** World position of a node. */
export const worldX = (s: Space, nodes: Nodes, i: number): number => nodes.x[i]! * s.scale[0] + s.offset[0];
export const worldY = (s: Space, nodes: Nodes, i: number): number => nodes.y[i]! * s.scale[1] + s.offset[1];
/** Plane of a node, in planes. */
export const worldZ = (s: Space, nodes: Nodes, i: number): number => nodes.z[i]! * s.scale[2] + s.offset[2];

/** Does the plane `z` cut the node's sphere? Always with the projection. */
export function inPlane(s: Space, nodes: Nodes, i: number, z: number | 'max'): boolean {
  if (z === 'max' || s.depth <= 1) return true;
  const away = ((worldZ(s, nodes, i) - z) / s.scale[2]) * s.scale[0];
  return Math.abs(away) <= worldRadius(s, nodes, i);
}

/** Least part of a sphere's radius that a plane through its cell is taken to cut: outlines are no spheres. */
const LEAST_CUT = 0.35;

/** Radius of a node in the plane shown, world units; that of its sphere with the projection. */
export function cutRadius(s: Space, nodes: Nodes, i: number, z: number | 'max'): number {
  const r = worldRadius(s, nodes, i);
  if (z === 'max' || s.depth <= 1) return r;
  const away = ((worldZ(s, nodes, i) - z) / s.scale[2]) * s.scale[0];
  return Math.sqrt(Math.max(r * r - away * away, (LEAST_CUT * r) ** 2));
}

/** Radius in world units where the table has none: a fraction of the picture. */
export function worldRadius(s: Space, nodes: Nodes, i: number): number {
  const r = nodes.radius[i]!;
  return r > 0 ? r * s.scale[0] : Math.max(s.width, s.height) / 120;
}
