import type { Command } from 'commander';
import { builtinModels, checkModel, type ImportReport, importModel, loadModel } from '../../model/index.ts';
import { action, type Outcome } from '../action.ts';
import { addCommonOptions, type CommonOptions } from '../options.ts';
import { modelText } from '../text.ts';

interface ImportOptions extends CommonOptions {
  output?: string;
  overwrite?: boolean;
}

/** `models` lists the built-in ones, `models import` takes one over, `models check` runs one once. */
export function defineModels(program: Command): void {
  // Else `--json` after `models check` would be taken as an option of `models`; the new command inherits it.
  const models = program
    .enablePositionalOptions()
    .command('models')
    .description('the built-in models; take over or look at a model of your own');
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
  defineImport(models);
  const check = models.command('check <path>').description('run a model once and print what was found');
  addCommonOptions(check).action(
    action(async (_context, _options: CommonOptions, path: string): Promise<Outcome> => {
      const report = await checkModel(path);
      return { json: { ...report }, text: modelText(report) };
    }),
  );
}

function defineImport(models: Command): void {
  const command = models
    .command('import <path>')
    .description(
      'turn a StarDist folder or its export for Fiji, a bioimage.io package or an ONNX file into a morula model',
    )
    .option('-o, --output <folder>', "folder to write (default: <model's name>.model)");
  addCommonOptions(command).action(
    action(async (_context, options: ImportOptions, path: string): Promise<Outcome> => {
      const report = await importModel(path, options);
      return { json: { ...report }, text: importText(report) };
    }),
  );
}

function importText(report: ImportReport): string {
  return [
    `imported    ${report.format}`,
    modelText(report),
    ...(report.testDifference === null
      ? []
      : [`test        gives its package's test output, within ${report.testDifference.toPrecision(1)}`]),
    `use it      morula track <movie> --model '${report.folder}'`,
  ].join('\n');
}
