import type { NdArray } from '../array/index.ts';
import { MorulaError } from '../errors/index.ts';
import {
  isSemanticSession,
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
  inputsOf,
  type SegmentOptions,
  type Span,
} from './frameOptions.ts';
import { normaliseInto, padReflect } from './normalise.ts';
import { intensityRange } from './percentiles.ts';
import { gridColumns, paddedSize, predictCandidates } from './predict2d.ts';
import { resizedLength, resizeInto } from './resize.ts';
import { candidatesOf, createScratch, floatsOf, labelsOf, type Scratch, weakOf } from './scratch.ts';
import { segmentVolume } from './segmentVolume.ts';
import { segmentSemantic } from './semantic/segmentSemantic.ts';
import { mostWeak } from './weak.ts';
import { weakBeside } from './weak2d.ts';

/** Most pixels that a rescaled frame may have. */
const MAX_SCALED_PIXELS = 2 ** 28;

/**
 * Segments one frame: normalise by percentiles of the whole frame, rescale, pad, run the network, decode.
 * An empty, constant or not-a-number frame is a normal result without objects.
 *
 * @param channels images of one shape, `[y, x]` for a 2D model and `[z, y, x]` for a 3D one; all are measured
 * @param segmentChannel index in `channels` of the one that the network sees, or of each where it takes several
 * @param scratch buffers to reuse from frame to frame
 * @throws `invalid-option`, `shape-mismatch`, `unsupported` (a 2D model on volumes, or a 3D one on planes),
 *   `invalid-data` (a broken model)
 */
export function segmentFrame(
  channels: readonly NdArray[],
  segmentChannel: number | readonly number[],
  session: ModelSession,
  options: SegmentOptions = {},
  scratch: Scratch = createScratch(),
): Promise<FrameSegmentation> {
  if (isSemanticSession(session)) return segmentSemantic(channels, segmentChannel, session, options, scratch);
  return isVolumeSession(session)
    ? segmentVolume(channels, segmentChannel, session, options, scratch)
    : segmentPlane(channels, segmentChannel, session, options, scratch);
}

async function segmentPlane(
  channels: readonly NdArray[],
  segmentChannel: number | readonly number[],
  session: PlaneSession,
  options: SegmentOptions,
  scratch: Scratch,
): Promise<FrameSegmentation> {
  const { manifest } = session;
  const inputs = inputsOf(options.seen ?? channels, segmentChannel, manifest);
  const [height, width] = checkShapes(inputs[0]!, channels, 2) as readonly [number, number];
  const { prob, nms } = checkThresholds(options, manifest);
  const scale = scaleOf(options.objectDiameterPx, manifest, height, width);
  const warnings: string[] = [];
  const spans = contrastOf(inputs, manifest, intensityRange, warnings);
  let networkMs = 0;
  const { keepWeak = true } = options;
  let candidates = candidatesOf(scratch, manifest.nRays);
  let weak = weakOf(scratch, manifest.nRays);
  if (spans !== null) {
    const size = [resizedLength(height, scale), resizedLength(width, scale)] as const;
    const padded = prepare(inputs, spans, scale, size, manifest, scratch);
    const prediction = await predictCandidates(
      padded.data,
      padded.shape,
      size,
      session,
      prob,
      scale,
      scratch,
      keepWeak,
    );
    ({ candidates, weak, networkMs } = prediction);
  }
  const overlap = { nmsThreshold: nms, integerScale: options.integerScale ?? 1 };
  const labelled = labelsOf(scratch, height * width);
  const columns = manifest.outline === 'mean' ? gridColumns(width, scale, manifest) : undefined;
  const { keep: rule, thresholds } = manifest;
  const { objects, labels, survivors, dropped } = decode2d(
    candidates,
    overlap,
    labelled,
    height,
    width,
    channels,
    columns,
    edgeOf(inputs, manifest),
    rule === null ? undefined : { rule, height, width, scale, prob, usual: thresholds.prob },
  );
  const frame = { objects, labels, networkMs, warnings };
  if (!keepWeak) return frame;
  const most = mostWeak(objects.count);
  return { ...frame, weak: weakBeside(candidates, survivors, dropped, weak, overlap, most) };
}

/** Grey values of several channels have no common level. */
function edgeOf(
  inputs: readonly NdArray[],
  { edgeLevel }: PlaneManifest,
): { image: NdArray; share: number } | undefined {
  return edgeLevel === null || inputs.length !== 1 ? undefined : { image: inputs[0]!, share: edgeLevel };
}

/** The network's input, `[channels, ...shape]`: normalised, rescaled, padded. */
function prepare(
  inputs: readonly NdArray[],
  spans: readonly Span[],
  scale: number,
  size: readonly [number, number],
  manifest: PlaneManifest,
  scratch: Scratch,
): { data: Float32Array; shape: [number, number] } {
  const [height, width] = inputs[0]!.shape as [number, number];
  const shape = paddedSize(size[0], size[1], manifest);
  const area = shape[0] * shape[1];
  const data = floatsOf(scratch, 'padded', inputs.length * area);
  for (const [c, image] of inputs.entries()) {
    const [low, high] = spans[c]!;
    const plane = data.subarray(c * area, (c + 1) * area);
    if (scale === 1) {
      normaliseInto(image.data, height, width, low, high, plane, shape[1]);
    } else {
      const normalised = floatsOf(scratch, 'normalised', height * width);
      normaliseInto(image.data, height, width, low, high, normalised, width);
      resizeInto(normalised, height, width, scale, plane, shape[1]);
    }
    padReflect(plane, size[0], size[1], shape[0], shape[1]);
  }
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
