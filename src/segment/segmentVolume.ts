import type { NdArray } from '../array/index.ts';
import { MorulaError } from '../errors/index.ts';
import type { Triple, VolumeManifest, VolumeSession } from '../model/index.ts';
import { openBands } from './bands.ts';
import { statedProb } from './candidates.ts';
import { type Candidates3d, createCandidates3d } from './candidates3d.ts';
import type { Cones } from './cones.ts';
import {
  checkShapes,
  checkThresholds,
  contrastOf,
  type FrameSegmentation,
  inputsOf,
  type SegmentOptions,
} from './frameOptions.ts';
import { compactBands, measureBands } from './measure.ts';
import { DEFAULT_MEMORY, planVolume } from './planVolume.ts';
import { predictVolume } from './predict3d.ts';
import { paintPolyhedra } from './render3d.ts';
import { planResize, type VolumeResize, volumeScale } from './resizeVolume.ts';
import { conesOf, labelsOf, type Scratch } from './scratch.ts';
import { suppressOverlaps3d } from './suppress3d.ts';
import type { FrameObjects, LabelImage } from './types.ts';
import { volumeRange } from './volumeRange.ts';
import { mostWeak } from './weak.ts';
import { weakBeside3d, weakInFrame } from './weak3d.ts';

/**
 * Segments one volume: normalise by percentiles of the whole, run the network tile by tile, suppress once over all
 * candidates, paint, measure. Memory is the volume, its labels, and what `options.memory` leaves for the rest.
 *
 * @param channels volumes `[z, y, x]` of one shape; all are measured
 * @throws as `segmentFrame`
 */
export async function segmentVolume(
  channels: readonly NdArray[],
  segmentChannel: number | readonly number[],
  session: VolumeSession,
  options: SegmentOptions,
  scratch: Scratch,
): Promise<FrameSegmentation> {
  const { manifest } = session;
  const inputs = inputsOf(options.seen ?? channels, segmentChannel, manifest);
  const shape = checkShapes(inputs[0], channels, 3) as Triple;
  const { prob, nms } = checkThresholds(options, manifest);
  const memory = checkMemory(options);
  const resize = resizeOf(options, shape, manifest);
  const warnings: string[] = [];
  const spans = contrastOf(
    inputs,
    manifest,
    (data, low, high) => volumeRange(data, shape[2], low, high),
    warnings,
  );
  let candidates = createCandidates3d(manifest.nRays, manifest.grid, resize?.shape ?? shape);
  const { keepWeak = true } = options;
  let weak = candidates;
  let networkMs = 0;
  if (spans !== null) {
    const frameBytes = channels.reduce((sum, { data }) => sum + data.byteLength, 0);
    const plan = planVolume(shape, manifest, frameBytes, memory, resize?.shape);
    if (plan.bytes.total > memory)
      warnings.push(
        `segmenting ${shape.join(' x ')} voxels takes about ${gigabytes(plan.bytes.total)}, more than the ${gigabytes(memory)} allowed`,
      );
    const prediction = await predictVolume(inputs, spans, plan, session, prob, scratch, keepWeak, resize);
    ({ candidates, weak, networkMs } = prediction);
    if (prediction.found > candidates.count)
      warnings.push(
        `only ${candidates.count} of ${prediction.found} candidates fit into memory, the best of each neighbourhood; objects may be missing`,
      );
  }
  const cones = conesOf(scratch, candidates.nRays, manifest.rays.anisotropy);
  const { survivors, ...found } = decode3d(candidates, nms, cones, channels, shape, resize, scratch);
  const frame = { ...found, networkMs, warnings };
  if (!keepWeak) return frame;
  const most = mostWeak(found.objects.count);
  const below = weakBeside3d(candidates, survivors, weak, nms, cones, most);
  return { ...frame, weak: resize ? weakInFrame(below, cones, resize.scale) : below };
}

/** Turns candidates into the objects of a volume: suppress, paint, drop what is hidden, number best first, measure. */
function decode3d(
  candidates: Candidates3d,
  nmsThreshold: number,
  cones: Cones,
  channels: readonly NdArray[],
  shape: Triple,
  resize: VolumeResize | null,
  scratch: Scratch,
): { objects: FrameObjects; labels: LabelImage; survivors: Uint32Array } {
  const data = labelsOf(scratch, shape[0] * shape[1] * shape[2]);
  const survivors = suppressOverlaps3d(candidates, nmsThreshold, cones);
  const bands = openBands(data, shape[0] * shape[1], shape[2], { blank: true });
  paintPolyhedra(bands, candidates, survivors, cones, shape[1], resize?.scale);
  const visible = compactBands(bands, survivors.length);
  const prob = Float32Array.from(visible, (label) => statedProb(candidates.prob[survivors[label - 1]]));
  const objects = measureBands(bands, shape[0], shape[1], prob, channels);
  bands.close();
  return { objects, labels: { data, shape: [...shape] }, survivors };
}

/** How the volume is resized, or null where it is taken as it is. */
function resizeOf(
  { objectDiameterPx, voxelSize }: SegmentOptions,
  shape: Triple,
  manifest: VolumeManifest,
): VolumeResize | null {
  if (objectDiameterPx === undefined) return null;
  const scale = volumeScale(objectDiameterPx, voxelSize ?? null, manifest);
  return scale.every((s) => s === 1) ? null : planResize(shape, scale);
}

function checkMemory({ memory = DEFAULT_MEMORY }: SegmentOptions): number {
  if (memory > 0) return memory;
  throw new MorulaError('invalid-option', `segment: memory must be over 0 bytes, got ${memory}`);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toPrecision(2)} GB`;
}
