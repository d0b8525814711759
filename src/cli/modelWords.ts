import type { Manifest } from '../model/index.ts';

/** `StarDist 2D, 32 rays, grid 2 x 2`, `semantic 2D: foreground, boundary`, `restores 2D pictures`. */
export function networkWords(manifest: Manifest): string {
  const { ndim } = manifest;
  if (restores(manifest)) return `restores ${ndim}D pictures, for --restore`;
  return manifest.kind === 'semantic'
    ? `semantic ${ndim}D: ${manifest.classes.join(', ')}`
    : `StarDist ${ndim}D, ${manifest.nRays} rays, grid ${manifest.grid.join(' x ')}`;
}

/** True for a network that gives a picture, of which no objects are made. */
export function restores(manifest: Manifest): boolean {
  return manifest.kind === 'semantic' && manifest.classes[0] === 'image';
}

/** `percentiles 1 to 99.8`, `mean 0, standard deviation 1`, `value x 0.01 + 2`. */
export function normaliseWords({ normalise }: Manifest): string {
  if ('method' in normalise && normalise.method === 'standard') return 'mean 0, standard deviation 1';
  if ('method' in normalise && normalise.method === 'linear')
    return `value x ${Number(normalise.gain.toPrecision(6))} + ${Number(normalise.offset.toPrecision(6))}`;
  return `percentiles ${normalise.low} to ${normalise.high}`;
}

/** `prob 0.5, overlap 0.4`; of a semantic network how objects are told apart. */
export function thresholdWords(manifest: Manifest): string {
  if (manifest.kind === 'stardist')
    return `prob ${manifest.thresholds.prob}, overlap ${manifest.thresholds.nms}`;
  const { seeds, seedThreshold, minSize } = manifest.instances;
  return `prob ${manifest.thresholds.prob}, seeds by ${seeds} at ${seedThreshold}, objects from ${minSize} px`;
}
