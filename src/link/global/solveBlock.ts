import { rescore } from '../scorer/rescore.ts';
import type { Scorer } from '../scorer/types.ts';
import { choicesOf } from '../solve/choices.ts';
import { select } from '../solve/select.ts';
import type { Block } from './blocks.ts';
import { believe, type Scene } from './fit.ts';
import type { LinkModel } from './model.ts';
import { addToOutcome, emptyOutcome, type Outcome, optionProbs } from './outcome.ts';
import { sliceScene } from './slice.ts';

/** A few frames, cut out of the movie: everything that deciding on the links between them needs. May cross threads. */
export interface BlockTask {
  scene: Scene;
  model: LinkModel;
  /** Row of the movie that row 0 is. */
  firstRow: number;
  /** True in the last pass. */
  final: boolean;
}

/** What decides on blocks: `width` of them at once, each on its own. */
export interface BlockRunner {
  width: number;
  /** Frame whose block is begun with, the others follow in turn; default 0. */
  first?: number;
  /** Has a network the last word on links? Then what it left apart stays so. Default false. */
  scored?: boolean;
  run(task: BlockTask): Promise<Outcome>;
}

/** Decides on the links of one block, in the last pass by a scorer's costs; rows of the outcome are those of the block. */
export async function solveBlock(
  { scene, model, firstRow, final }: BlockTask,
  scorer?: Scorer,
): Promise<Outcome> {
  const { offsets, detections } = scene;
  const plain = believe(scene, model, () => true);
  const belief =
    scorer === undefined || !final ? plain : await rescore(scene, model, plain, scorer, firstRow);
  const choices = choicesOf(belief.candidates, belief.costs);
  const probs = optionProbs(belief, choices);
  const selection = await select(choices, probs);
  const out = emptyOutcome(detections.count);
  const last = offsets.length - 2;
  addToOutcome(out, belief, choices, probs, selection, [0, offsets[last], offsets[last + 1], offsets[1]]);
  return out;
}

/** Blocks one after another, in this thread. */
export function inThisThread(scorer?: Scorer): BlockRunner {
  return { width: 1, scored: scorer !== undefined, run: (task) => solveBlock(task, scorer) };
}

/** Adds the outcome of a block, its source frames being `from` to `to - 1`, to that of the movie. */
function merge(whole: Outcome, part: Outcome, offsets: Int32Array, { from, to }: Block): void {
  const base = offsets[from];
  const [sources, targets] = [offsets[to] - base, offsets[from + 1] - base];
  const row = (local: number): number => (local < 0 ? local : local + base);
  for (let k = 0; k < part.source.length; k++) {
    whole.source.push(part.source[k] + base);
    whole.target.push(part.target[k] + base);
    whole.cost.push(part.cost[k]);
    whole.prob.push(part.prob[k]);
  }
  whole.ends.set(part.ends.subarray(0, sources), base);
  whole.divides.set(part.divides.subarray(0, sources), base);
  whole.begins.set(part.begins.subarray(targets), base + targets);
  const { alternatives: some } = part;
  for (let k = 0; k < some.source.length; k++) {
    whole.alternatives.source.push(row(some.source[k]));
    whole.alternatives.targetA.push(row(some.targetA[k]));
    whole.alternatives.targetB.push(row(some.targetB[k]));
    whole.alternatives.prob.push(some.prob[k]);
  }
  whole.solve.cost += part.solve.cost;
  whole.solve.bound += part.solve.bound;
  whole.solve.components += part.solve.components;
  whole.solve.open += part.solve.open;
  whole.solve.fractional += part.solve.fractional;
}

/**
 * Decides on every frame pair of a scene, block by block, several at once where the runner can. What comes out does
 * not depend on how many, nor on which is done first.
 *
 * @param rest is awaited after each block
 */
export async function solveScene(
  scene: Scene,
  model: LinkModel,
  blocks: readonly Block[],
  { width, first = 0, run }: BlockRunner,
  final: boolean,
  rest: () => Promise<void>,
): Promise<Outcome> {
  const parts: Outcome[] = new Array(blocks.length);
  const start = Math.max(
    0,
    blocks.findIndex(({ to }) => to > first),
  );
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < blocks.length) {
      const k = (start + next++) % blocks.length;
      const { from, to } = blocks[k];
      parts[k] = await run({ ...sliceScene(scene, model, from, to), firstRow: scene.offsets[from], final });
      await rest();
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, blocks.length) }, lane));
  const whole = emptyOutcome(scene.detections.count);
  for (const [k, part] of parts.entries()) merge(whole, part, scene.offsets, blocks[k]);
  return whole;
}
