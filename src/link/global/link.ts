import { setImmediate } from 'node:timers/promises';
import type { Detections } from '../../segment/types.ts';
import { type ConstraintTable, readConstraints } from '../constraints.ts';
import { frameOffsets } from '../grid.ts';
import { median } from '../median.ts';
import { estimateMotion } from '../motion/estimate.ts';
import type { Motion } from '../motion/types.ts';
import type { Spacing } from '../spacing.ts';
import type { LinkOptions } from '../types.ts';
import { joinBeside } from './beside.ts';
import { cutBlocks, sampleFrames } from './blocks.ts';
import { brokenShare } from './broken.ts';
import { calibrate } from './certainty/calibrate.ts';
import { chainsOf, findContext, noContext } from './context.ts';
import { checkDemands, demandedGaps } from './demands.ts';
import { fitModel, type Scene } from './fit.ts';
import { markFused } from './fused.ts';
import { closeGaps } from './gaps.ts';
import { FIRST_STRAY, initialModel, type LinkModel } from './model.ts';
import { fitMomentum, noMomentum } from './momentum.ts';
import type { Outcome } from './outcome.ts';
import { rescueWeak } from './rescue/rescue.ts';
import { type BlockRunner, inThisThread, solveScene } from './solveBlock.ts';
import { knownSpacing, reachOf, withUsefulSizes } from './start.ts';
import { lookAround } from './surroundings.ts';
import { sortTwins } from './twins.ts';

/** Rounds of fitting before anything is linked, and after each time that everything was. */
const FIRST_ROUNDS = 4;
const LATER_ROUNDS = 2;
/** Times that everything is linked. */
const PASSES = 3;
/** Share of cells that must seem broken off before detections are taken to lie astray, see `brokenShare`. */
const SOME_BROKEN = 0.005;

/** Adds the links that were demanded over gaps, and refuses demands that were not met. */
function settleDemands(constraints: ConstraintTable, t: Int32Array, outcome: Outcome): void {
  for (const [u, v] of demandedGaps(constraints, t)) {
    outcome.source.push(u);
    outcome.target.push(v);
    outcome.cost.push(Number.NaN);
    outcome.prob.push(1);
  }
  checkDemands(constraints, outcome, t);
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
 * @param settle is given all that was found when nothing but its probabilities may change; default: calibrates them
 * @returns what was decided, in rows of the detections and, each frame's behind them, of `options.weak` that became
 *   cells (`rescued`); the motion, and the usual reach after compensation, micrometres
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
  settle: (scene: Scene, outcome: Outcome) => void = calibrate,
): Promise<{ outcome: Outcome; rescued: Int32Array; motion: Motion; maxDistance: number }> {
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
  let total = PASSES * (blocks.length + 1);
  const fused = new Uint8Array(detections.count);
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
    if (pass + 1 < PASSES || runner.scored !== true) sortTwins(scene, model, outcome);
    if (pass + 1 === PASSES) {
      // Constraints name rows, which rescued ones would shift.
      const { weak } = options;
      const rescue =
        weak === undefined || constraints !== null ? null : await rescueWeak(scene, model, outcome, weak);
      const final = rescue ?? { scene, outcome, rescued: new Int32Array(0) };
      await closeGaps(final.scene, model, final.outcome, options.maxFrameInterval);
      if (runner.scored !== true) joinBeside(final.scene, model, final.outcome);
      settle(final.scene, final.outcome);
      if (constraints !== null) settleDemands(constraints, detections.t, outcome);
      return {
        outcome: final.outcome,
        rescued: final.rescued,
        motion,
        maxDistance: median(reach.radius),
      };
    }
    const chains = chainsOf(detections.count, outcome);
    if (pass === 0 && model.stray === 0 && brokenShare(scene, chains) >= SOME_BROKEN) {
      // Detections lie astray: all again, with a model that knows of that.
      model = { ...initialModel(detections.ndim, around.scale, spacing, step), stray: FIRST_STRAY };
      total += blocks.length + 1;
      pass = -1;
      continue;
    }
    markFused(scene, model, outcome, fused);
    if (pass === 0) motion = estimateMotion(detections, offsets, choice, spacing.spacing, chains.next);
    context = { ...findContext(detections, motion, around.scale, chains), fused };
    momentum = fitMomentum(detections, motion, around.scale, chains, context);
  }
}
