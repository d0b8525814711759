import { MorulaError } from '../../errors/index.ts';
import { MAX_CHANNELS } from '../manifestChecks.ts';
import { type Candidate, parseJson, readSource, thresholdsOf } from './candidate.ts';
import type { Files } from './files.ts';
import { parseStarDistConfig, type StarDistConfig } from './kerasConfig.ts';
import { type KerasWeights, readKerasWeights } from './kerasWeights.ts';
import { memoryPerVoxel } from './memoryPerVoxel.ts';
import { buildNetwork } from './network.ts';
import { encodeOnnx } from './onnxWriter.ts';
import { receptiveField } from './receptiveField.ts';

const CONFIG = 'config.json';
const THRESHOLDS = 'thresholds.json';
const WEIGHTS = /\.(h5|hdf5)$/i;
/** What ONNX Runtime 1.30 takes over the tensors that it must hold: 1.3 to 1.7 measured on five networks. */
const RUNTIME_MEMORY = 1.75;

/** True for a folder or archive that looks like StarDist's model folder. */
export function isKerasFolder({ names }: Files): boolean {
  return names.includes(CONFIG) || names.some((name) => WEIGHTS.test(name));
}

/**
 * Reads the folder that StarDist's training leaves: `config.json`, `thresholds.json`, `weights_*.h5`.
 *
 * @param weights name of the weights file; otherwise the newest one that has "best" in its name, else the newest
 * @throws `invalid-data` when a file is missing; else as `convertKeras`
 */
export async function readKerasFolder(files: Files, weights: string | null): Promise<Candidate> {
  if (!files.names.includes(CONFIG))
    throw new MorulaError(
      'invalid-data',
      `model: ${files.path} must hold ${CONFIG} beside its weights, found none; copy it from the training folder`,
    );
  const sources: Record<string, string> = {};
  const config = parseJson(await readSource(files, CONFIG, sources), `${files.path}/${CONFIG}`);
  const thresholds = files.names.includes(THRESHOLDS)
    ? parseJson(await readSource(files, THRESHOLDS, sources), `${files.path}/${THRESHOLDS}`)
    : null;
  const chosen = weights ?? (await chooseWeights(files));
  return convertKeras(
    files,
    { config, thresholds, weights: chosen, configPath: `${files.path}/${CONFIG}` },
    sources,
  );
}

async function chooseWeights(files: Files): Promise<string> {
  const names = files.names.filter((name) => WEIGHTS.test(name));
  const best = names.filter((name) => name.includes('best'));
  const times = new Map<string, number>();
  for (const name of names) times.set(name, await files.changed(name));
  const [newest] = (best.length > 0 ? best : names).sort((a, b) => times.get(b)! - times.get(a)!);
  if (newest !== undefined) return newest;
  throw new MorulaError(
    'invalid-data',
    `model: ${files.path} must hold the network's weights (weights_best.h5), found no .h5 file; copy them from the training folder`,
  );
}

/** A StarDist network from its config and a weights file; throws as `convertNetwork` and `readKerasWeights`. */
export async function convertKeras(
  files: Files,
  parts: { config: unknown; thresholds: unknown; weights: string; configPath: string },
  sources: Record<string, string>,
): Promise<Candidate> {
  const bytes = await readSource(files, parts.weights, sources);
  const weights = await readKerasWeights(bytes, `${files.path}/${parts.weights}`);
  return convertNetwork(files, { ...parts, weights }, sources);
}

/**
 * A StarDist network from its parts.
 *
 * @throws `invalid-metadata`, `unsupported` or `shape-mismatch` as `parseStarDistConfig` and `buildNetwork`
 */
export function convertNetwork(
  files: Files,
  parts: { config: unknown; thresholds: unknown; weights: KerasWeights; configPath: string },
  sources: Record<string, string>,
): Candidate {
  const config = parseStarDistConfig(parts.config, parts.configPath);
  if (config.channels < 1 || config.channels > MAX_CHANNELS)
    throw new MorulaError(
      'unsupported',
      `model: ${files.path} must take 1 to ${MAX_CHANNELS} channels, got ${config.channels}`,
    );
  const graph = buildNetwork(config, parts.weights);
  const { thresholds, note } = thresholdsOf(parts.thresholds);
  const divisibleBy = divisors(config);
  const notes = [
    ...(note === null ? [] : [note]),
    ...(config.classes > 0 ? [`the head that tells ${config.classes} object classes apart is left out`] : []),
  ];
  return {
    format: `Keras StarDist ${config.ndim}D, ${config.backbone.kind}`,
    name: files.name,
    onnx: encodeOnnx(graph, 'morula'),
    stated: {
      kind: 'stardist',
      ndim: config.ndim,
      layout: config.ndim === 2 ? 'NCHW' : 'NCDHW',
      channels: config.channels,
      grid: config.grid,
      nRays: config.nRays,
      ...(config.anisotropy === null
        ? {}
        : {
            rays: { name: 'golden-spiral', n: config.nRays, anisotropy: config.anisotropy },
            bytesPerVoxel: Math.ceil(RUNTIME_MEMORY * memoryPerVoxel(graph)),
          }),
      divisibleBy,
      halo: receptiveField(graph, config.grid, divisibleBy),
      normalise: { low: 1, high: 99.8 },
      thresholds,
      probActivation: 'none',
      outputs: { prob: 'prob', dist: 'dist' },
      border: 2,
      borderRule: 'padded',
    },
    sources,
    notes,
    test: null,
    unsupported: null,
  };
}

/** Sizes that the network's pooling can halve without a rest (algorithms A.3). */
function divisors({ backbone, grid }: StarDistConfig): number[] {
  if (backbone.kind === 'resnet') return grid;
  return grid.map((g, axis) => g * backbone.pool[axis]! ** backbone.depth);
}
