import type { Command } from 'commander';
import { builtinModels, checkModel, loadModel } from '../../model/index.ts';
import { action, type Outcome } from '../action.ts';
import { addCommonOptions, type CommonOptions } from '../options.ts';
import { modelText } from '../text.ts';

/** `models` lists the built-in ones, `models check` runs one once. */
export function defineModels(program: Command): void {
  const models = program.command('models').description('the built-in models; look at a model of your own');
  addCommonOptions(models).action(
    action(async (): Promise<Outcome> => {
      const found = await Promise.all((await builtinModels()).map((model) => loadModel(model.name)));
      const list = found.map(({ manifest, sha256 }) => ({ ...manifest, sha256 }));
      const lines = list.map(
        (model) =>
          `${model.name.padEnd(12)}StarDist ${model.ndim}D, ${model.nRays} rays, grid ${model.grid.join(' x ')}` +
          (model.objectDiameterPx === null ? '' : `, nuclei of about ${model.objectDiameterPx} px`),
      );
      return { json: { models: list }, text: lines.join('\n') };
    }),
  );
  const check = models.command('check <path>').description('run a model once and print what was found');
  addCommonOptions(check).action(
    action(async (_context, _options: CommonOptions, path: string): Promise<Outcome> => {
      const report = await checkModel(path);
      return { json: { ...report }, text: modelText(report) };
    }),
  );
}
