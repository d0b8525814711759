import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { scorePaths, simulateMovie, trackMovie } from '../../pipeline/index.ts';
import { action, type Outcome } from '../action.ts';
import { hooksOf } from '../hooks.ts';
import { addCommonOptions, type CommonOptions, integer } from '../options.ts';
import { sampleScoreText } from '../scoreText.ts';
import { trackText } from '../text.ts';
import { trackJson } from './track.ts';
import { viewUntilStopped } from './view.ts';

interface DemoFlags extends CommonOptions {
  serve: boolean;
  open: boolean;
  port: number;
  output: string;
}

/**
 * The built-in sample, made on first use. Cells hop, dim and die in it: hard enough that the linker doubts some places
 * and errs in a few, so that there is something to review.
 */
const SAMPLE = {
  name: 'sample-2d',
  movie: { preset: '2d', seed: 1, cells: 14, size: [320, 320], speed: 5, photons: 25, deathRate: 0.003 },
} as const;

/** `demo`, which `npm start` runs: the main job on the built-in sample, its score, and the viewer. */
export function defineDemo(program: Command): void {
  const command = program
    .command('demo')
    .description('the main job on the built-in sample movie, then the viewer')
    .option('-o, --output <folder>', 'where the sample and its result go', 'morula-demo')
    .option('--no-serve', 'end after the tables are written')
    .option('--no-open', 'do not open a browser')
    .option('--port <n>', 'port on 127.0.0.1 (0 = any free one)', integer(0, 65535), 8765);
  addCommonOptions(command).action(
    action(async (context, options: DemoFlags): Promise<Outcome> => {
      const hooks = hooksOf(context);
      const movie = join(options.output, `${SAMPLE.name}.ome.zarr`);
      const truth = join(options.output, `${SAMPLE.name}_GT`);
      const points = join(options.output, `${SAMPLE.name}.points.csv`);
      const made = (await stat(points).catch(() => null)) !== null;
      if (!made || options.overwrite) {
        await simulateMovie({ path: movie, ...SAMPLE.movie, overwrite: true }, hooks);
      }
      const folder = join(options.output, `${SAMPLE.name}.morula`);
      const report = await trackMovie(
        {
          source: { path: movie },
          folder,
          device: 'auto',
          threads: 1,
          omeZarr: '0.5',
          overwrite: options.overwrite ?? false,
        },
        { linker: 'global', maxDistance: Number.NaN, maxFrameInterval: 2, divisions: true },
        hooks,
      );
      const scores = await scorePaths(folder, truth, undefined, hooks);
      const text = `${trackText(folder, report)}\n${sampleScoreText(scores)}`;
      if (options.serve) {
        context.reporter.note(text);
        await viewUntilStopped(context, folder, options.port, options.open);
      }
      return {
        json: { ...trackJson(folder, report), scores: { ...scores } },
        text: options.serve ? 'closed' : text,
      };
    }),
  );
}
