import type { NdArray } from '../array/index.ts';
import { MorulaError } from '../errors/index.ts';
import type { Manifest, ModelSession } from '../model/index.ts';
import { decode2d } from './decode2d.ts';
import { normaliseInto, padReflect } from './normalise.ts';
import { type IntensityRange, intensityRange } from './percentiles.ts';
import { paddedSize, predictCandidates } from './predict2d.ts';
import { resizedLength, resizeInto } from './resize.ts';
import { candidatesOf, createScratch, floatsOf, labelsOf, type Scratch } from './scratch.ts';
import type { FrameObjects, LabelImage } from './types.ts';

/** How a frame is segmented; what is absent comes from the model's manifest. */
export interface SegmentOptions {
  /** In (0, 1). */
  probThreshold?: number;
  /** In [0, 1). */
  nmsThreshold?: number;
  /** Diameter of the objects in this image, pixels: the image is rescaled so that the network sees its own size. */
  objectDiameterPx?: number;
  /** See `OverlapOptions`. */
  integerScale?: 1 | 100;
}

/** What one frame gave. */
export interface FrameSegmentation {
  objects: FrameObjects;
  /** `[y, x]`; lies in the scratch and is valid until its next use. */
  labels: LabelImage;
  /** Milliseconds inside the network's runtime. */
  networkMs: number;
  /** What a user should know about this frame, one line each. */
  warnings: string[];
}

/** Most pixels that a rescaled frame may have. */
const MAX_SCALED_PIXELS = 2 ** 28;

/**
 * Segments one frame: normalise by percentiles of the whole frame, rescale, pad, run the network, decode.
 * An empty, constant or not-a-number frame is a normal result without objects.
 *
 * @param channels images `[y, x]` of one shape; all are measured
 * @param segmentChannel index in `channels` of the one that the network sees
 * @param scratch buffers to reuse from frame to frame
 * @throws `invalid-option`, `shape-mismatch`, `unsupported` (volumes), `invalid-data` (a broken model)
 */
export async function segmentFrame(
  channels: readonly NdArray[],
  segmentChannel: number,
  session: ModelSession,
  options: SegmentOptions = {},
  scratch: Scratch = createScratch(),
): Promise<FrameSegmentation> {
  const { manifest } = session;
  const [height, width] = checkShapes(channels, segmentChannel);
  const { prob, nms } = checkThresholds(options, manifest);
  const scale = scaleOf(options.objectDiameterPx, manifest, height, width);
  const image = channels[segmentChannel]!;
  const range = intensityRange(image.data, manifest.normalise.low, manifest.normalise.high);
  const warnings: string[] = [];
  if (range.nonFinite > 0)
    warnings.push(`${range.nonFinite} pixels are NaN or infinite and count as background`);
  const span = contrast(range);
  let networkMs = 0;
  let candidates = candidatesOf(scratch, manifest.nRays);
  if (span === null) {
    warnings.push('the frame is empty: all its pixels are equal or not finite');
  } else {
    const size = [resizedLength(height, scale), resizedLength(width, scale)] as const;
    const padded = prepare(image, span, scale, size, manifest, scratch);
    const prediction = await predictCandidates(
      padded.data,
      padded.shape,
      size,
      session,
      prob,
      scale,
      scratch,
    );
    ({ candidates, networkMs } = prediction);
  }
  const overlap = { nmsThreshold: nms, integerScale: options.integerScale ?? 1 };
  const decoded = decode2d(candidates, overlap, labelsOf(scratch, height * width), height, width, channels);
  return { ...decoded, networkMs, warnings };
}

/** Grey values for 0 and 1, or null for a frame without contrast. Where few pixels are bright, 1 is the brightest. */
function contrast({ low, high, max }: IntensityRange): [number, number] | null {
  if (high > low) return [low, high];
  return max > low ? [low, max] : null;
}

/** The network's input: normalised, rescaled, padded. */
function prepare(
  image: NdArray,
  [low, high]: [number, number],
  scale: number,
  size: readonly [number, number],
  manifest: Manifest,
  scratch: Scratch,
): { data: Float32Array; shape: [number, number] } {
  const [height, width] = image.shape as [number, number];
  const shape = paddedSize(size[0], size[1], manifest);
  const data = floatsOf(scratch, 'padded', shape[0] * shape[1]);
  if (scale === 1) {
    normaliseInto(image.data, height, width, low, high, data, shape[1]);
  } else {
    const normalised = floatsOf(scratch, 'normalised', height * width);
    normaliseInto(image.data, height, width, low, high, normalised, width);
    resizeInto(normalised, height, width, scale, data, shape[1]);
  }
  padReflect(data, size[0], size[1], shape[0], shape[1]);
  return { data, shape };
}

function checkShapes(channels: readonly NdArray[], segmentChannel: number): readonly [number, number] {
  const image = channels[segmentChannel];
  if (!image)
    throw new MorulaError(
      'invalid-option',
      `segment: the channel to segment must lie in [0, ${channels.length}), got ${segmentChannel}`,
    );
  const shape = image.shape;
  if (shape.length !== 2)
    throw new MorulaError(
      'unsupported',
      `segment: a frame must be a plane (y, x), got rank ${shape.length}; volumes come later with 3D models`,
    );
  for (const other of channels) {
    if (other.shape.length !== 2 || other.shape[0] !== shape[0] || other.shape[1] !== shape[1])
      throw new MorulaError(
        'shape-mismatch',
        `segment: all channels must have the shape ${shape.join(' x ')}, got ${other.shape.join(' x ')}`,
      );
  }
  if (!(shape[0]! >= 1 && shape[1]! >= 1))
    throw new MorulaError('shape-mismatch', `segment: a frame must have pixels, got ${shape.join(' x ')}`);
  return [shape[0]!, shape[1]!];
}

function checkThresholds(options: SegmentOptions, manifest: Manifest): { prob: number; nms: number } {
  const { probThreshold: prob = manifest.thresholds.prob, nmsThreshold: nms = manifest.thresholds.nms } =
    options;
  if (!(prob > 0 && prob < 1))
    throw new MorulaError('invalid-option', `segment: probThreshold must lie in (0, 1), got ${prob}`);
  if (!(nms >= 0 && nms < 1))
    throw new MorulaError('invalid-option', `segment: nmsThreshold must lie in [0, 1), got ${nms}`);
  return { prob, nms };
}

/** Network input pixels per frame pixel. */
function scaleOf(diameterPx: number | undefined, manifest: Manifest, height: number, width: number): number {
  if (diameterPx === undefined) return 1;
  if (!(diameterPx > 0 && Number.isFinite(diameterPx)))
    throw new MorulaError('invalid-option', `segment: objectDiameterPx must be over 0, got ${diameterPx}`);
  if (manifest.objectDiameterPx === null)
    throw new MorulaError(
      'invalid-option',
      `segment: the model ${manifest.name} must state objectDiameterPx to be used with an object diameter; ` +
        'add it to its model.json',
    );
  const scale = manifest.objectDiameterPx / diameterPx;
  if (resizedLength(height, scale) * resizedLength(width, scale) > MAX_SCALED_PIXELS)
    throw new MorulaError(
      'invalid-option',
      `segment: an object diameter of ${diameterPx.toPrecision(3)} pixels would enlarge frames ` +
        `${scale.toPrecision(3)} times; check the pixel size and the diameter`,
    );
  return scale;
}
