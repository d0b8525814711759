import type { Rays } from './types.ts';

/** Most rays of a 3D network: the hull of their ends is found in n^2 steps. */
export const MAX_RAYS = 256;

/**
 * Rays as our manifests state them, `{name: "golden-spiral", n, anisotropy}`, or as StarDist's configurations do,
 * `{name: "Rays_GoldenSpiral", kwargs: {n, anisotropy}}`; an absent or null anisotropy means cubic voxels.
 *
 * @returns undefined for anything else; `n` is 0 where it is not stated
 */
export function parseRays(value: unknown): Rays | undefined {
  const { name, kwargs, ...own } = (value ?? {}) as { name?: unknown; kwargs?: unknown };
  const foreign = name === 'Rays_GoldenSpiral';
  if (!foreign && name !== 'golden-spiral') return undefined;
  const { n, anisotropy } = ((foreign ? kwargs : own) ?? {}) as { n?: unknown; anisotropy?: unknown };
  const count = n ?? 0;
  if (!Number.isSafeInteger(count)) return undefined;
  const steps = anisotropy ?? [1, 1, 1];
  if (!Array.isArray(steps) || steps.length !== 3) return undefined;
  if (!steps.every((v) => typeof v === 'number' && v > 0 && Number.isFinite(v))) return undefined;
  return { name: 'golden-spiral', n: count as number, anisotropy: [steps[0], steps[1], steps[2]] };
}
