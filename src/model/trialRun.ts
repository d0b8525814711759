import { type GridOutput, isVolumeSession, type Manifest, type ModelSession } from './types.ts';

/** Sides of a test picture, rounded up to what the network takes. */
const PICTURE = [256, 256];
const VOLUME = [16, 64, 64];

/** Size of the picture that a network is tried on: 256 x 256, 16 x 64 x 64 in 3D, or the only one that it takes. */
export function trialSize({ ndim, fixedSize, divisibleBy }: Manifest): number[] {
  const steps: readonly number[] = divisibleBy;
  const wanted = ndim === 3 ? VOLUME : PICTURE;
  return [...(fixedSize ?? wanted.map((n, axis) => Math.ceil(n / steps[axis]!) * steps[axis]!))];
}

/** One run on a picture of that size. */
export function runOn(
  session: ModelSession,
  picture: Float32Array,
  size: readonly number[],
): Promise<GridOutput> {
  const [a, b, c] = size as [number, number, number];
  return isVolumeSession(session) ? session.run(picture, a, b, c) : session.run(picture, a, b);
}
