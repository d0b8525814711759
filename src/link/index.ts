import { MorulaError } from '../errors/index.ts';
import type { Detections } from '../segment/types.ts';
import { frameOffsets } from './grid.ts';
import { linkLap } from './lap.ts';
import { checkLinkOptions, findMaxDistance, settleLap } from './settings.ts';
import { measureSpacing, type Spacing } from './spacing.ts';
import type { LinkOptions, LinkResult, Links } from './types.ts';

export { LAPTRACK, TRACKMATE } from './settings.ts';
export type { LapOptions, LinkOptions, LinkResult, Links } from './types.ts';

type Progress = (done: number, total: number) => void;
type Linker = (
  detections: Detections,
  options: LinkOptions,
  maxDistance: number,
  spacing: Spacing,
  onProgress?: Progress,
) => Links;

/** The linkers by name: a new one is a line here. */
const LINKERS: Record<LinkOptions['linker'], Linker> = {
  lap: (detections, options, maxDistance, spacing, onProgress) =>
    linkLap(detections, settleLap(options, maxDistance, spacing), onProgress),
  global: () => {
    throw new MorulaError('unsupported', 'link: the global linker is not built yet; use --linker lap');
  },
};

const NONE: Links = {
  count: 0,
  source: new Int32Array(0),
  target: new Int32Array(0),
  cost: new Float32Array(0),
  prob: new Float32Array(0),
};

/**
 * Links the detections of a whole movie; every link runs forward in time, every node has at most one parent and at
 * most two daughters. O(n) memory, and time nearly linear in n.
 *
 * @param detections sorted by (t, label); frames may be empty
 * @param onProgress called with frames done and frames in all
 * @throws `invalid-option` for a radius of 0 or less or an interval below 1; `unsupported` for `linker: 'global'`
 */
export function linkDetections(
  detections: Detections,
  options: LinkOptions,
  onProgress?: Progress,
): LinkResult {
  checkLinkOptions(options);
  const spacing = measureSpacing(detections, frameOffsets(detections));
  const maxDistanceFound = Number.isNaN(options.maxDistance);
  const maxDistance = maxDistanceFound ? findMaxDistance(spacing) : options.maxDistance;
  const linker = LINKERS[options.linker];
  const links = Number.isNaN(maxDistance)
    ? NONE
    : linker(detections, options, maxDistance, spacing, onProgress);
  return { links, maxDistance, maxDistanceFound };
}
