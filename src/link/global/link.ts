import { setImmediate } from 'node:timers/promises';
import type { Detections } from '../../segment/types.ts';
import { type ConstraintTable, readConstraints } from '../constraints.ts';
import { frameOffsets } from '../grid.ts';
import { median } from '../median.ts';
import { estimateMotion } from '../motion/estimate.ts';
import type { Motion } from '../motion/types.ts';
import type { Spacing } from '../spacing.ts';
import type { LinkOptions } from '../types.ts';
import { cutBlocks, sampleFrames } from './blocks.ts';
import { chainsOf, findContext, noContext } from './context.ts';
import { checkDemands, demandedGaps } from './demands.ts';
import { fitModel, type Scene } from './fit.ts';
import { closeGaps } from './gaps.ts';
import { initialModel, type LinkModel } from './model.ts';
import { fitMomentum, noMomentum } from './momentum.ts';
import type { Outcome } from './outcome.ts';
import { type BlockRunner, inThisThread, solveScene } from './solveBlock.ts';
import { lookAround } from './surroundings.ts';

/** Nearest targets of a source and sources of a target that are considered. */
const TARGETS = 8;
const SOURCES = 2;
/** Reach in spacings, and usual steps that are added to it. */
const REACH = 1.6;
const STEPS = 1.5;
/** Rounds of fitting before anything is linked, and after each time that everything was. */
const FIRST_ROUNDS = 4;
const LATER_ROUNDS = 2;
/** Times that everything is linked. */
const PASSES = 3;

/** Spacings where there are none to measure (one cell a frame, or all on top of each other): the search radius. */
function knownSpacing(spacing: Spacing, maxDistance: number): Spacing {
  return spacing.spacing > 0 ? spacing : { ...spacing, spacing: maxDistance };
}

/** Detections without their sizes where these are all the same, as nominal radii are: they tell nothing. */
function withUsefulSizes(detections: Detections): Detections {
  const { size } = detections;
  const nominal = size.every((s) => Math.abs(s - size[0]) <= 1e-6 * size[0]);
  return nominal ? { ...detections, size: new Float64Array(size.length).fill(Number.NaN) } : detections;
}

/** Adds the links that were demanded over gaps, and refuses demands that were not met. */
function settleDemands(constraints: ConstraintTable, t: Int32Array, outcome: Outcome): void {
  for (const [u, v] of demandedGaps(constraints, t)) {
    outcome.source.push(u);
    outcome.target.push(v);
    outcome.cost.push(Number.NaN);
    outcome.prob.push(1);
  }
  checkDemands(constraints, outcome);
}

/** Reach of every frame, micrometres: given, or found. */
function reachOf({ maxDistance, divisions }: LinkOptions, scale: Float64Array, step: number): Scene['reach'] {
  const found = (s: number): number => REACH * s + STEPS * step;
  const radius = Number.isNaN(maxDistance)
    ? scale.map(found)
    : new Float64Array(scale.length).fill(maxDistance);
  return { targets: TARGETS, sources: SOURCES, radius, divisions };
}

/**
 * Links a movie as a whole. A model of how cells move, grow and divide is fitted to the movie itself by expectation
 * maximisation, the sums over possible links being taken by belief propagation; then every frame pair is solved
 * exactly under the costs that follow, daughters weighed two by two. What lies before a source and after a target
 * (velocity, size, time since the last division) is known once everything has been linked: this is done three times.
 *
 * @param measured the movie's spacing and steps
 * @param maxDistance search radius where spacings cannot be measured, micrometres
 * @param runner of the blocks of frames; default: this thread
 * @returns what was decided, the motion, and the usual reach after compensation, micrometres
 *
 * Nearly O(n) time; memory O(n) plus that of one block of frames.
 *
 * Source: algorithms sheet D.9 and F.2.
 */
export async function linkGlobal(
  given: Detections,
  options: LinkOptions,
  measured: Spacing,
  maxDistance: number,
  onProgress?: (done: number, total: number) => void,
  runner: BlockRunner = inThisThread(options.scorer),
): Promise<{ outcome: Outcome; motion: Motion; maxDistance: number }> {
  const detections = withUsefulSizes(given);
  const offsets = frameOffsets(detections);
  const spacing = knownSpacing(measured, maxDistance);
  const around = lookAround(detections, offsets, spacing.spacing);
  const choice = options.motion ?? 'auto';
  let motion: Motion = estimateMotion(detections, offsets, choice, spacing.spacing);
  const steps = motion.frames.map((f) => f.after).filter((d) => !Number.isNaN(d));
  const step = steps.length > 0 ? median(steps) : 0;
  const reach = reachOf(options, around.scale, step);
  const constraints =
    options.constraints === undefined ? null : readConstraints(options.constraints, detections.t);
  const sample = sampleFrames(offsets);
  const blocks = cutBlocks(offsets);
  let model: LinkModel = initialModel(detections.ndim, around.scale, spacing, step);
  let [context, momentum] = [noContext(detections), noMomentum];
  const total = PASSES * (blocks.length + 1);
  let done = 0;
  // Timers and signals of the thread get their turn at every step.
  const rest = async (): Promise<void> => {
    onProgress?.(++done, total);
    await setImmediate();
  };
  for (let pass = 0; ; pass++) {
    const scene: Scene = { detections, offsets, motion, around, reach, context, momentum, constraints };
    model = fitModel(scene, model, sample, pass === 0 ? FIRST_ROUNDS : LATER_ROUNDS);
    await rest();
    const outcome = await solveScene(scene, model, blocks, runner, pass + 1 === PASSES, rest);
    if (pass + 1 === PASSES) {
      await closeGaps(scene, model, outcome, options.maxFrameInterval);
      if (constraints !== null) settleDemands(constraints, detections.t, outcome);
      return { outcome, motion, maxDistance: median(reach.radius) };
    }
    const chains = chainsOf(detections.count, outcome);
    if (pass === 0) motion = estimateMotion(detections, offsets, choice, spacing.spacing, chains.next);
    context = findContext(detections, motion, around.scale, chains);
    momentum = fitMomentum(detections, motion, around.scale, chains, context);
  }
}
