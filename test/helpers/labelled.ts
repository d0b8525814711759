import { buildLineage } from '../../src/lineage/index.ts';
import { commitLineage } from '../../src/pipeline/linkResult.ts';
import { summarise } from '../../src/pipeline/publish.ts';
import type { WeakCandidates } from '../../src/segment/index.ts';
import { linkKey, loadDetections, prepareResult, readMarkers } from '../../src/store/index.ts';
import { makeLinks } from '../cases/index.ts';
import { samplePlan } from '../store/samples.ts';
import { commitFrame } from './commitFrame.ts';

/** A disc of a label image, pixels. */
export interface Blob {
  y: number;
  x: number;
  radius: number;
  /** Discs of one label are one object. */
  label: number;
}

/** A candidate below the threshold: a disc. */
export interface Faint {
  y: number;
  x: number;
  radius: number;
  prob: number;
}

const RAYS = 16;
const STEPS = 16;

function weakOf(all: readonly Faint[]): WeakCandidates {
  return {
    count: all.length,
    nRays: RAYS,
    z: new Float64Array(all.length),
    y: Float64Array.from(all, (one) => one.y),
    x: Float64Array.from(all, (one) => one.x),
    prob: Float32Array.from(all, (one) => one.prob),
    radius: Float64Array.from(all, (one) => one.radius),
    dist: Uint16Array.from(
      { length: all.length * RAYS },
      (_, k) => all[Math.floor(k / RAYS)]!.radius * STEPS,
    ),
    distSteps: STEPS,
    anisotropy: null,
  };
}

/**
 * A linked result of label images, a micrometre a pixel, without a movie.
 *
 * @param frames objects by frame; labels from 1 without holes
 * @param links rows (source, target), frame by frame and label by label
 * @param faint candidates by frame
 */
export async function makeLabelled(
  folder: string,
  side: number,
  frames: readonly (readonly Blob[])[],
  links: readonly (readonly [number, number])[],
  faint: Readonly<Record<number, readonly Faint[]>> = {},
): Promise<void> {
  const movie = { nFrames: frames.length, shape: [1, side, side], path: null, voxelSize: [1, 1, 1] } as const;
  const run = await prepareResult(folder, samplePlan(movie), false);
  for (const [t, blobs] of frames.entries()) {
    const data = new Uint32Array(side * side);
    for (let i = 0; i < data.length; i++) {
      const [y, x] = [Math.floor(i / side), i % side];
      data[i] = blobs.find((b) => Math.hypot(b.y - y, b.x - x) <= b.radius)?.label ?? 0;
    }
    const count = Math.max(0, ...data);
    const sums = Array.from({ length: count }, () => [0, 0, 0]);
    for (const [i, label] of data.entries()) {
      if (label === 0) continue;
      const sum = sums[label - 1]!;
      sum[0]!++;
      sum[1]! += Math.floor(i / side);
      sum[2]! += i % side;
    }
    const table = {
      t,
      count,
      nChannels: 1,
      label: Uint32Array.from(sums, (_, k) => k + 1),
      z: new Float64Array(count),
      y: Float64Array.from(sums, ([n, y]) => y! / n!),
      x: Float64Array.from(sums, ([n, , x]) => x! / n!),
      size: Float64Array.from(sums, ([n]) => n!),
      radius: Float64Array.from(sums, ([n]) => Math.sqrt(n! / Math.PI)),
      prob: new Float32Array(count).fill(0.9),
      border: new Uint8Array(count),
      intensity: new Float32Array(count),
      ...(faint[t] === undefined ? {} : { weak: weakOf(faint[t]) }),
    };
    const report = { seconds: { read: 0, network: 0, total: 0 }, warnings: [] };
    await commitFrame(folder, run.segmentKey, table, { data, shape: [side, side] }, report);
  }
  const settings = { kind: 'global' as const, maxDistance: 20, maxFrameInterval: 2, divisions: true };
  const lineage = buildLineage(await loadDetections(folder, run), makeLinks(links));
  const key = linkKey(settings, await readMarkers(folder, run));
  await commitLineage(folder, run, lineage, { key, settings, summary: summarise(run, lineage, 20) });
}
