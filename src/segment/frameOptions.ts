import type { NdArray } from '../array/index.ts';
import { MorulaError } from '../errors/index.ts';
import type { Manifest } from '../model/index.ts';
import type { IntensityRange } from './percentiles.ts';
import type { FrameObjects, LabelImage } from './types.ts';

/** How a frame is segmented; what is absent comes from the model's manifest. */
export interface SegmentOptions {
  /** In (0, 1). */
  probThreshold?: number;
  /** In [0, 1). */
  nmsThreshold?: number;
  /** Diameter of the objects in this image, pixels: the image is rescaled so that the network sees its own size. 2D only. */
  objectDiameterPx?: number;
  /** See `OverlapOptions`. 2D only. */
  integerScale?: 1 | 100;
  /** Bytes that segmenting a volume may take, with the volume and its labels: sets the size of the tiles. Default 2e9. */
  memory?: number;
}

/** What one frame gave. */
export interface FrameSegmentation {
  objects: FrameObjects;
  /** `[y, x]` or `[z, y, x]`; lies in the scratch and is valid until its next use. */
  labels: LabelImage;
  /** Milliseconds inside the network's runtime. */
  networkMs: number;
  /** What a user should know about this frame, one line each. */
  warnings: string[];
}

/**
 * The shape that all channels have, of rank `ndim`.
 *
 * @throws `invalid-option` for a channel that is not there, `unsupported` for another rank, `shape-mismatch`
 */
export function checkShapes(
  channels: readonly NdArray[],
  segmentChannel: number,
  ndim: 2 | 3,
): readonly number[] {
  const image = channels[segmentChannel];
  if (!image)
    throw new MorulaError(
      'invalid-option',
      `segment: the channel to segment must lie in [0, ${channels.length}), got ${segmentChannel}`,
    );
  const { shape } = image;
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
export function checkThresholds(options: SegmentOptions, manifest: Manifest): { prob: number; nms: number } {
  const { probThreshold: prob = manifest.thresholds.prob, nmsThreshold: nms = manifest.thresholds.nms } =
    options;
  if (!(prob > 0 && prob < 1))
    throw new MorulaError('invalid-option', `segment: probThreshold must lie in (0, 1), got ${prob}`);
  if (!(nms >= 0 && nms < 1))
    throw new MorulaError('invalid-option', `segment: nmsThreshold must lie in [0, 1), got ${nms}`);
  return { prob, nms };
}

/**
 * Grey values for 0 and 1, or null for a frame without contrast (where few pixels are bright, 1 is the brightest);
 * what is odd about the frame is added to the warnings.
 */
export function contrastOf(
  { low, high, max, nonFinite }: IntensityRange,
  warnings: string[],
): [number, number] | null {
  if (nonFinite > 0) warnings.push(`${nonFinite} pixels are NaN or infinite and count as background`);
  if (high > low) return [low, high];
  if (max > low) return [low, max];
  warnings.push('the frame is empty: all its pixels are equal or not finite');
  return null;
}
