import { type Chains, chainsOf, findContext } from '../global/context.ts';
import { fitModel, type Scene } from '../global/fit.ts';
import { initialModel, type LinkModel } from '../global/model.ts';
import { fitMomentum } from '../global/momentum.ts';
import { knownSpacing, reachOf, withUsefulSizes } from '../global/start.ts';
import { lookAround } from '../global/surroundings.ts';
import { frameOffsets } from '../grid.ts';
import { median } from '../median.ts';
import { estimateMotion } from '../motion/estimate.ts';
import { findMaxDistance } from '../settings.ts';
import { measureSpacing } from '../spacing.ts';
import type { LinkOptions } from '../types.ts';
import type { Window } from './window.ts';

const ROUNDS = 4;

/** Search radius where the window has nothing to measure and none is given, micrometres: then nothing is near. */
const NOTHING_NEAR = 1;

/** The window as the global linker sees it, and the model fitted to it, its links taken as they stand. */
export function fitWindow(
  window: Window,
  options: LinkOptions,
): { scene: Scene; model: LinkModel; chains: Chains } {
  const detections = withUsefulSizes(window.detections);
  const offsets = frameOffsets(detections);
  const chains = chainsOf(detections.count, window);
  const measured = measureSpacing(detections, offsets);
  const found = Number.isNaN(options.maxDistance) ? findMaxDistance(measured) : options.maxDistance;
  const spacing = knownSpacing(measured, Number.isNaN(found) ? NOTHING_NEAR : found);
  const around = lookAround(detections, offsets, spacing.spacing);
  const motion = estimateMotion(detections, offsets, options.motion ?? 'auto', spacing.spacing, chains.next);
  const steps = motion.frames.map((frame) => frame.after).filter((d) => !Number.isNaN(d));
  const step = steps.length > 0 ? median(steps) : 0;
  const reach = reachOf(options, around.scale, step);
  const context = findContext(detections, motion, around.scale, chains);
  const momentum = fitMomentum(detections, motion, around.scale, chains, context);
  const scene: Scene = { detections, offsets, motion, around, reach, context, momentum, constraints: null };
  const sample = new Uint8Array(offsets.length - 1).fill(1);
  const start = initialModel(detections.ndim, around.scale, spacing, step);
  return { scene, model: fitModel(scene, start, sample, ROUNDS), chains };
}
