import { sigmoid } from '../outputs.ts';
import type { SemanticManifest } from './types.ts';

/** Turns the planes of a semantic network's output into probabilities, in place; distances stay as they are. */
export function activate(
  planes: readonly Float32Array[],
  { activation, classes }: Pick<SemanticManifest, 'activation' | 'classes'>,
): void {
  const probs = planes.filter((_, c) => classes[c] !== 'distance');
  if (activation === 'sigmoid') for (const plane of probs) sigmoid(plane);
  if (activation === 'softmax') softmax(probs);
}

/** Each pixel's exponentials over their sum, the largest value taken off first. */
function softmax(planes: readonly Float32Array[]): void {
  const length = planes[0]?.length ?? 0;
  for (let i = 0; i < length; i++) {
    let most = Number.NEGATIVE_INFINITY;
    for (const plane of planes) most = Math.max(most, plane[i]!);
    let sum = 0;
    for (const plane of planes) sum += plane[i] = Math.exp(plane[i]! - most);
    for (const plane of planes) plane[i]! /= sum;
  }
}
