import type { Command } from 'commander';
import {
  builtinModels,
  type Device,
  type ImportReport,
  loadModel,
  offeredDevices,
} from '../../model/index.ts';
import { inspectModel, takeOverModel } from '../../pipeline/index.ts';
import { action, type Outcome } from '../action.ts';
import { networkWords } from '../modelWords.ts';
import { addCommonOptions, addFrameTimeout, type CommonOptions, deviceOption } from '../options.ts';
import { deviceLines, modelText } from '../text.ts';

interface CheckOptions extends CommonOptions {
  device: Device;
  frameTimeout?: number;
}

interface ImportOptions extends CommonOptions {
  output?: string;
  frameTimeout?: number;
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
      const width = 3 + Math.max(0, ...list.map(({ name }) => name.length));
      const lines = list.map(
        (model) =>
          `${model.name.padEnd(width)}${networkWords(model)}` +
          (model.objectDiameterPx === null ? '' : `, nuclei of about ${model.objectDiameterPx} px`),
      );
      const devices = offeredDevices();
      return { json: { models: list, devices }, text: [...lines, ...deviceLines(devices)].join('\n') };
    }),
  );
  defineImport(models);
  const check = models.command('check <path>').description('run a model once and print what was found');
  addFrameTimeout(addCommonOptions(check).addOption(deviceOption('cpu')), '5 minutes').action(
    action(async ({ signal }, { device, frameTimeout }: CheckOptions, path: string): Promise<Outcome> => {
      const report = await inspectModel(
        path,
        { device, ...(frameTimeout === undefined ? {} : { frameTimeout }) },
        { signal },
      );
      return { json: { ...report }, text: modelText(report) };
    }),
  );
}

function defineImport(models: Command): void {
  const command = models
    .command('import <path>')
    .description(
      'turn a StarDist folder or its export for Fiji, a bioimage.io package or an ONNX file (StarDist or semantic U-Net) into a morula model',
    )
    .option('-o, --output <folder>', "folder to write (default: <model's name>.model)");
  addFrameTimeout(addCommonOptions(command), '5 minutes').action(
    action(async ({ signal }, options: ImportOptions, path: string): Promise<Outcome> => {
      const report = await takeOverModel(path, options, { signal });
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
