import type { LabelImage } from '../../segment/types.ts';

/** Runs of pixels `[z, y, x, length]`, one after another, as `DetectionSpec` has them. */
export type Runs = number[];

/** Depth, height and width of a label image `[y, x]` or `[z, y, x]`. */
export function sizeOf({ shape }: LabelImage): [number, number, number] {
  return [shape.length === 3 ? shape[0] : 1, ...(shape.slice(-2) as [number, number])];
}

/** Runs of the pixels in a box that `inside` says yes to; the box is clipped to the image, its ends are inclusive. */
export function runsWhere(
  [depth, height, width]: readonly [number, number, number],
  [z0, z1, y0, y1, x0, x1]: readonly number[],
  inside: (z: number, y: number, x: number) => boolean,
): Runs {
  const runs: Runs = [];
  for (let z = Math.max(z0, 0); z <= Math.min(z1, depth - 1); z++) {
    for (let y = Math.max(y0, 0); y <= Math.min(y1, height - 1); y++) {
      let start = -1;
      const last = Math.min(x1, width - 1);
      for (let x = Math.max(x0, 0); x <= last + 1; x++) {
        const here = x <= last && inside(z, y, x);
        if (here && start < 0) start = x;
        else if (!here && start >= 0) {
          runs.push(z, y, start, x - start);
          start = -1;
        }
      }
    }
  }
  return runs;
}

/** Runs of the pixels of some labels. */
export function runsOfLabels(image: LabelImage, labels: ReadonlySet<number>): Runs {
  const [depth, height, width] = sizeOf(image);
  const all = [0, depth - 1, 0, height - 1, 0, width - 1];
  return runsWhere([depth, height, width], all, (z, y, x) =>
    labels.has(image.data[(z * height + y) * width + x]),
  );
}

/** Those pixels of runs that lie in the image and satisfy `keep`. */
export function filterRuns(
  runs: Runs,
  [depth, height, width]: readonly [number, number, number],
  keep: (z: number, y: number, x: number) => boolean,
): Runs {
  const out: Runs = [];
  for (let r = 0; r < runs.length; r += 4) {
    const [z, y, x, length] = [runs[r], runs[r + 1], runs[r + 2], runs[r + 3]];
    const box = [z, z, y, y, x, x + length - 1];
    for (const value of runsWhere([depth, height, width], box, keep)) out.push(value);
  }
  return out;
}

/** Calls back for every pixel. */
export function forEachPixel(runs: Runs, visit: (z: number, y: number, x: number) => void): void {
  for (let r = 0; r < runs.length; r += 4) {
    for (let x = runs[r + 2]; x < runs[r + 2] + runs[r + 3]; x++) visit(runs[r], runs[r + 1], x);
  }
}

export function countPixels(runs: Runs): number {
  let count = 0;
  for (let r = 3; r < runs.length; r += 4) count += runs[r];
  return count;
}
