import type { NdArray, TypedArray } from '../array/index.ts';
import { MorulaError } from '../errors/index.ts';
import type { Manifest, StarManifest, Triple } from '../model/index.ts';
import type { IntensityRange } from './percentiles.ts';
import type { FrameObjects, LabelImage } from './types.ts';
import type { WeakCandidates } from './weak.ts';

/** How a frame is segmented; what is absent comes from the model's manifest. */
export interface SegmentOptions {
  /** In (0, 1). */
  probThreshold?: number;
  /** In [0, 1). */
  nmsThreshold?: number;
  /** Diameter of the objects in this image, pixels of y: the image is rescaled so that the network sees its own size. */
  objectDiameterPx?: number;
  /** `[z, y, x]` in one unit, where it is known: how volumes are rescaled along z. 3D only. */
  voxelSize?: Triple;
  /** See `OverlapOptions`. 2D only. */
  integerScale?: 1 | 100;
  /** What the network sees in place of the channels, as many and of their shape: restored ones. The channels are measured. */
  seen?: readonly NdArray[];
  /** Also look for candidates below the threshold. Default true. */
  keepWeak?: boolean;
  /** Bytes that segmenting a volume may take, with the volume and its labels: sets the size of the tiles. Default 2e9. */
  memory?: number;
}

/** Grey values that become 0 and 1. */
export type Span = readonly [low: number, high: number];

/** Every grey value becomes 0. */
const NOTHING: Span = [0, Number.POSITIVE_INFINITY];

/** What one frame gave. */
export interface FrameSegmentation {
  objects: FrameObjects;
  /** `[y, x]` or `[z, y, x]`; lies in the scratch and is valid until its next use. */
  labels: LabelImage;
  /** Absent for networks that give no candidates, and where they are not asked for. */
  weak?: WeakCandidates;
  /** Milliseconds inside the network's runtime. */
  networkMs: number;
  /** What a user should know about this frame, one line each. */
  warnings: string[];
}

/**
 * The images that the network sees, in its order.
 *
 * @param wanted index in `channels` for each of the network's inputs; a number stands for a list of one
 * @throws `invalid-option` for a channel that is not there, or for another number than the network takes
 */
export function inputsOf(
  channels: readonly NdArray[],
  wanted: number | readonly number[],
  { name, channels: nInputs }: Manifest,
): NdArray[] {
  const indices = typeof wanted === 'number' ? [wanted] : wanted;
  if (indices.length !== nInputs)
    throw new MorulaError(
      'invalid-option',
      `segment: the model ${name} takes ${nInputs} channel${nInputs === 1 ? '' : 's'}, got ${indices.length}`,
    );
  return indices.map((index) => {
    const image = channels[index];
    if (image) return image;
    throw new MorulaError(
      'invalid-option',
      `segment: the channel to segment must lie in [0, ${channels.length}), got ${index}`,
    );
  });
}

/**
 * The shape that all channels have, of rank `ndim`.
 *
 * @param image one of them
 * @throws `unsupported` for another rank, `shape-mismatch`
 */
export function checkShapes(
  { shape }: NdArray,
  channels: readonly NdArray[],
  ndim: 2 | 3,
): readonly number[] {
  const axes = ndim === 2 ? 'a plane (y, x)' : 'a volume (z, y, x)';
  if (shape.length !== ndim)
    throw new MorulaError(
      'unsupported',
      `segment: a frame must be ${axes} for a ${ndim}D model, got rank ${shape.length}; use a model for such frames`,
    );
  const text = shape.join(' x ');
  for (const other of channels) {
    if (other.shape.join(' x ') !== text)
      throw new MorulaError(
        'shape-mismatch',
        `segment: all channels must have the shape ${text}, got ${other.shape.join(' x ')}`,
      );
  }
  if (!shape.every((n) => n >= 1))
    throw new MorulaError('shape-mismatch', `segment: a frame must have pixels, got ${text}`);
  return shape;
}

/** The thresholds to use. @throws `invalid-option` */
export function checkThresholds(
  options: SegmentOptions,
  manifest: StarManifest,
): { prob: number; nms: number } {
  const { probThreshold: prob = manifest.thresholds.prob, nmsThreshold: nms = manifest.thresholds.nms } =
    options;
  if (!(prob > 0 && prob < 1))
    throw new MorulaError('invalid-option', `segment: probThreshold must lie in (0, 1), got ${prob}`);
  if (!(nms >= 0 && nms < 1))
    throw new MorulaError('invalid-option', `segment: nmsThreshold must lie in [0, 1), got ${nms}`);
  return { prob, nms };
}

/**
 * Grey values for 0 and 1 of each network input, or null for a frame without contrast (where few pixels are bright, 1
 * is the brightest); what is odd about the frame is added to the warnings. Inputs share one pair unless the manifest
 * normalises each channel on its own, where one without contrast becomes 0 throughout.
 *
 * @param rangeOf percentiles over some images together
 */
export function contrastOf(
  inputs: readonly NdArray[],
  { normalise }: Pick<StarManifest, 'normalise'>,
  rangeOf: (images: TypedArray[], low: number, high: number) => IntensityRange,
  warnings: string[],
): Span[] | null {
  const groups = normalise.perChannel === true ? inputs.map((image) => [image]) : [inputs];
  const ranges = groups.map((group) =>
    rangeOf(
      group.map(({ data }) => data),
      normalise.low,
      normalise.high,
    ),
  );
  const nonFinite = ranges.reduce((sum, range) => sum + range.nonFinite, 0);
  if (nonFinite > 0) warnings.push(`${nonFinite} pixels are NaN or infinite and count as background`);
  const spans = ranges.map(({ low, high, max }): Span | null =>
    high > low ? [low, high] : max > low ? [low, max] : null,
  );
  if (spans.some((span) => span !== null)) return inputs.map((_, i) => spans[i % spans.length] ?? NOTHING);
  warnings.push('the frame is empty: all its pixels are equal or not finite');
  return null;
}
