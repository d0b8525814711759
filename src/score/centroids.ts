import { MorulaError } from '../errors/index.ts';
import { nodesOfFrame } from './match.ts';
import type { Side } from './side.ts';
import type { MaskReader, ScoreOptions } from './types.ts';

/** True if a node's position is not known. */
function lacksPositions(side: Side): boolean {
  for (let node = 0; node < side.count; node++)
    if (Number.isNaN(side.z[node] + side.y[node] + side.x[node])) return true;
  return false;
}

/** Writes the centroids of the labels of one frame into the side's columns, in units of `voxelSize`. */
function measureFrame(
  side: Side,
  t: number,
  image: Awaited<ReturnType<MaskReader>>,
  voxelSize: readonly [number, number, number],
): void {
  const nodes = nodesOfFrame(side, t);
  const rowOf = new Map<number, number>();
  for (const [row, node] of nodes.entries()) rowOf.set(side.label[node], row);
  const sums = new Float64Array(4 * nodes.length);
  const [height, width] = image.shape.slice(-2);
  const { data } = image;
  // runs of equal labels within one image row: pixel sum of x over a run is its length times its middle
  for (let line = 0; line * width < data.length; line++) {
    const end = (line + 1) * width;
    for (let i = line * width; i < end; ) {
      const label = data[i];
      const first = i;
      do i++;
      while (i < end && data[i] === label);
      const row = label === 0 ? undefined : rowOf.get(label);
      if (row === undefined) continue;
      const length = i - first;
      sums[4 * row] += length;
      sums[4 * row + 1] += length * Math.floor(line / height);
      sums[4 * row + 2] += length * (line % height);
      sums[4 * row + 3] += length * ((first + i - 1) / 2 - line * width);
    }
  }
  for (const [row, node] of nodes.entries()) {
    const size = sums[4 * row];
    if (size === 0) continue;
    side.z[node] = (sums[4 * row + 1] / size) * voxelSize[0];
    side.y[node] = (sums[4 * row + 2] / size) * voxelSize[1];
    side.x[node] = (sums[4 * row + 3] / size) * voxelSize[2];
  }
}

/**
 * Fills in unknown positions from the masks, one frame in memory at a time. Throws `invalid-data` where a node's
 * position stays unknown, because there are no masks or its label has no pixel.
 */
export async function fillPositions(
  side: Side,
  masks: MaskReader | undefined,
  name: string,
  options: ScoreOptions,
): Promise<void> {
  if (!lacksPositions(side)) return;
  for (let t = 0; masks && t < side.nFrames; t++) {
    options.signal?.throwIfAborted();
    measureFrame(side, t, await masks(t), options.voxelSize ?? [1, 1, 1]);
  }
  if (lacksPositions(side))
    throw new MorulaError(
      'invalid-data',
      `score: ${name}: every node must have a position to be matched by points, some have none`,
    );
}
