import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExportContext } from '../../src/exchange/index.ts';
import type { Links } from '../../src/link/types.ts';
import type { Detections, LabelImage } from '../../src/segment/types.ts';

/** Runs `use` with a fresh folder that is removed afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'morula-exchange-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Row of `detections` at the frame and place of every row read, within the rounding of the tables. */
export function findRows(read: Detections, { t, z, y, x, count }: Detections): number[] {
  return Array.from(read.t, (frame, i) => {
    for (let k = 0; k < count; k++) {
      const far = Math.max(
        ...[Math.abs(z[k] - read.z[i]), Math.abs(y[k] - read.y[i]), Math.abs(x[k] - read.x[i])],
      );
      if (t[k] === frame && far < 2e-4) return k;
    }
    return -1;
  });
}

/** Links as sorted texts `frame/key>frame/key`, `key` telling detections of one frame apart. */
export function edgesBy(
  detections: Detections,
  links: Links,
  key: (row: number) => string | number,
): string[] {
  const name = (row: number): string => `${detections.t[row]}/${key(row)}`;
  return Array.from(
    { length: links.count },
    (_, k) => `${name(links.source[k])}>${name(links.target[k])}`,
  ).sort();
}

/** Width of the field that one object has in `paintLabels`. */
const FIELD = 8;

/** A label image where label k is a 3 x 3 (x 3) block in the k-th field from the left. */
function paintLabels(detections: Detections, t: number): LabelImage {
  const nz = detections.ndim === 3 ? 4 : 1;
  let most = 1;
  for (const label of detections.label) most = Math.max(most, label);
  const [ny, nx] = [7, FIELD * most];
  const data = new Uint32Array(nz * ny * nx);
  for (let i = 0; i < detections.count; i++) {
    if (detections.t[i] !== t) continue;
    const left = FIELD * (detections.label[i] - 1) + 2;
    for (let z = 0; z < Math.min(nz, 3); z++) {
      for (let y = 2; y < 5; y++)
        for (let x = left; x < left + 3; x++) data[(z * ny + y) * nx + x] = detections.label[i];
    }
  }
  return { data, shape: detections.ndim === 3 ? [nz, ny, nx] : [ny, nx] };
}

/** The label that `paintLabels` drew at pixel column `x`. */
export function fieldOf(x: number): number {
  return Math.floor(x / FIELD) + 1;
}

/** A context with label images painted by `paintLabels`. */
export function contextOf(detections: Detections, nFrames: number): ExportContext {
  return {
    name: 'movie',
    voxelSize: [1, 1, 1],
    timeStep: 60,
    nFrames,
    labelImage: async (t) => paintLabels(detections, t),
  };
}
