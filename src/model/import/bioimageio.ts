import { MorulaError } from '../../errors/index.ts';
import { type Candidate, type PublishedTest, readSource, thresholdsOf } from './candidate.ts';
import { type Files, listZip } from './files.ts';
import { convertKeras } from './keras.ts';
import { readNpy } from './npy.ts';
import { readOnnx } from './onnx.ts';
import { type PackageDescription, parseDescription } from './packageDescription.ts';
import { readSavedModel } from './savedModel.ts';
import { normaliseTensor, scaleRange } from './scaleRange.ts';
import { semanticPackage } from './semanticPackage.ts';

const NAMES = /(^|\.)(rdf|bioimageio|model)\.ya?ml$/i;

/** The description in a bioimage.io package, or null. The standard names come first. */
export function findDescription({ names }: Files): string | null {
  const found = names.filter((name) => NAMES.test(name));
  return ['bioimageio.yaml', 'rdf.yaml'].find((name) => found.includes(name)) ?? found[0] ?? null;
}

/**
 * Reads a bioimage.io package of a StarDist network: from the Keras weights that StarDist's exporter attaches,
 * from ONNX weights, or from its TensorFlow bundle. Its percentiles, thresholds and test tensors are taken over. ONNX
 * weights may also turn out to be a semantic network, for which more of its pre- and postprocessing is known.
 *
 * @throws `unsupported` for weights that cannot be taken; else as `convertKeras` and `readOnnx`
 */
export async function readPackage(files: Files, descriptionName: string): Promise<Candidate> {
  const sources: Record<string, string> = {};
  const text = new TextDecoder().decode(await readSource(files, descriptionName, sources));
  const path = `${files.path}/${descriptionName}`;
  const description = parseDescription(text, path);
  const { candidate, form } = await network(files, description, path, sources);
  checkDigests(description, sources, path);
  const tensors = await testTensors(files, description, sources);
  const notes = tensors === null ? ['no test tensors in the package: its outputs were not compared'] : [];
  const semantic = form === 'same' ? asSemantic(description, tensors, notes, path) : {};
  if (description.normalise) {
    const apart = candidate.stated.channels !== 1 && /^[^c]+$/.test(description.normaliseAxes ?? '');
    candidate.stated.normalise = { ...description.normalise, ...(apart ? { perChannel: true } : {}) };
  } else candidate.notes.push('no scale_range step: percentiles 1 to 99.8 are used');
  candidate.notes.push(...notes);
  const format = `bioimage.io ${description.formatVersion} (${candidate.format})`;
  const name = description.name || files.name;
  const test = publishedTest(tensors, description, form);
  return { ...candidate, format, name, test, unsupported: otherSteps(description, path), ...semantic };
}

/** What holds if the network is a semantic one. */
function asSemantic(
  description: PackageDescription,
  tensors: Tensors | null,
  notes: readonly string[],
  path: string,
): Pick<Candidate, 'asSemantic'> {
  const found = semanticPackage(description, path);
  const { stated, jointly, unsupported } = found;
  const { normalise, activation } = stated;
  let test: PublishedTest | null = null;
  if (tensors !== null && normalise) {
    const { input, expected } = tensors;
    const data = normaliseTensor(input, description.inputAxes, jointly, normalise);
    const form = activation === 'sigmoid' || activation === 'softmax' ? activation : 'same';
    test = { input: { data, shape: input.shape }, expected, form };
  }
  return { asSemantic: { stated: { ...stated }, notes: [...found.notes, ...notes], test, unsupported } };
}

/** Why the package's preprocessing cannot be applied, or null. */
function otherSteps({ otherSteps: steps }: PackageDescription, path: string): string | null {
  if (steps.length === 0) return null;
  return `model: ${path}: preprocessing must be scale_range alone, found ${steps.join(', ')}; only percentiles can be applied`;
}

async function network(
  files: Files,
  { stardist, weights }: PackageDescription,
  path: string,
  sources: Record<string, string>,
): Promise<{ candidate: Candidate; form: PublishedTest['form'] }> {
  const keras = stardist ? kerasWeights(files, stardist.weights, weights.keras_hdf5?.source) : null;
  if (stardist && keras !== null) {
    const { config, thresholds } = stardist;
    const parts = { config, thresholds, weights: keras, configPath: path };
    return { candidate: await convertKeras(files, parts, sources), form: 'stardist' };
  }
  const onnx = weights.onnx;
  if (onnx) {
    const candidate = await readOnnx(files, onnx.source, sources);
    if (stardist) candidate.stated.thresholds = thresholdsOf(stardist.thresholds).thresholds;
    return { candidate, form: 'same' };
  }
  const bundle = weights.tensorflow_saved_model_bundle;
  if (bundle && files.names.includes(bundle.source)) {
    const archive = listZip(
      await readSource(files, bundle.source, sources),
      `${files.path}/${bundle.source}`,
    );
    const known = { config: stardist?.config ?? null, thresholds: stardist?.thresholds ?? null };
    return { candidate: await readSavedModel(archive, known, sources), form: 'stardist' };
  }
  throw new MorulaError(
    'unsupported',
    `model: ${path} must come with ${stardist ? 'the Keras weights of StarDist (.h5) or ' : ''}ONNX weights, found ` +
      `${Object.keys(weights).join(', ') || 'none'}; take the whole package, or export the network to ONNX`,
  );
}

/** The weights file that StarDist's part names, wherever in the package it lies. */
function kerasWeights(files: Files, named: string, listed: string | undefined): string | null {
  const wanted = [named, listed].filter((name) => name !== undefined && /\.(h5|hdf5)$/i.test(name));
  const is = (name: string): boolean => wanted.some((w) => name === w || name.endsWith(`/${w}`));
  return files.names.find(is) ?? null;
}

function checkDigests({ weights }: PackageDescription, sources: Record<string, string>, path: string): void {
  for (const { source, sha256 } of Object.values(weights)) {
    const got = sources[source];
    if (sha256 !== null && got !== undefined && got !== sha256.toLowerCase())
      throw new MorulaError(
        'invalid-data',
        `model: ${path}: ${source} must have the sha256 ${sha256.slice(0, 12)}..., got ${got.slice(0, 12)}...; fetch it again`,
      );
  }
}

type Array32 = PublishedTest['input'];

/** A package's test tensors, as they are. */
interface Tensors {
  input: Array32;
  expected: Array32[];
}

/** The package's test tensors; null when they are not all there. */
async function testTensors(
  files: Files,
  { testInputs, testOutputs }: PackageDescription,
  sources: Record<string, string>,
): Promise<Tensors | null> {
  const names = [...testInputs, ...testOutputs];
  const there = names.every((name) => files.names.includes(name));
  if (testInputs.length !== 1 || testOutputs.length === 0 || !there) return null;
  const arrays = [];
  for (const name of names)
    arrays.push(readNpy(await readSource(files, name, sources), `${files.path}/${name}`));
  const [input, ...expected] = arrays as [Array32, ...Array32[]];
  return { input, expected };
}

/** The test tensors of a StarDist network, the input normalised. */
function publishedTest(
  tensors: Tensors | null,
  { inputAxes, normalise, normaliseAxes }: PackageDescription,
  form: PublishedTest['form'],
): PublishedTest | null {
  if (tensors === null) return null;
  const { input, expected } = tensors;
  const data = normalise
    ? scaleRange(input, inputAxes, normaliseAxes ?? '', normalise.low, normalise.high)
    : input.data;
  return { input: { data, shape: input.shape }, expected, form };
}
