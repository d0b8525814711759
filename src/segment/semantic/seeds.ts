import type { InstanceRules } from '../../model/index.ts';
import { labelParts } from './components.ts';
import { distanceToBackground } from './distance.ts';
import { fillHoles } from './holes.ts';
import { DISTANCE_STEPS, type InstanceMaps, PROB_STEPS } from './maps.ts';
import type { Size } from './neighbours.ts';
import { markPeaks } from './peaks.ts';
import { smooth } from './smooth.ts';

/**
 * Finds where objects start, and the map whose heights the growing follows.
 *
 * 'interior': connected parts of where the network sees an inside and no boundary. 'distance': peaks of a distance
 * map, the network's own or the smoothed distance to where it sees no inside.
 *
 * @param mask `[z, y, x]`, over 0 in the foreground
 * @param labels `[z, y, x]`, overwritten: seeds 1..count
 */
export function findSeeds(
  maps: InstanceMaps,
  mask: Uint8Array,
  rules: InstanceRules,
  labels: Uint32Array,
  size: Size,
): { count: number; height: Uint16Array } {
  const threshold = rules.seedThreshold * PROB_STEPS;
  if (rules.seeds === 'interior') {
    return { count: labelParts(mask, maps.interior, threshold, labels, size), height: maps.interior };
  }
  const core = new Uint8Array(mask.length);
  for (let i = 0; i < core.length; i++) if (mask[i] !== 0 && maps.interior[i]! > threshold) core[i] = 1;
  const [height, steps] =
    maps.distance === null
      ? [distanceHeights(core, rules, size), DISTANCE_STEPS]
      : [maps.distance, maps.distanceSteps];
  const peaks = { minDepth: rules.minDepth * steps, minContrast: rules.minContrast };
  return { count: markPeaks(core, height, peaks, labels, size), height };
}

/** Smoothed distances to the rim of the core, in `DISTANCE_STEPS`. */
function distanceHeights(core: Uint8Array, rules: InstanceRules, size: Size): Uint16Array {
  const { spacing, smoothing, maxHole } = rules;
  fillHoles(core, size, maxHole);
  const distance = distanceToBackground(core, size, spacing);
  smooth(distance, size, [smoothing / spacing[0], smoothing / spacing[1], smoothing / spacing[2]]);
  const most = 2 ** 16 - 1;
  const heights = new Uint16Array(distance.length);
  for (let i = 0; i < heights.length; i++)
    heights[i] = Math.min(most, Math.round(distance[i]! * DISTANCE_STEPS));
  return heights;
}
