import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lifeToTracks, resolveOptions, simulateLife } from '../../datasets/simulator/index.ts';
import type { Links } from '../../src/link/types.ts';
import type { Detections } from '../../src/segment/types.ts';
import { runMorula } from '../../test/browser/page.ts';
import { type Faults, perturb } from '../perturb.ts';

/** A movie that is hard to link: how large, how fast its cells are (1 = the simulator's preset), what is wrong with it. */
export interface SceneOptions {
  cells: number;
  frames: number;
  speed: number;
  seed: number;
  faults: Faults;
}

/** Crowded cells at three times the usual speed, some missed, some that are none, some merged or split. */
export const HARD: SceneOptions = {
  cells: 250,
  frames: 50,
  speed: 3,
  seed: 1,
  faults: { missed: 0.02, added: 0.01, merged: 0.01, split: 0.005, jitter: 0.05 },
};

/** A linked result of such a movie, and what is true of it. */
export interface Scene {
  /** Result folder: detections with their faults, linked by morula. */
  result: string;
  /** Every cell, also those that were missed. */
  truth: { detections: Detections; links: Links };
  /** The detections with their faults, rows as in the result; per row its true predecessor among them, -1 = none. */
  detections: Detections;
  parent: Int32Array;
}

/** Simulates the movie's cells, spoils their detections, and has morula link them. Equal for equal options. */
export async function makeScene(folder: string, options: SceneOptions): Promise<Scene> {
  const preset = resolveOptions({ cells: options.cells, frames: options.frames, seed: options.seed });
  const { biology } = preset;
  const simulation = { ...preset, biology: { ...biology, speed: biology.speed * options.speed } };
  const truth = lifeToTracks(simulateLife(simulation), simulation);
  const { detections, links } = perturb(truth.detections, truth.links, options.faults, options.seed + 7);
  const parent = new Int32Array(detections.count).fill(-1);
  for (let k = 0; k < links.count; k++) parent[links.target[k]] = links.source[k];
  const { t, x, y, z, radius } = detections;
  const lines = Array.from(t, (frame, i) => [i + 1, frame, x[i], y[i], z[i], radius[i], -1].join());
  const points = join(folder, 'scene.csv');
  const result = join(folder, 'scene.morula');
  writeFileSync(points, `id,t,x,y,z,radius,parent\n${lines.join('\n')}\n`);
  await runMorula('import', points, '-o', result, '--detections-only', '--quiet', '--overwrite');
  await runMorula('link', result, '--quiet');
  return { result, truth, detections, parent };
}
