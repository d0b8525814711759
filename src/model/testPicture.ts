/** Distance of the discs' centres, pixels; and of the planes in which balls have their centres. */
const PITCH = 32;
const PLANE_PITCH = 16;

/**
 * Blurred discs (balls in 3D) of several sizes on a dark ground, values about 0 to 1 like a normalised frame.
 *
 * @param size `[y, x]` or `[z, y, x]`
 * @returns `[channels, ...size]`, every channel the same
 */
export function testPicture(size: readonly number[], channels = 1): Float32Array {
  const [height, width] = size.slice(-2) as [number, number];
  const depth = size.length === 3 ? size[0]! : 1;
  const picture = new Float32Array(channels * depth * height * width);
  for (let i = 0, z = 0; z < depth; z++) {
    const dz = size.length === 3 ? (z % PLANE_PITCH) - Math.min(depth, PLANE_PITCH) / 2 : 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const radius = 6 + ((Math.floor(y / PITCH) * 3 + Math.floor(x / PITCH) * 5) % 6);
        const d = Math.hypot(dz, (y % PITCH) - PITCH / 2, (x % PITCH) - PITCH / 2);
        const grain = ((x * 7919 + y * 104729) % 101) / 1010;
        picture[i] = 1 / (1 + Math.exp(1.5 * (d - radius))) + grain;
      }
    }
  }
  const pixels = depth * height * width;
  for (let c = 1; c < channels; c++) picture.copyWithin(c * pixels, 0, pixels);
  return picture;
}
