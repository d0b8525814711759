import type { NdArray, TypedArray } from '../../array/index.ts';
import type { SemanticNormalise } from '../../model/index.ts';
import { contrastOf, type Span } from '../frameOptions.ts';
import type { IntensityRange } from '../percentiles.ts';

/** What is added to a standard deviation. Source: the descriptions of bioimage.io, whose default it is. */
const EPSILON = 1e-6;

/**
 * Grey values that become 0 and 1 in each of the network's inputs, or null for a frame without contrast; what is odd
 * about the frame is added to the warnings.
 *
 * @param rangeOf percentiles over some images together
 */
export function spansOf(
  inputs: readonly NdArray[],
  normalise: SemanticNormalise,
  rangeOf: (images: TypedArray[], low: number, high: number) => IntensityRange,
  warnings: string[],
): Span[] | null {
  if (normalise.method === 'percentiles') return contrastOf(inputs, { normalise }, rangeOf, warnings);
  const whole = contrastOf(inputs, { normalise: { low: 0, high: 100 } }, rangeOf, warnings);
  if (whole === null) return null;
  if (normalise.method === 'linear') {
    const low = -normalise.offset / normalise.gain;
    return inputs.map(() => [low, low + 1 / normalise.gain]);
  }
  const shared = normalise.perChannel ? null : standardSpan(inputs);
  return inputs.map((image) => shared ?? standardSpan([image]));
}

/** Mean, and mean plus standard deviation (of all pixels, not of a sample), over the finite pixels of some images. */
function standardSpan(images: readonly NdArray[]): Span {
  let count = 0;
  let sum = 0;
  for (const { data } of images)
    for (let i = 0; i < data.length; i++) {
      const value = data[i]!;
      if (value - value !== 0) continue;
      sum += value;
      count++;
    }
  const mean = sum / count;
  let squares = 0;
  for (const { data } of images)
    for (let i = 0; i < data.length; i++) {
      const value = data[i]! - mean;
      if (value - value === 0) squares += value * value;
    }
  return [mean, mean + Math.sqrt(squares / count) + EPSILON];
}
