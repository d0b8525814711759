import type { Detections } from '../segment/types.ts';
import { linkGlobal } from './global/link.ts';
import type { Outcome } from './global/outcome.ts';
import { withRescued } from './global/rescue/join.ts';
import type { BlockRunner } from './global/solveBlock.ts';
import { frameOffsets } from './grid.ts';
import { linkLap } from './lap.ts';
import { checkLinkOptions, findMaxDistance, settleLap } from './settings.ts';
import { measureSpacing } from './spacing.ts';
import type { LinkOptions, LinkResult, Links } from './types.ts';

export type { Outcome as BlockOutcome } from './global/outcome.ts';
export { type BlockRunner, type BlockTask, inThisThread, solveBlock } from './global/solveBlock.ts';
export { resolve } from './resolve/resolve.ts';
export { scorerOf } from './scorer/networks.ts';
export type { Scorer } from './scorer/types.ts';
export { checkLinkOptions, LAPTRACK, TRACKMATE } from './settings.ts';
export type {
  Alternatives,
  Certainty,
  Constraints,
  DiffDivision,
  DiffLink,
  FrameMotion,
  LapOptions,
  LinkDiff,
  LinkGraph,
  LinkOptions,
  LinkResult,
  Links,
  MotionChoice,
  SolveReport,
} from './types.ts';

type Progress = (done: number, total: number) => void;

/** Links sorted by (target, source). */
function sortLinks({ source, target, cost, prob }: Outcome): Links {
  const order = Array.from(target.keys()).sort((a, b) => target[a] - target[b] || source[a] - source[b]);
  return {
    count: order.length,
    source: Int32Array.from(order, (k) => source[k]),
    target: Int32Array.from(order, (k) => target[k]),
    cost: Float32Array.from(order, (k) => cost[k]),
    prob: Float32Array.from(order, (k) => prob[k]),
  };
}

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
 * @param onProgress called with steps done and steps in all
 * @param runner of the blocks of frames that `global` decides on; default: this thread, one after another
 * @throws `invalid-option` for a radius of 0 or less or an interval below 1
 */
export async function linkDetections(
  detections: Detections,
  options: LinkOptions,
  onProgress?: Progress,
  runner?: BlockRunner,
): Promise<LinkResult> {
  checkLinkOptions(options);
  const spacing = measureSpacing(detections, frameOffsets(detections));
  const maxDistanceFound = Number.isNaN(options.maxDistance);
  const maxDistance = maxDistanceFound ? findMaxDistance(spacing) : options.maxDistance;
  const own = { detections, rescued: null };
  const plain = { ...own, maxDistance, maxDistanceFound, motion: null, certainty: null, solve: null };
  if (Number.isNaN(maxDistance)) return { ...plain, links: NONE };
  if (options.linker === 'lap') {
    return { ...plain, links: linkLap(detections, settleLap(options, maxDistance, spacing), onProgress) };
  }
  const found = await linkGlobal(detections, options, spacing, maxDistance, onProgress, runner);
  const { outcome, motion } = found;
  const { ends, begins, divides, alternatives, solve } = outcome;
  return {
    ...(options.weak === undefined || found.rescued.length === 0
      ? own
      : withRescued(detections, options.weak, found.rescued)),
    maxDistance: found.maxDistance,
    maxDistanceFound,
    links: sortLinks(outcome),
    motion: motion.frames,
    certainty: { ends, begins, divides, alternatives },
    solve,
  };
}
