import { allocate, type NdArray } from '../array/index.ts';
import type { Movie } from '../read/index.ts';

/** Largest part of a volume that is held while it is projected, bytes. */
const SLAB_BYTES = 64 * 2 ** 20;

/**
 * Maximum over z of one channel of a frame, `[y, x]`. One slab of planes is in memory at a time, so that a volume larger
 * than memory is projected too.
 *
 * @param slabBytes most bytes of a slab; one plane is the least
 */
export async function projectMax(
  movie: Pick<Movie, 'info' | 'readSlab'>,
  t: number,
  channel: number,
  slabBytes = SLAB_BYTES,
): Promise<NdArray> {
  const [nz, ny, nx] = movie.info.shape;
  const area = ny * nx;
  const most = allocate(movie.info.dtype, area);
  const planes = Math.max(1, Math.floor(slabBytes / most.byteLength));
  for (let from = 0; from < nz; from += planes) {
    const { data } = await movie.readSlab(t, channel, from, Math.min(nz, from + planes));
    if (from === 0) most.set(data.subarray(0, area) as typeof data & number[]);
    for (let z = from === 0 ? 1 : 0; z < data.length / area; z++) {
      for (let i = 0, j = z * area; i < area; i++, j++) if (data[j] > most[i]) most[i] = data[j];
    }
  }
  return { data: most, shape: [ny, nx] };
}

/**
 * The label nearest to the viewer (smallest z) at every pixel, `[y, x]`: of the whole volume where it is small, else
 * plane by plane.
 *
 * @param read the volume (`z` undefined) or one of its planes
 */
export async function projectFirst(
  [nz, ny, nx]: readonly [number, number, number],
  read: (z?: number) => Promise<NdArray<Uint32Array>>,
  slabBytes = SLAB_BYTES,
): Promise<NdArray<Uint32Array>> {
  const area = ny * nx;
  const whole = 4 * nz * area <= slabBytes ? (await read()).data : null;
  const first = new Uint32Array(area);
  for (let z = 0; z < nz; z++) {
    const plane = whole?.subarray(z * area, (z + 1) * area) ?? (await read(z)).data;
    for (let i = 0; i < area; i++) if (first[i] === 0) first[i] = plane[i];
  }
  return { data: first, shape: [ny, nx] };
}
