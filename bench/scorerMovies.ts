import { lifeToTracks, resolveOptions, simulateLife } from '../datasets/simulator/index.ts';
import type { Links } from '../src/link/types.ts';
import type { Detections } from '../src/segment/types.ts';
import { pointSets, readPoints } from './link.ts';
import { simulateCloud } from './linkScale.ts';
import { type Faults, perturb } from './perturb.ts';

/** Detections with their true links. */
export interface Movie {
  detections: Detections;
  links: Links;
}

/** A movie to learn from, and the family that is left out as a whole when it is to be tested. */
export interface Lesson {
  name: string;
  family: string;
  make(): Movie;
}

const CLEAN: Faults = { missed: 0, added: 0, merged: 0, split: 0, jitter: 0 };
const POOR: Faults = { missed: 0.03, added: 0.02, merged: 0.01, split: 0.01, jitter: 0.05 };

/** Every `every`-th of the frames `from` to `to - 1`; a link joins what is left of a cell's path. */
export function subsample({ detections: d, links }: Movie, from: number, to: number, every: number): Movie {
  const kept: number[] = [];
  const at = new Int32Array(d.count).fill(-1);
  for (let i = 0; i < d.count; i++) {
    if (d.t[i] < from || d.t[i] >= to || (d.t[i] - from) % every !== 0) continue;
    at[i] = kept.length;
    kept.push(i);
  }
  const parent = new Int32Array(d.count).fill(-1);
  for (let k = 0; k < links.count; k++) parent[links.target[k]] = links.source[k];
  const daughters = new Uint8Array(kept.length);
  const source: number[] = [];
  const target: number[] = [];
  for (const i of kept) {
    let u = parent[i];
    while (u >= 0 && at[u] < 0) u = parent[u];
    if (u < 0 || daughters[at[u]]++ > 1) continue;
    source.push(at[u]);
    target.push(at[i]);
  }
  const take = (column: Float64Array): Float64Array => Float64Array.from(kept, (i) => column[i]);
  const unknown = new Float32Array(target.length).fill(Number.NaN);
  return {
    detections: {
      ...d,
      count: kept.length,
      t: Int32Array.from(kept, (i) => (d.t[i] - from) / every),
      label: new Uint32Array(kept.length),
      z: take(d.z),
      y: take(d.y),
      x: take(d.x),
      size: take(d.size),
      radius: take(d.radius),
      prob: Float32Array.from(kept, (i) => d.prob[i]),
      border: Uint8Array.from(kept, (i) => d.border[i]),
      intensity: new Float32Array(0),
      nChannels: 0,
    },
    links: {
      count: target.length,
      source: Int32Array.from(source),
      target: Int32Array.from(target),
      cost: unknown,
      prob: unknown,
    },
  };
}

/** The same movie, nothing being known of sizes. */
function withoutSizes({ detections, links }: Movie): Movie {
  const none = new Float64Array(detections.count).fill(Number.NaN);
  return { detections: { ...detections, size: none, radius: none }, links };
}

const familyOf = (name: string): string =>
  ['ascidian', 'celegans', 'cell-migration', 'epidermis', 'c2c12'].find((family) =>
    name.startsWith(family),
  ) ?? name;

const frames = ({ detections: { t } }: Movie): number => t[t.length - 1] + 1;

/** A set as it is, at half its frame rate, with poor detections, and without sizes; long sets give a part of each. */
function lessonsOf(name: string, path: string): Lesson[] {
  const family = familyOf(name);
  const whole = (): Movie => readPoints(path);
  const some = (every: number, longest: number): Movie => {
    const movie = whole();
    return subsample(movie, 0, Math.min(frames(movie), longest * every), every);
  };
  const poor = (every: number, longest: number, seed: number): Movie => {
    const { detections, links } = some(every, longest);
    return perturb(detections, links, POOR, seed);
  };
  const lessons: Lesson[] = [
    { name, family, make: whole },
    { name: `${name}-half`, family, make: () => some(2, 150) },
    { name: `${name}-poor`, family, make: () => poor(1, 100, 1) },
  ];
  if (family === 'epidermis' || name.endsWith('-4'))
    lessons.push({ name: `${name}-poor-2`, family, make: () => poor(1, 100, 2) });
  const sizeless = (): Movie => withoutSizes(some(1, 100));
  if (!Number.isNaN(whole().detections.size[0]))
    lessons.push({ name: `${name}-sizeless`, family, make: sizeless });
  if (family === 'c2c12') lessons.push({ name: `${name}-fifth`, family, make: () => some(5, 150) });
  return lessons;
}

/** Simulated embryos: crowded life in 2D and 3D, and drifting clouds. */
function simulated(): Lesson[] {
  const family = 'simulated';
  const life = (preset: '2d' | '3d', seed: number, every: number): Movie => {
    const options = resolveOptions({ preset, seed, cells: 60, frames: 40 * every, deathRate: 0.002 });
    const tracks = lifeToTracks(simulateLife(options), options);
    const movie = subsample(tracks, 0, 40 * every, every);
    const faults = seed % 2 === 0 ? POOR : { ...CLEAN, jitter: 0.05 };
    return perturb(movie.detections, movie.links, faults, seed);
  };
  const lessons: Lesson[] = [];
  for (const seed of [15, 16])
    lessons.push({
      name: `simulated-2d-${seed}-sizeless`,
      family,
      make: () => withoutSizes(life('2d', seed, 2)),
    });
  for (const preset of ['2d', '3d'] as const) {
    for (const seed of [11, 12, 13, 14]) {
      const every = seed > 12 ? 2 : 1;
      lessons.push({ name: `simulated-${preset}-${seed}`, family, make: () => life(preset, seed, every) });
    }
  }
  const cloud = simulateCloud(12, 21);
  lessons.push({ name: 'simulated-cloud', family, make: () => cloud });
  lessons.push({
    name: 'simulated-cloud-poor',
    family,
    make: () => perturb(cloud.detections, cloud.links, POOR, 3),
  });
  return lessons;
}

/** Everything to learn from: what the data folder holds, and what is simulated. */
export function allLessons(): Lesson[] {
  return [...pointSets().flatMap(({ name, path }) => lessonsOf(name, path)), ...simulated()];
}
