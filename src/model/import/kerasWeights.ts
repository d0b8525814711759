import { MorulaError } from '../../errors/index.ts';
import { type H5Array, type H5Reader, withHdf5 } from './hdf5.ts';

/** The arrays of one Keras layer. */
export interface KerasLayer {
  name: string;
  /** By Keras's short names: kernel, bias, gamma, beta, moving_mean, moving_variance. */
  arrays: Record<string, H5Array>;
}

/** A network's layers that have weights. */
export interface KerasWeights {
  path: string;
  /** Convolutions, in the order in which they were created. */
  convolutions: KerasLayer[];
  /** Batch normalisations, likewise. */
  normalisations: KerasLayer[];
  /** False where the file tells layers by position only (Keras 3). */
  named: boolean;
}

/**
 * Reads the layers of a Keras weights file: the layout of Keras 2 (`layer_names` at the root or in `model_weights`,
 * also written by newer Keras for a plain `.h5`) and of Keras 3 (`layers/<class>_<n>/vars/<k>`).
 *
 * Unnamed layers carry a number that grows with their creation but starts anywhere, so they are sorted by it.
 *
 * Source: keras 2.15 and 3.x (Apache-2), names in legacy HDF5 files and in `.weights.h5`.
 *
 * @throws `invalid-data` when the file is no HDF5, or holds no layers
 */
export async function readKerasWeights(bytes: Uint8Array, path: string): Promise<KerasWeights> {
  const { layers, named } = await withHdf5(bytes, path, (file) => {
    const root = ['/', '/model_weights'].find((at) => layerNames(file, at).length > 0);
    if (root !== undefined) return { layers: keras2Layers(file, root), named: true };
    const modern = ['/layers', '/_layer_checkpoint_dependencies'].find((at) => file.names(at).length > 0);
    if (modern === undefined)
      throw new MorulaError(
        'invalid-data',
        `model: ${path} must hold the weights of a Keras network, found ${file.names('/').slice(0, 5).join(', ') || 'nothing'}`,
      );
    const found = keras3Layers(file, modern);
    return { layers: found, named: found.some(({ name }) => name === 'prob') };
  });
  return sortedLayers(layers, named, path);
}

/** Layers told apart by kind, and put in the order of their making. */
export function sortedLayers(layers: KerasLayer[], named: boolean, path: string): KerasWeights {
  return {
    path,
    convolutions: inOrder(layers.filter(({ arrays }) => 'kernel' in arrays)),
    normalisations: inOrder(layers.filter(({ arrays }) => 'moving_mean' in arrays)),
    named,
  };
}

/** The attribute, which Keras splits into numbered parts when it is too large for one. */
function layerNames(file: H5Reader, at: string): string[] {
  const whole = file.texts(at, 'layer_names');
  if (whole !== null) return whole;
  const parts: string[] = [];
  for (let k = 0; ; k++) {
    const part = file.texts(at, `layer_names${k}`);
    if (part === null) return parts;
    parts.push(...part);
  }
}

function keras2Layers(file: H5Reader, root: string): KerasLayer[] {
  const base = root === '/' ? '' : root;
  return layerNames(file, root).map((name) => {
    const arrays: KerasLayer['arrays'] = {};
    for (const weight of file.texts(`${base}/${name}`, 'weight_names') ?? []) {
      const short = weight.split('/').at(-1)!.replace(/:\d+$/, '');
      arrays[short] = file.array(`${base}/${name}/${weight}`);
    }
    return { name, arrays };
  });
}

/** Variables are numbered: kernel, bias; or gamma, beta, moving mean, moving variance. */
function keras3Layers(file: H5Reader, root: string): KerasLayer[] {
  return file.names(root).map((name) => {
    const values = file
      .names(`${root}/${name}/vars`)
      .sort((a, b) => Number(a) - Number(b))
      .map((k) => file.array(`${root}/${name}/vars/${k}`));
    const shorts =
      values.length === 4 ? ['gamma', 'beta', 'moving_mean', 'moving_variance'] : ['kernel', 'bias'];
    return { name, arrays: Object.fromEntries(values.map((value, i) => [shorts[i] ?? `extra_${i}`, value])) };
  });
}

const NUMBERED = /^(conv[23]d|batch_normalization)(?:_(\d+))?$/;

/** Named layers keep their places; the numbered ones among them are put in the order of their numbers. */
function inOrder(layers: KerasLayer[]): KerasLayer[] {
  const number = (layer: KerasLayer): number => Number(NUMBERED.exec(layer.name)?.[2] ?? 0);
  const numbered = layers.filter((l) => NUMBERED.test(l.name)).sort((a, b) => number(a) - number(b));
  return layers.map((layer) => (NUMBERED.test(layer.name) ? numbered.shift()! : layer));
}
