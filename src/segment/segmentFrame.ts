import type { NdArray } from '../array/index.ts';
import { MorulaError } from '../errors/index.ts';
import {
  isVolumeSession,
  type Manifest,
  type ModelSession,
  type PlaneManifest,
  type PlaneSession,
} from '../model/index.ts';
import { decode2d } from './decode2d.ts';
import {
  checkShapes,
  checkThresholds,
  contrastOf,
  type FrameSegmentation,
  type SegmentOptions,
} from './frameOptions.ts';
import { normaliseInto, padReflect } from './normalise.ts';
import { intensityRange } from './percentiles.ts';
import { paddedSize, predictCandidates } from './predict2d.ts';
import { resizedLength, resizeInto } from './resize.ts';
import { candidatesOf, createScratch, floatsOf, labelsOf, type Scratch } from './scratch.ts';
import { segmentVolume } from './segmentVolume.ts';

/** Most pixels that a rescaled frame may have. */
const MAX_SCALED_PIXELS = 2 ** 28;

/**
 * Segments one frame: normalise by percentiles of the whole frame, rescale, pad, run the network, decode.
 * An empty, constant or not-a-number frame is a normal result without objects.
 *
 * @param channels images of one shape, `[y, x]` for a 2D model and `[z, y, x]` for a 3D one; all are measured
 * @param segmentChannel index in `channels` of the one that the network sees
 * @param scratch buffers to reuse from frame to frame
 * @throws `invalid-option`, `shape-mismatch`, `unsupported` (a 2D model on volumes, or a 3D one on planes),
 *   `invalid-data` (a broken model)
 */
export function segmentFrame(
  channels: readonly NdArray[],
  segmentChannel: number,
  session: ModelSession,
  options: SegmentOptions = {},
  scratch: Scratch = createScratch(),
): Promise<FrameSegmentation> {
  return isVolumeSession(session)
    ? segmentVolume(channels, segmentChannel, session, options, scratch)
    : segmentPlane(channels, segmentChannel, session, options, scratch);
}

async function segmentPlane(
  channels: readonly NdArray[],
  segmentChannel: number,
  session: PlaneSession,
  options: SegmentOptions,
  scratch: Scratch,
): Promise<FrameSegmentation> {
  const { manifest } = session;
  const [height, width] = checkShapes(channels, segmentChannel, 2) as readonly [number, number];
  const { prob, nms } = checkThresholds(options, manifest);
  const scale = scaleOf(options.objectDiameterPx, manifest, height, width);
  const image = channels[segmentChannel]!;
  const range = intensityRange(image.data, manifest.normalise.low, manifest.normalise.high);
  const warnings: string[] = [];
  const span = contrastOf(range, warnings);
  let networkMs = 0;
  let candidates = candidatesOf(scratch, manifest.nRays);
  if (span !== null) {
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

/** The network's input: normalised, rescaled, padded. */
function prepare(
  image: NdArray,
  [low, high]: [number, number],
  scale: number,
  size: readonly [number, number],
  manifest: PlaneManifest,
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
