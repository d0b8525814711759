import type { Command } from 'commander';
import { MorulaError } from '../../errors/index.ts';
import { scorePaths } from '../../pipeline/index.ts';
import type { Scores } from '../../score/index.ts';
import { action, type Outcome } from '../action.ts';
import { hooksOf } from '../hooks.ts';
import { addCommonOptions, type CommonOptions, integer, needed, positive } from '../options.ts';
import { scoreText } from '../scoreText.ts';

interface ScoreFlags extends CommonOptions {
  truth?: string;
  matchDistance?: number;
  fieldOfInterest?: number;
  sparse?: boolean;
  estimatedNodes?: number;
}

/** `score`: a result against a truth. */
export function defineScore(program: Command): void {
  const command = program
    .command('score <result>')
    .description(
      'score a result against a truth; each may be a morula result, a CTC folder, a GEFF or a points CSV',
    )
    .option('--truth <truth>', 'what is taken as true')
    .option(
      '--match-distance <um>',
      'points: farthest match, micrometres (default: half the median nearest-neighbour spacing)',
      positive,
    )
    .option(
      '--field-of-interest <px>',
      'masks: set objects aside, on both sides, that lie wholly within so many pixels of the image edge (default: as many as the truth leaves bare, beside the whole image)',
      integer(0),
    );
  command
    .option(
      '--sparse',
      'the truth holds some of the cells alone: count links and divisions only where it says something, by position within 7 um',
    )
    .option(
      '--estimated-nodes <n>',
      'with --sparse: about how many cells there are, summed over all frames (default: as the GEFF says)',
      positive,
    );
  addCommonOptions(command).action(
    action(async (context, options: ScoreFlags, result: string): Promise<Outcome> => {
      const truth = needed('--truth', options.truth);
      if (options.estimatedNodes !== undefined && options.sparse !== true)
        throw new MorulaError(
          'usage',
          '--estimated-nodes: must stand beside --sparse, without which nothing is estimated',
        );
      const scores: Scores = await scorePaths(result, truth, options, hooksOf(context));
      return { json: { ...scores }, text: scoreText(scores) };
    }),
  );
}
