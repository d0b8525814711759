import type { Dataset } from './types.ts';
import type { TimeUnit } from './units.ts';

/** A measure of a cell: its name with its unit, and its value at node `i` (NaN = not known). */
export interface Feature {
  name: string;
  of(i: number): number;
}

/** What is measured of cells: size, speed, and the light of every channel. */
export function featuresOf(data: Dataset, unit: TimeUnit): Feature[] {
  const { nodes } = data;
  const flat = data.info.run.movie.ndim === 2;
  const features: Feature[] = [
    { name: flat ? 'Area, µm²' : 'Volume, µm³', of: (i) => nodes.size[i]! },
    { name: `Speed, µm/${unit.name}`, of: (i) => speedOf(data, unit, i) },
  ];
  // A row of all channels for each node, where the movie was there to be measured.
  const light = nodes.intensity;
  const { channels } = data.info.run.movie;
  const width = light === undefined || nodes.count === 0 ? 0 : light.length / nodes.count;
  for (let c = 0; c < width; c++) {
    features.push({
      name: `Light, ${channels[c]?.name ?? `channel ${c}`}`,
      of: (i) => light![i * width + c]!,
    });
  }
  return features;
}

/** From the predecessor to the node, micrometres in the movie's unit of time. */
function speedOf({ nodes }: Dataset, unit: TimeUnit, i: number): number {
  const p = nodes.parent[i]!;
  if (p < 0 || nodes.childB[p]! >= 0) return Number.NaN;
  const away = Math.hypot(nodes.x[i]! - nodes.x[p]!, nodes.y[i]! - nodes.y[p]!, nodes.z[i]! - nodes.z[p]!);
  return away / ((nodes.t[i]! - nodes.t[p]!) * unit.perFrame);
}

/** A measure by branch: the mean of its cells, and the values between which nine of ten branches lie. */
export interface BranchFeature {
  name: string;
  /** NaN = not known. */
  mean: Float32Array;
  low: number;
  high: number;
}

const OUTSIDE = 0.05;

/** Means of a measure. Cost O(nodes). */
export function meanByBranch({ branches }: Dataset, { name, of }: Feature): BranchFeature {
  const mean = new Float32Array(branches.count);
  for (let b = 0; b < branches.count; b++) {
    let [sum, n] = [0, 0];
    for (let k = branches.start[b]!; k < branches.start[b + 1]!; k++) {
      const value = of(branches.nodes[k]!);
      if (!Number.isFinite(value)) continue;
      sum += value;
      n++;
    }
    mean[b] = n === 0 ? Number.NaN : sum / n;
  }
  const known = mean.filter((value) => !Number.isNaN(value)).sort();
  const at = (part: number): number => known[Math.round(part * (known.length - 1))] ?? Number.NaN;
  return { name, mean, low: at(OUTSIDE), high: at(1 - OUTSIDE) };
}
