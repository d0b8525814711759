import { buildDataset } from '../../viewer/src/data/dataset.ts';
import type { Dataset, Info } from '../../viewer/src/data/types.ts';

/**
 * t:  0   1   2   3   4
 *     0 ─ 2 ┬ 4 ─ 6 ─ 9     track 1 | tracks 3, 4
 *           └ 5 ─ 7
 *     1 ─ 3 ───── 8 ─10     track 2, missed in frame 2
 */
export function family(shape: readonly [number, number, number] = [1, 50, 50]): Dataset {
  const t = Int32Array.of(0, 0, 1, 1, 2, 2, 3, 3, 3, 4, 4);
  const parent = Int32Array.of(-1, -1, 0, 1, 2, 2, 4, 5, 3, 6, 8);
  const childA = Int32Array.of(2, 3, 4, 8, 6, 7, 9, -1, 10, -1, -1);
  const childB = Int32Array.of(-1, -1, 5, -1, -1, -1, -1, -1, -1, -1, -1);
  const floats = (...v: number[]): Float64Array => Float64Array.from(v);
  const columns = {
    t,
    label: Uint32Array.of(7, 9, 7, 9, 7, 8, 7, 8, 9, 7, 9),
    z: new Float64Array(11),
    y: floats(10, 40, 10, 40, 8, 12, 7, 13, 40, 6, 40),
    x: floats(10, 40, 10, 40, 10, 10, 10, 10, 40, 10, 40),
    size: new Float64Array(11).fill(12),
    radius: new Float64Array(11).fill(2),
    border: new Uint8Array(11),
    parent,
    childA,
    childB,
    tracklet: Int32Array.of(1, 2, 1, 2, 3, 4, 3, 4, 2, 3, 2),
    lineage: Int32Array.of(1, 2, 1, 2, 1, 1, 1, 1, 2, 1, 2),
  };
  const movie = { nFrames: 5, ndim: 2, shape, voxelSize: [1, 1, 1], timeStep: 1800, channels: [] };
  return buildDataset({ run: { movie }, imageProblem: null } as unknown as Info, columns);
}
