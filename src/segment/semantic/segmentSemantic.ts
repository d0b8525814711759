import type { NdArray, TypedArray } from '../../array/index.ts';
import { MorulaError } from '../../errors/index.ts';
import type { SemanticManifest, SemanticSession } from '../../model/index.ts';
import { checkShapes, type FrameSegmentation, inputsOf, type SegmentOptions } from '../frameOptions.ts';
import { DEFAULT_MEMORY } from '../planVolume.ts';
import { labelsOf, type Scratch } from '../scratch.ts';
import { volumeRange } from '../volumeRange.ts';
import { decodeInstances } from './instances.ts';
import type { Size } from './neighbours.ts';
import { planMaps } from './planMaps.ts';
import { countMaps, emptyMaps, predictMaps } from './predictMaps.ts';
import { spansOf } from './spans.ts';

/**
 * Segments one frame with a semantic network: normalise over the whole frame, run the network tile by tile, tell the
 * objects of its maps apart, measure.
 *
 * @param channels images `[y, x]` or `[z, y, x]` of one shape; all are measured
 * @throws as `segmentFrame`
 */
export async function segmentSemantic(
  channels: readonly NdArray[],
  segmentChannel: number | readonly number[],
  session: SemanticSession,
  options: SegmentOptions,
  scratch: Scratch,
): Promise<FrameSegmentation> {
  const { manifest } = session;
  const inputs = inputsOf(options.seen ?? channels, segmentChannel, manifest);
  const shape = checkShapes(inputs[0]!, channels, manifest.ndim);
  const { prob, memory } = checkOptions(options, manifest);
  const [y, x] = shape.slice(-2) as [number, number];
  const size: Size = [shape.length === 3 ? shape[0]! : 1, y, x];
  const warnings: string[] = [];
  const rangeOf = (data: TypedArray[], low: number, high: number) => volumeRange(data, x, low, high);
  const spans = spansOf(inputs, manifest.normalise, rangeOf, warnings);
  let maps = null;
  let networkMs = 0;
  if (spans !== null) {
    const frameBytes = channels.reduce((sum, { data }) => sum + data.byteLength, 0);
    const plan = planMaps(size, manifest, frameBytes, countMaps(manifest), memory);
    if (plan.bytes > memory)
      warnings.push(
        `segmenting ${shape.join(' x ')} pixels takes about ${gigabytes(plan.bytes)}, more than the ${gigabytes(memory)} allowed`,
      );
    ({ maps, networkMs } = await predictMaps(inputs, spans, size, plan, session, scratch));
  }
  maps ??= emptyMaps(manifest, size);
  const labels = labelsOf(scratch, size[0] * y * x);
  const objects = decodeInstances(maps, manifest.instances, prob, labels, size, channels);
  return { objects, labels: { data: labels, shape: [...shape] }, networkMs, warnings };
}

function checkOptions(
  { probThreshold, objectDiameterPx, memory = DEFAULT_MEMORY }: SegmentOptions,
  manifest: SemanticManifest,
): { prob: number; memory: number } {
  const prob = probThreshold ?? manifest.thresholds.prob;
  if (!(prob > 0 && prob < 1))
    throw new MorulaError('invalid-option', `segment: probThreshold must lie in (0, 1), got ${prob}`);
  if (!(memory > 0))
    throw new MorulaError('invalid-option', `segment: memory must be over 0 bytes, got ${memory}`);
  if (objectDiameterPx !== undefined)
    throw new MorulaError(
      'unsupported',
      `segment: objectDiameterPx must be left out for ${manifest.name}, a semantic network; resample the movie instead`,
    );
  return { prob, memory };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toPrecision(2)} GB`;
}
