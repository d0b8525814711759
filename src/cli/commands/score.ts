import type { Command } from 'commander';
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
      'masks: set objects aside, on both sides, that lie wholly within so many pixels of the image edge',
      integer(0),
    );
  addCommonOptions(command).action(
    action(async (context, options: ScoreFlags, result: string): Promise<Outcome> => {
      const truth = needed('--truth', options.truth);
      const scores: Scores = await scorePaths(result, truth, options, hooksOf(context));
      return { json: { ...scores }, text: scoreText(scores) };
    }),
  );
}
