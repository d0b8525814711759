import type { NdArray, TypedArray } from '../array/index.ts';
import { MorulaError } from '../errors/index.ts';
import { bestOverlap, checkShapes, countOverlaps, distinctLabels } from './overlap.ts';
import type { Measure, SegImage, SegReader } from './types.ts';

/** Scores a result's masks against gold segmentation, frame by frame. */
export interface SegScorer {
  /**
   * @param mask reads the result's mask of frame `t`, frames ascending; null = it has none. It is asked for only where
   * there is truth; `labels` its labels, ascending
   */
  frame(t: number, mask: () => Promise<NdArray | null>, labels: ArrayLike<number>): Promise<void>;
  /** SEG, after the last frame; null without reference objects. */
  mean(): Promise<Measure>;
}

/** Plane `z` of a 3D image, or the image itself. */
function planeOf(image: NdArray, z: number | null, t: number): NdArray {
  if (z === null || image.shape.length === 2) return image;
  const [depth, height, width] = image.shape;
  if (z < 0 || z >= depth)
    throw new MorulaError(
      'shape-mismatch',
      `score: segmentation truth of frame ${t} is of plane ${z}, the result has ${depth} planes`,
    );
  const size = height * width;
  return { data: image.data.subarray(z * size, (z + 1) * size) as TypedArray, shape: [height, width] };
}

/**
 * SEG: the mean, over all reference objects of all given images, of the intersection over union with the object that
 * covers more than half of the reference, 0 where there is none. One image is held at a time.
 *
 * Source: M. Maska et al. 2014, "A benchmark for comparison of cell tracking algorithms",
 * doi:10.1093/bioinformatics/btu080, Methods.
 */
export function createSegScorer(seg: SegReader): SegScorer {
  const images = walk(seg);
  let next: Promise<SegImage | null> | null = null;
  let sum = 0;
  let count = 0;
  const take: SegScorer['frame'] = async (t, read, labels) => {
    let mask: NdArray | null | undefined;
    for (;;) {
      next ??= images.next().then(({ value, done }) => (done === true ? null : value));
      const image = await next;
      if (image === null || image.t > t) return;
      next = null;
      const truthLabels = distinctLabels(image.image.data);
      count += truthLabels.length;
      if (mask === undefined) mask = await read();
      if (mask === null) continue;
      const plane = planeOf(mask, image.z, image.t);
      checkShapes(image.image, plane, image.t);
      const overlaps = countOverlaps(image.image.data, plane.data, truthLabels, labels);
      for (let r = 0; r < truthLabels.length; r++) sum += bestOverlap(overlaps, r).iou;
    }
  };
  return {
    frame: take,
    async mean() {
      await take(Number.POSITIVE_INFINITY, async () => null, []);
      return count === 0 ? null : sum / count;
    },
  };
}

async function* walk(seg: SegReader): AsyncGenerator<SegImage, undefined> {
  yield* seg();
}
