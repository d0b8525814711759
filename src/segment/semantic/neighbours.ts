/** Size of an image of up to three axes, `[z, y, x]`; planes have z = 1. */
export type Size = readonly [number, number, number];

/** Most neighbours that share a face. */
export const FACES = 6;

/**
 * Writes the flat indices of the pixels that share a face with pixel `i` (4 in a plane, 6 in a volume) to `out`, in
 * the order -z, -y, -x, +x, +y, +z.
 *
 * @param out `[6]`
 * @returns how many there are
 */
export function faceNeighbours(i: number, [depth, height, width]: Size, out: Int32Array): number {
  const row = Math.floor(i / width);
  const x = i - row * width;
  const z = Math.floor(row / height);
  const y = row - z * height;
  const plane = height * width;
  let n = 0;
  if (z > 0) out[n++] = i - plane;
  if (y > 0) out[n++] = i - width;
  if (x > 0) out[n++] = i - 1;
  if (x < width - 1) out[n++] = i + 1;
  if (y < height - 1) out[n++] = i + width;
  if (z < depth - 1) out[n++] = i + plane;
  return n;
}

/** True for pixels at a side of the image; a plane has no sides along z. */
export function atBorder(i: number, [depth, height, width]: Size): boolean {
  const row = Math.floor(i / width);
  const x = i - row * width;
  const z = Math.floor(row / height);
  const y = row - z * height;
  return (
    x === 0 || y === 0 || x === width - 1 || y === height - 1 || (depth > 1 && (z === 0 || z === depth - 1))
  );
}
