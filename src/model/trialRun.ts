import { isSemanticSession, isVolumeSession, type Manifest, type ModelSession } from './types.ts';

/** Sides of a test picture, rounded up to what the network takes. */
const PICTURE = [256, 256];
const VOLUME = [16, 64, 64];

/** Size of the picture that a network is tried on: 256 x 256, 16 x 64 x 64 in 3D, or the only one that it takes. */
export function trialSize({ ndim, fixedSize, divisibleBy }: Manifest): number[] {
  const steps: readonly number[] = divisibleBy;
  const wanted = ndim === 3 ? VOLUME : PICTURE;
  return [...(fixedSize ?? wanted.map((n, axis) => Math.ceil(n / steps[axis]!) * steps[axis]!))];
}

/** What one run gave, whatever the kind of network. */
interface TrialOutput {
  /** StarDist's prob and dist, or the planes of a semantic network. Valid until the session's next run. */
  arrays: Float32Array[];
  /** Milliseconds inside the runtime. */
  ms: number;
}

/** One run on a picture of that size. */
export async function runOn(
  session: ModelSession,
  picture: Float32Array,
  size: readonly number[],
): Promise<TrialOutput> {
  if (isSemanticSession(session)) {
    const { planes, ms } = await session.run(picture, size);
    return { arrays: planes, ms };
  }
  const [a, b, c] = size as [number, number, number];
  const { prob, dist, ms } = await (isVolumeSession(session)
    ? session.run(picture, a, b, c)
    : session.run(picture, a, b));
  return { arrays: [prob, dist], ms };
}
