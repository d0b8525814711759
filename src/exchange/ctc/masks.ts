import { basename } from 'node:path';
import { allocate, dtypeOf, type NdArray, sizeOf } from '../../array/index.ts';
import { openTiff } from '../../codec/tiff/index.ts';
import { MorulaError } from '../../errors/index.ts';
import { asReadError } from '../input.ts';

/** A label file, `[y, x]`, or `[z, y, x]` where it has more than one page. Integer dtype. */
export async function readMask(path: string): Promise<NdArray> {
  const file = await openTiff(path).catch((error: unknown) => {
    throw asReadError(path, error);
  });
  try {
    const first = await file.readPage(0);
    const dtype = dtypeOf(first.data);
    if (dtype.startsWith('float')) {
      const message = `ctc: ${basename(path)} must hold whole-number labels, found ${dtype}`;
      throw new MorulaError('invalid-data', message);
    }
    if (file.nPages === 1) return first;
    const shape = [file.nPages, ...first.shape];
    const data = allocate(dtype, sizeOf(shape));
    data.set(first.data);
    for (let z = 1; z < file.nPages; z++) {
      const page = await file.readPage(z);
      if (page.data.length !== first.data.length) {
        const message = `ctc: ${basename(path)} must have pages of one size, page ${z} is ${page.shape.join(' x ')}`;
        throw new MorulaError('shape-mismatch', message);
      }
      data.set(page.data, z * first.data.length);
    }
    return { data, shape };
  } finally {
    await file.close();
  }
}

/** Planes `[y, x]` of a frame `[y, x]` or `[z, y, x]`, as views. */
export function planesOf(frame: NdArray): NdArray[] {
  if (frame.shape.length === 2) return [frame];
  const [nz, ny, nx] = frame.shape;
  const size = ny * nx;
  return Array.from({ length: nz }, (_, z) => ({
    data: frame.data.subarray(z * size, (z + 1) * size),
    shape: [ny, nx],
  }));
}
