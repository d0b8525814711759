import type { Size } from './neighbours.ts';

/**
 * Distance of every object pixel to the nearest background pixel, centre to centre; 0 in the background. What lies
 * outside the image is not background. Exact up to float32; where there is no background, the image's diagonal. O(n).
 *
 * Source: Felzenszwalb and Huttenlocher 2012, Distance transforms of sampled functions,
 * doi 10.4086/toc.2012.v008a019, section 2: squared distances along one axis after another, each the lower envelope
 * of parabolas.
 *
 * @param mask `[z, y, x]`, 0 = background
 * @param spacing length of a step along z, y and x
 * @returns `[z, y, x]`, in the spacing's unit
 */
export function distanceToBackground(mask: Uint8Array, size: Size, spacing: Size): Float32Array {
  const farthest = size.reduce((sum, n, axis) => sum + (n * spacing[axis]!) ** 2, 0);
  const squared = new Float32Array(mask.length);
  for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) squared[i] = farthest;
  const envelope = createEnvelope(Math.max(...size));
  const [depth, height, width] = size;
  const plane = height * width;
  for (let row = 0; row < depth * height; row++)
    lowerLine(squared, row * width, 1, width, spacing[2], envelope);
  for (let z = 0; z < depth; z++)
    for (let x = 0; x < width; x++) lowerLine(squared, z * plane + x, width, height, spacing[1], envelope);
  for (let i = 0; depth > 1 && i < plane; i++) lowerLine(squared, i, plane, depth, spacing[0], envelope);
  for (let i = 0; i < squared.length; i++) squared[i] = Math.sqrt(squared[i]!);
  return squared;
}

/** Room for one line: its values, the parabolas of the lower envelope, and where each takes over. */
interface Envelope {
  value: Float64Array;
  vertex: Int32Array;
  from: Float64Array;
}

function createEnvelope(length: number): Envelope {
  return {
    value: new Float64Array(length),
    vertex: new Int32Array(length),
    from: new Float64Array(length + 1),
  };
}

/** Replaces the values f of a line by `min over q of f(q) + (step (p - q))^2`. */
function lowerLine(
  f: Float32Array,
  start: number,
  stride: number,
  length: number,
  step: number,
  { value, vertex, from }: Envelope,
): void {
  let background = 0;
  for (let p = 0; p < length; p++) {
    value[p] = f[start + p * stride]!;
    if (value[p] === 0) background++;
  }
  if (background === length) return;
  const weight = step * step;
  let k = 0;
  vertex[0] = 0;
  from[0] = Number.NEGATIVE_INFINITY;
  from[1] = Number.POSITIVE_INFINITY;
  for (let q = 1; q < length; q++) {
    let cut = crossing(value, vertex[k]!, q, weight);
    while (cut <= from[k]!) cut = crossing(value, vertex[--k]!, q, weight);
    k++;
    vertex[k] = q;
    from[k] = cut;
    from[k + 1] = Number.POSITIVE_INFINITY;
  }
  k = 0;
  for (let p = 0; p < length; p++) {
    while (from[k + 1]! < p) k++;
    const q = vertex[k]!;
    f[start + p * stride] = value[q]! + weight * (p - q) * (p - q);
  }
}

/** Where the parabolas over p < q meet. */
function crossing(value: Float64Array, p: number, q: number, weight: number): number {
  return (value[q]! - value[p]!) / (2 * weight * (q - p)) + (q + p) / 2;
}
