import { type Command, Option } from 'commander';
import { formatNames } from '../../exchange/index.ts';
import { defaultResultFolder, exportResult, importTracks } from '../../pipeline/index.ts';
import { action, type Outcome } from '../action.ts';
import { hooksOf } from '../hooks.ts';
import { addCommonOptions, type CommonOptions, needed, pixelSize, positive } from '../options.ts';
import { movieLine } from '../text.ts';

/** Files that are listed one by one. */
const FEW = 6;

interface ExportFlags extends CommonOptions {
  format?: string;
  output?: string;
  gaps: 'interpolate' | 'split';
}

interface ImportFlags extends CommonOptions {
  format: string;
  output?: string;
  movie?: string;
  detectionsOnly?: boolean;
  pixelSize?: number[];
  timeStep?: number;
}

/** `export` and `import`. */
export function defineExchange(program: Command): void {
  const out = program
    .command('export <result>')
    .description('write a result for other programs')
    .option('--format <format>', `one of ${formatNames('write').join(', ')}`)
    .option('-o, --output <path>', 'file or folder to write (default: the usual name, in this folder)')
    .addOption(
      new Option('--gaps <how>', 'ctc: fill frames that a track skips, or start a new track after them')
        .choices(['interpolate', 'split'])
        .default('interpolate'),
    );
  addCommonOptions(out).action(
    action(async (context, options: ExportFlags, folder: string): Promise<Outcome> => {
      const format = needed('--format', options.format);
      const { paths, notes } = await exportResult(
        folder,
        format,
        options.output,
        options.gaps,
        hooksOf(context),
      );
      const lines = [...writtenLines(paths), ...notes.map((note) => `note        ${note}`)];
      return { json: { result: folder, format, paths, notes }, text: lines.join('\n') };
    }),
  );

  const into = program
    .command('import <tracks>')
    .description("start from somebody's tracks or masks")
    .option('--format <format>', `auto, or one of ${formatNames('read').join(', ')}`, 'auto')
    .option('--movie <movie>', 'the movie that the tracks belong to')
    .option('-o, --output <result>', 'result folder (default: <tracks name>.morula)')
    .option('--detections-only', 'drop the links, to judge a linker on given detections')
    .option(
      '--pixel-size <z,y,x>',
      'micrometres, where the tracks do not say: masks in pixels become micrometres, positions without a unit are',
      pixelSize,
    )
    .option('--time-step <seconds>', 'seconds between frames, where the tracks do not say', positive);
  addCommonOptions(into).action(
    action(async (context, options: ImportFlags, path: string): Promise<Outcome> => {
      const folder = options.output ?? defaultResultFolder(path);
      const report = await importTracks(
        {
          path,
          format: options.format,
          movie: options.movie === undefined ? null : { path: options.movie },
          folder,
          detectionsOnly: options.detectionsOnly ?? false,
          overwrite: options.overwrite ?? false,
          ...(options.pixelSize === undefined ? {} : { pixelSize: options.pixelSize }),
          ...(options.timeStep === undefined ? {} : { timeStep: options.timeStep }),
        },
        hooksOf(context),
      );
      const { detections, links, warnings } = report;
      return {
        json: { result: folder, detections, links, warnings },
        text: [
          movieLine(report.run),
          `imported    ${detections.toLocaleString('en')} detections, ${links.toLocaleString('en')} links`,
          ...warnings.map((warning) => `note        ${warning}`),
          `result      ${folder}`,
        ].join('\n'),
      };
    }),
  );
}

/** One line a file; of a long series in one folder (masks) the first, the last and their number. */
function writtenLines(paths: readonly string[]): string[] {
  if (paths.length <= FEW) return paths.map((path) => `written     ${path}`);
  const masks = paths.filter((path) => path.endsWith('.tif'));
  const others = paths.filter((path) => !path.endsWith('.tif'));
  return [`written     ${masks[0]} to ${masks.at(-1)} (${masks.length} files)`, ...writtenLines(others)];
}
