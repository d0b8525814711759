import { MorulaError } from '../../errors/index.ts';
import { type Candidate, parseJson, readSource } from './candidate.ts';
import type { Files } from './files.ts';
import { inferConfig } from './inferConfig.ts';
import { convertNetwork } from './keras.ts';
import { type KerasLayer, type KerasWeights, sortedLayers } from './kerasWeights.ts';
import { bundleArray, readBundleIndex } from './tensorBundle.ts';
import { readGraph } from './tensorflowGraph.ts';

const GRAPH = 'saved_model.pb';
const VARIABLES = 'variables/variables';
const ARRAYS = ['kernel', 'bias', 'gamma', 'beta', 'moving_mean', 'moving_variance'];

/** True for a folder or archive with a TensorFlow SavedModel in it. */
export function isSavedModel({ names }: Files): boolean {
  return names.includes(GRAPH);
}

/**
 * Reads the SavedModel that StarDist exports for Fiji (`TF_SavedModel.zip`). Its graph tells the architecture and
 * its checkpoint holds the weights; thresholds and rays are taken from `config.json` and `thresholds.json` beside it
 * if they are there.
 *
 * @param known parsed `config.json` and `thresholds.json`, null for what is not known
 * @throws `unsupported` for any other SavedModel; `invalid-data` when it is damaged
 */
export async function readSavedModel(
  files: Files,
  known: { config: unknown; thresholds: unknown },
  sources: Record<string, string>,
): Promise<Candidate> {
  const graph = await readSource(files, GRAPH, sources);
  const weights = await readVariables(files, sources);
  const inferred = inferConfig(graphNodes(graph, files.path), weights);
  if (inferred === null)
    throw new MorulaError(
      'unsupported',
      `model: ${files.path} must be a SavedModel that StarDist exported for Fiji, found other layers; import the ` +
        'folder with config.json and weights_best.h5 that it comes from, or an ONNX export',
    );
  const config = { ...inferred, ...raysOf(known.config) };
  const { thresholds } = known;
  const candidate = convertNetwork(files, { config, thresholds, weights, configPath: files.path }, sources);
  if (candidate.stated.ndim === 3 && !('rays_json' in config))
    candidate.notes.push(
      'a SavedModel does not tell its rays: a golden spiral for cubic voxels is assumed; put the config.json beside it',
    );
  return { ...candidate, format: `SavedModel of ${candidate.format.replace('Keras ', '')}` };
}

/**
 * The SavedModel in a folder or archive, with the JSON files beside it.
 *
 * @param beside the folder that an archive lies in, or null; names the model when the archive has StarDist's name
 */
export async function readSavedModelFiles(files: Files, beside: Files | null): Promise<Candidate> {
  const [config, thresholds] = [await json(beside, 'config.json'), await json(beside, 'thresholds.json')];
  const candidate = await readSavedModel(files, { config, thresholds }, {});
  const named = beside === null || files.name !== 'TF_SavedModel';
  return { ...candidate, name: named ? files.name : beside.name };
}

function graphNodes(graph: Uint8Array, path: string): ReturnType<typeof readGraph> {
  try {
    return readGraph(graph);
  } catch (cause) {
    throw new MorulaError('invalid-data', `model: ${path} must hold a whole ${GRAPH}; copy it again`, {
      cause,
    });
  }
}

async function json(files: Files | null, name: string): Promise<unknown> {
  if (!files?.names.includes(name)) return null;
  return parseJson(await files.read(name), `${files.path}/${name}`);
}

function raysOf(config: unknown): Record<string, unknown> {
  const { rays_json, anisotropy } = (config ?? {}) as Record<string, unknown>;
  return rays_json ? { rays_json, anisotropy } : {};
}

/** The checkpoint's arrays, `<layer>/<array>`, as layers. */
async function readVariables(files: Files, sources: Record<string, string>): Promise<KerasWeights> {
  const index = `${VARIABLES}.index`;
  const { entries, shards } = readBundleIndex(
    await readSource(files, index, sources),
    `${files.path}/${index}`,
  );
  const data: Uint8Array[] = [];
  const number = (n: number): string => String(n).padStart(5, '0');
  for (let k = 0; k < shards; k++)
    data.push(await readSource(files, `${VARIABLES}.data-${number(k)}-of-${number(shards)}`, sources));
  const layers = new Map<string, KerasLayer>();
  for (const entry of entries) {
    const [name, array, ...more] = entry.name.split('/');
    if (!name || !array || more.length > 0 || !ARRAYS.includes(array) || name.includes('_transpose'))
      continue;
    const layer = layers.get(name) ?? { name, arrays: {} };
    layer.arrays[array] = bundleArray(entry, data[entry.shard] ?? new Uint8Array(0), files.path);
    layers.set(name, layer);
  }
  return sortedLayers([...layers.values()], true, `${files.path}/${VARIABLES}`);
}
