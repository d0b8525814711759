import { type Command, InvalidArgumentError, Option } from 'commander';
import { MorulaError } from '../errors/index.ts';

/** A number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0) || !Number.isFinite(value)) {
    throw new InvalidArgumentError(`must be a number above 0, got "${text}"`);
  }
  return value;
}

/** A number in (0, 1). */
function fraction(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError(`must lie in (0, 1), got "${text}"`);
  return value;
}

/** An integer of at least `least` and at most `most`. */
export function integer(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`must be an integer ${range}, got "${text}"`);
    }
    return value;
  };
}

/** `z,y,x` or `y,x`, micrometres. */
export function pixelSize(text: string): number[] {
  const values = text.split(',').map(Number);
  if (values.length < 2 || values.length > 3 || !values.every((v) => v > 0 && Number.isFinite(v))) {
    throw new InvalidArgumentError(
      `must be two or three numbers above 0 (y,x or z,y,x in micrometres), got "${text}"`,
    );
  }
  return values;
}

const UNITS: Record<string, number> = { '': 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 };

/** `8GB`, `500 MB`, or plain bytes. */
function bytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]b)?$/i.exec(text.trim());
  const value = match === null ? 0 : Number(match[1]) * UNITS[(match[2] ?? '').toLowerCase()];
  if (!(value > 0)) throw new InvalidArgumentError(`must be a number of bytes such as 8GB, got "${text}".`);
  return value;
}

/** `a:b`, end-exclusive. */
export function frameRange(text: string): [number, number] {
  const match = /^(\d+):(\d+)$/.exec(text);
  const [start, end] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || start >= end) {
    throw new InvalidArgumentError(`must be a:b with a < b (frames a to b - 1), got "${text}"`);
  }
  return [start, end];
}

/** An index or a name. */
function indexOrName(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** The value of an option that a command cannot do without, from the command line or the `--config` file. */
export function needed<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw new MorulaError('usage', `${name}: must be given; see --help`);
  return value;
}

/** Options that every long command has. */
export interface CommonOptions {
  json?: boolean;
  quiet?: boolean;
  config?: string;
  overwrite?: boolean;
}

/** Adds the options that every long command has. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print one JSON object on standard output, at the end')
    .option('--quiet', 'no progress')
    .option('--config <file.json>', 'options from a file, by the same names; the command line wins')
    .option('--overwrite', 'start anew where another result stands');
}

const DEVICES = ['cpu', 'webgpu', 'cuda', 'coreml', 'dml'];

/** `--device`: one that is named must work, `auto` takes the best that does. */
export function deviceOption(fallback: 'auto' | 'cpu'): Option {
  return new Option('--device <device>', 'where the network runs')
    .choices(fallback === 'auto' ? ['auto', ...DEVICES] : DEVICES)
    .default(fallback);
}

/** `--frame-timeout`: the end of a network that never ends. */
export function addFrameTimeout(command: Command, fallback: string): Command {
  return command.option(
    '--frame-timeout <seconds>',
    `longest run of the network, a frame or a tile of one (default: ${fallback})`,
    positive,
  );
}

/** Options of `track` and `segment` that decide what is segmented, and how. */
export function addSegmentOptions(command: Command): Command {
  return addFrameTimeout(command, '15 minutes, or 20 times the longest so far')
    .option(
      '--model <model>',
      'built-in name, model folder or .onnx file (default: nuclei-2d-fast on a CPU, else nuclei-2d; nuclei-3d for volumes)',
    )
    .option(
      '--restore <model>',
      'folder or .onnx file of a network that restores what the model sees, such as CARE or Noise2Void; the movie is measured as it is',
    )
    .option(
      '--channel <index or name>',
      'the channel to segment (default: 0), or as many as the network takes, in its order: 0,1,2 (default: all)',
      indexOrName,
    )
    .option('--level <n>', 'resolution level, 0 is the finest', integer(0), 0)
    .addOption(deviceOption('auto'))
    .option('--workers <n>', 'frames under way at once (default: one for each core)', integer(1))
    .option('--threads <n>', 'threads inside each worker', integer(1), 1)
    .option(
      '--memory <bytes>',
      'budget of all workers, such as 8GB: how large the tiles of a 3D frame may be',
      bytes,
    )
    .option('--prob-threshold <p>', "object probability (default: the model's own)", fraction)
    .option('--nms-threshold <q>', "overlap of two objects (default: the model's own)", fraction)
    .option('--pixel-size <z,y,x>', 'micrometres, where the movie does not say', pixelSize)
    .option('--time-step <seconds>', 'seconds between frames, where the movie does not say', positive)
    .option('--object-diameter <um>', 'micrometres: rescales the frames for the network', positive)
    .addOption(
      new Option(
        '--on-bad-chunk <what>',
        'of an OME-Zarr movie that does not decode: end the run, or go on as if it were missing (the frames are listed)',
      )
        .choices(['fail', 'mask'])
        .default('fail'),
    )
    .option('--require-chunks', 'of an OME-Zarr movie: a missing chunk is a bad one (default: fill values)')
    .addOption(
      new Option('--ome-zarr <version>', 'version of the label images')
        .choices(['0.4', '0.5'])
        .default('0.5'),
    );
}

/** Options of `track` and `link` that decide how cells are linked. */
export function addLinkOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--linker <linker>', 'how cells are linked').choices(['lap', 'global']).default('global'),
    )
    .option(
      '--max-distance <um>',
      'longest link, micrometres, after the motion is taken off (default: found from the data)',
      positive,
    )
    .option('--max-frame-interval <n>', 'longest link in frames; 1 closes no gaps', integer(1), 2)
    .option('--no-divisions', 'no cell divides')
    .option('--no-rescue', 'no cell is made of what the network saw below its threshold (linker global)')
    .addOption(
      new Option('--motion <motion>', 'movement of the whole that is compensated (linker global)')
        .choices(['auto', 'none', 'drift', 'flow'])
        .default('auto'),
    )
    .option(
      '--scorer <scorer>',
      'network that judges links (linker global): an .onnx file, or none; auto is none today',
      'auto',
    );
}
