import type { Lineage } from '../lineage/types.ts';
import type { Detections } from '../segment/types.ts';
import type { ExportContext } from './types.ts';

/** Measures that a format may hold, and what they are called in notes. */
const MEASURES = {
  label: 'labels of the masks',
  radius: 'radii',
  prob: 'probabilities',
  size: 'sizes',
  intensity: 'intensities',
  links: 'probabilities and costs of links',
} as const;

/** A note on what a format does not hold of a lineage; `held` names the measures that it does hold. */
export function measureNotes(
  format: string,
  { detections: d, links }: Pick<Lineage, 'detections' | 'links'>,
  held: readonly (keyof typeof MEASURES)[],
): string[] {
  const some = (values: ArrayLike<number>): boolean => {
    for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) return true;
    return false;
  };
  const there: Record<keyof typeof MEASURES, boolean> = {
    label: d.label.some((label) => label > 0),
    radius: some(d.radius),
    prob: some(d.prob),
    size: some(d.size),
    intensity: some(d.intensity),
    links: some(links.prob) || some(links.cost),
  };
  const lost = (Object.keys(MEASURES) as (keyof typeof MEASURES)[])
    .filter((key) => there[key] && !held.includes(key))
    .map((key) => MEASURES[key]);
  return lost.length === 0 ? [] : [`${format}: not held by the format: ${lost.join(', ')}`];
}

/** Radii without holes for formats that must have one: the median of the known ones, or `fallback` where none is. */
export function wholeRadii(d: Detections, fallback: number): { radius: Float64Array; madeUp: number } {
  const known = d.radius.filter((radius) => radius > 0).sort();
  const median = known.length === 0 ? fallback : known[known.length >> 1];
  let madeUp = 0;
  const radius = d.radius.map((value) => {
    if (value > 0) return value;
    madeUp++;
    return median;
  });
  return { radius, madeUp };
}

/** A note on made-up radii. */
export function radiusNotes(format: string, madeUp: number): string[] {
  return madeUp === 0
    ? []
    : [`${format}: radii made up where none is known: ${madeUp} (the median of the others)`];
}

/**
 * A note on the scales of the movie for formats whose files name none.
 *
 * @param positions what they are in where the size of a pixel is known
 */
export function scaleNotes(
  format: string,
  { voxelSize, voxelSizeKnown = true, timeStep }: ExportContext,
  { ndim }: Detections,
  positions: 'pixels' | 'micrometres',
): string[] {
  const said: string[] = [];
  if (voxelSizeKnown && positions === 'micrometres') said.push('positions are in micrometres');
  if (voxelSizeKnown && positions === 'pixels')
    said.push(`a pixel is ${voxelSize.slice(3 - ndim).join(' x ')} um`);
  if (timeStep > 0) said.push(`a frame is ${timeStep} s`);
  if (said.length === 0) return [];
  return [`${format}: the file names no units: ${said.join(', ')}`];
}
