import type { TypedArray } from '../array/index.ts';
import { MorulaError } from '../errors/index.ts';
import type { WeakCandidates } from '../segment/index.ts';

/** Weak candidates of one frame as they are stored: centre and radius in micrometres, ray lengths in pixels. */
export type WeakTable = WeakCandidates;

/** Pixels to micrometres. @param voxelSize `[z, y, x]` micrometres */
export function weakToPhysical(
  weak: WeakCandidates,
  [dz, dy, dx]: readonly [number, number, number],
  ndim: 2 | 3,
): WeakTable {
  const perPixel = ndim === 2 ? Math.sqrt(dy * dx) : Math.cbrt(dz * dy * dx);
  return {
    ...weak,
    z: weak.z.map((v) => v * dz),
    y: weak.y.map((v) => v * dy),
    x: weak.x.map((v) => v * dx),
    radius: weak.radius.map((v) => v * perPixel),
  };
}

const COLUMNS = ['z', 'y', 'x', 'prob', 'radius', 'dist'] as const;

/** The table's part in a frame's file: header fields and columns. */
export function encodeWeak(weak: WeakTable): {
  meta: Record<string, unknown>;
  columns: Record<string, TypedArray>;
} {
  const { count, nRays, anisotropy, distSteps } = weak;
  return {
    meta: { count, nRays, anisotropy, distSteps },
    columns: Object.fromEntries(COLUMNS.map((name) => [`weak.${name}`, weak[name]])),
  };
}

/** Takes the table out of the columns of a frame's file. */
export function decodeWeak(meta: unknown, columns: Record<string, TypedArray>, place: string): WeakTable {
  const { count, nRays, anisotropy, distSteps } = meta as WeakTable;
  const found: Record<string, TypedArray> = {};
  for (const name of COLUMNS) {
    const column = columns[`weak.${name}`];
    delete columns[`weak.${name}`];
    if (column?.length !== (name === 'dist' ? count * nRays : count)) {
      throw new MorulaError('invalid-data', `${place}: not a whole table, weak candidates lack "${name}"`);
    }
    found[name] = column;
  }
  return { count, nRays, anisotropy, distSteps, ...found } as unknown as WeakTable;
}
