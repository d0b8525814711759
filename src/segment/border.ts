import type { StarManifest } from '../model/index.ts';
import type { AxisTile } from './tiles.ts';

/** Positions of the output grid along one axis: start-inclusive, end-exclusive. */
export type GridRange = readonly [number, number];

/**
 * Positions at which object centres are taken: all but `border` at each side.
 *
 * Source: StarDist's border of 2. Its dense prediction leaves it out on the frame; its sparse one, the default of
 * `predict_instances`, on the padded input, and then drops what lies beyond the frame: `borderRule` "padded".
 *
 * @param frame grid positions that the frame has, and `padded` those of the padded input
 */
export function centreRange(
  frame: number,
  padded: number,
  { border, borderRule }: Pick<StarManifest, 'border' | 'borderRule'>,
): GridRange {
  return [border, Math.min(frame, (borderRule === 'padded' ? padded : frame) - border)];
}

/** The part of a range that a tile writes. */
export function writtenRange({ from, to }: AxisTile, grid: number, [first, end]: GridRange): GridRange {
  const start = Math.max(first, Math.ceil(from / grid));
  return [start, Math.max(start, Math.min(end, Math.ceil(to / grid)))];
}
