import { isRemoteLocation } from '../codec/index.ts';
import { quoted } from '../errors/index.ts';
import { builtinModels, loadStatedModel, type Manifest, modelDigest } from '../model/index.ts';
import { type MovieInfo, openMovie } from '../read/index.ts';
import { type LinkSettings, type RunFile, readPlanFile, type SaidOptions } from '../store/index.ts';

/** How a segmentation goes on, besides what run.json says. */
export interface GoingOn {
  /** How the cells were linked; null = as by default. */
  link: LinkSettings | null;
  /** Chunks of the movie that do not decode were masked. */
  masked?: boolean;
}

/**
 * The command that goes on with a result's segmentation, or makes what is imported anew, with the options that the result
 * was made with: without them the command is refused. Where a file is not known any more its place says what it was.
 */
export async function segmentCommand(
  folder: string,
  run: RunFile,
  { link, masked = false }: GoingOn = { link: null },
): Promise<string> {
  if (run.segment.kind === 'import') return importCommand(folder);
  const plan = await readPlanFile(folder).catch(() => null);
  const planned = plan?.segmentKey === run.segmentKey ? plan : null;
  const own = planned === null ? await segmentWords(run) : saidWords(planned.segment);
  const mask = masked && !own.includes('--on-bad-chunk mask') ? ['--on-bad-chunk mask'] : [];
  const words = [...jobWords(folder, run), ...own, ...mask];
  // `track` takes no constraints.
  if (link?.constraints !== undefined)
    return ['morula segment', ...words, '&&', linkCommand(folder, link)].join(' ');
  const linked = link === null && planned !== null ? saidWords(planned.link) : linkWords(link);
  return ['morula track', ...words, ...linked].join(' ');
}

const importCommand = (folder: string): string => `morula import '<tracks>' -o ${quoted(folder)} --overwrite`;

/** The command that plans a result again. */
export async function planCommand(folder: string, run: RunFile, link: LinkSettings | null): Promise<string> {
  const words = [...jobWords(folder, run), ...(await segmentWords(run)), ...linkWords(link)];
  return ['morula plan', ...words, '--new-plan'].join(' ');
}

const jobWords = (folder: string, { movie }: RunFile): string[] => [
  quoted(movie.path ?? '<movie>'),
  '-o',
  quoted(folder),
];

/** Options that a plan keeps, as they are typed. */
function saidWords(said: SaidOptions): string[] {
  return Object.entries(said).map(([name, value]) => {
    if (typeof value === 'boolean') return `--${value ? '' : 'no-'}${name}`;
    return `--${name} ${quoted(Array.isArray(value) ? value.join(',') : String(value))}`;
  });
}

/** Options of `segment` that give the same frames again; those that a default gives are left out. */
async function segmentWords({ movie, segment }: RunFile): Promise<string[]> {
  const { channel, probThreshold, nmsThreshold, objectDiameter, restore, omeZarr } = segment;
  const [builtin, info] = [await builtinOf(segment), await movieAsFound(movie)];
  const words: string[] = [];
  if (builtin === null) words.push(`--model ${quoted(`<${segment.model}>`)}`);
  else if (!USUAL.has(segment.model)) words.push(`--model ${segment.model}`);
  if (channel !== 0) words.push(`--channel ${String(channel)}`);
  if (movie.level !== 0) words.push(`--level ${movie.level}`);
  if (probThreshold !== builtin?.thresholds.prob) words.push(`--prob-threshold ${probThreshold}`);
  // 0: of a semantic network, which has none.
  const nms = builtin?.kind === 'stardist' ? builtin.thresholds.nms : 0;
  if (nmsThreshold !== nms) words.push(`--nms-threshold ${nmsThreshold}`);
  if (objectDiameter !== null) words.push(`--object-diameter ${objectDiameter}`);
  if (restore !== undefined) words.push(`--restore ${quoted(`<${restore.model}>`)}`);
  if (omeZarr !== '0.5') words.push(`--ome-zarr ${omeZarr}`);
  if (movie.voxelSizeKnown && String(info?.voxelSize) !== String(movie.voxelSize))
    words.push(`--pixel-size ${movie.voxelSize.slice(3 - movie.ndim).join(',')}`);
  if (movie.timeStepKnown && info?.timeStep !== movie.timeStep) words.push(`--time-step ${movie.timeStep}`);
  return words;
}

/** Models that a command without `--model` takes where the result was begun with them. */
const USUAL: ReadonlySet<string> = new Set(['nuclei-2d-fast', 'nuclei-2d', 'nuclei-3d']);

/** The built-in model that made a result, or null where it was another one. */
async function builtinOf({ model, modelDigest: digest }: RunFile['segment']): Promise<Manifest | null> {
  if (!(await builtinModels()).some(({ name }) => name === model)) return null;
  const found = await loadStatedModel(model).catch(() => null);
  return found !== null && modelDigest(found) === digest ? found.manifest : null;
}

/** What a movie says of itself without options; null where it is not at hand. */
async function movieAsFound({ path, level }: RunFile['movie']): Promise<MovieInfo | null> {
  if (path === null || isRemoteLocation(path)) return null;
  const movie = await openMovie({ path, level }).catch(() => null);
  await movie?.close();
  return movie?.info ?? null;
}

/**
 * The command that links a result as it was linked: other options would give other links.
 *
 * @param settings null where nobody knows them any more
 */
export function linkCommand(folder: string, settings: LinkSettings | null): string {
  if (settings?.kind === 'import') return importCommand(folder);
  const constraints = settings?.constraints === undefined ? [] : [`--constraints '<their file>'`];
  return [`morula link ${quoted(folder)}`, ...linkWords(settings), ...constraints].join(' ');
}

function linkWords(settings: LinkSettings | null): string[] {
  if (settings === null) return [];
  const { kind, maxDistance, maxFrameInterval, divisions, motion = 'auto', rescue, scorer } = settings;
  const words: string[] = [];
  if (kind === 'lap') words.push('--linker lap');
  if (maxDistance !== null) words.push(`--max-distance ${maxDistance}`);
  if (maxFrameInterval !== 2) words.push(`--max-frame-interval ${maxFrameInterval}`);
  if (!divisions) words.push('--no-divisions');
  if (kind === 'global' && rescue !== true) words.push('--no-rescue');
  if (motion !== 'auto') words.push(`--motion ${motion}`);
  if (scorer !== undefined) words.push(`--scorer '<the file that judged them>'`);
  return words;
}
