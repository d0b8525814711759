/** Small images drawn as text, one character a pixel. */

import { createRandom } from '../../../src/array/index.ts';
import type { Size } from '../../../src/segment/semantic/neighbours.ts';

/** Rows of digits, `.` for 0. */
export function drawn(...rows: string[]): { values: number[]; size: Size } {
  const values = rows.flatMap((row) => [...row].map((c) => (c === '.' ? 0 : Number.parseInt(c, 36))));
  return { values, size: [1, rows.length, rows[0]!.length] };
}

/** A plane as such text. */
export function text(values: ArrayLike<number>, [, height, width]: Size): string[] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const value = values[y * width + x]!;
      return value === 0 ? '.' : value.toString(36);
    }).join(''),
  );
}

/** An image turned round along x, y or z. */
export function flipped<T extends Uint8Array | Uint16Array | Uint32Array>(
  values: T,
  [depth, height, width]: Size,
  axis: 'z' | 'y' | 'x',
): T {
  const out = values.slice() as T;
  for (let i = 0, z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++, i++) {
        const from = [
          axis === 'z' ? depth - 1 - z : z,
          axis === 'y' ? height - 1 - y : y,
          axis === 'x' ? width - 1 - x : x,
        ] as const;
        out[i] = values[(from[0] * height + from[1]) * width + from[2]]!;
      }
  return out;
}

/** Which pixels lie together, whatever their labels: for each pixel the first one of the same label. */
export function partition(labels: ArrayLike<number>): number[] {
  const first = new Map<number, number>([[0, -1]]);
  return Array.from(labels, (label, i) => {
    if (!first.has(label)) first.set(label, i);
    return first.get(label)!;
  });
}

/** The numbers 1..n in a random order: a map without ties. */
export function shuffled(n: number, seed: number): Uint16Array {
  const random = createRandom(seed);
  const values = Uint16Array.from({ length: n }, (_, i) => i + 1);
  for (let i = n - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return values;
}
