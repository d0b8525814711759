import { type Command, Option } from 'commander';
import { quoted } from '../../errors/index.ts';
import { simulateMovie } from '../../pipeline/index.ts';
import { action, type Outcome } from '../action.ts';
import { hooksOf } from '../hooks.ts';
import { addCommonOptions, type CommonOptions, integer } from '../options.ts';
import { duration } from '../reporter.ts';
import { some } from '../text.ts';

interface SimulateFlags extends CommonOptions {
  preset: '2d' | '3d';
  frames?: number;
  cells?: number;
  seed: number;
  workers?: number;
}

/** `simulate`: a synthetic movie with its true lineage beside it. */
export function defineSimulate(program: Command): void {
  const command = program
    .command('simulate <out.ome.zarr>')
    .description('make a synthetic movie of dividing cells, with its true lineage beside it')
    .addOption(new Option('--preset <preset>', 'flat field or embryo').choices(['2d', '3d']).default('2d'))
    .option('--frames <n>', 'number of frames', integer(1))
    .option('--cells <n>', 'number of founder cells', integer(1))
    .option('--seed <s>', 'equal seeds give equal movies', integer(0), 1)
    .option('--workers <n>', 'frames under way at once (default: one for each core)', integer(1));
  addCommonOptions(command).action(
    action(async (context, options: SimulateFlags, path: string): Promise<Outcome> => {
      const report = await simulateMovie(
        {
          path,
          preset: options.preset,
          seed: options.seed,
          overwrite: options.overwrite ?? false,
          ...(options.frames === undefined ? {} : { frames: options.frames }),
          ...(options.cells === undefined ? {} : { cells: options.cells }),
          ...(options.workers === undefined ? {} : { workers: options.workers }),
        },
        hooksOf(context),
      );
      const { seconds, ...numbers } = report;
      return {
        json: { ...numbers, seconds },
        text: [
          `movie       ${report.movie}: ${some(report.frames, 'frame')}, ${some(report.detections, 'cell')} in all, ${some(report.divisions, 'division')}`,
          `truth       ${report.truth} (masks), ${report.points} (points)`,
          `time        ${duration(seconds)}`,
          `track it    morula track ${quoted(report.movie)}`,
        ].join('\n'),
      };
    }),
  );
}
