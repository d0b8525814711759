import { MorulaError } from '../../errors/index.ts';
import type { KerasLayer, KerasWeights } from './kerasWeights.ts';

/** The convolution that an architecture has at some place. */
export interface Expected {
  /** Spatial sizes of the kernel. */
  kernel: readonly number[];
  /** Channels in and out. */
  inputs: number;
  outputs: number;
  bias: boolean;
}

/** Hands out the layers of a weights file in the order in which the network is built; each is given once. */
export interface LayerSource {
  /** The layer of that name; where the file names none, the next one. */
  named(name: string, expected: Expected): KerasLayer;
  /** The next layer that Keras named itself. `role` is what messages call it. */
  next(role: string, expected: Expected): KerasLayer;
  /** The next two, told apart by their shapes: files differ in which comes first. */
  nextTwo(roles: [string, string], expected: [Expected, Expected]): [KerasLayer, KerasLayer];
  /** The next batch normalisation, for that many channels. */
  normalisation(role: string, channels: number): KerasLayer;
  /** @throws `shape-mismatch` when layers are left over: the network has more than the config says */
  end(): void;
}

const AUTOMATIC = /^conv[23]d(_\d+)?$/;

/** @throws (each method) `shape-mismatch` that names the layer when it is missing or of another shape */
export function createLayerSource(weights: KerasWeights): LayerSource {
  const left = [...weights.convolutions];
  const normalisations = [...weights.normalisations];
  const fail = (what: string): MorulaError =>
    new MorulaError(
      'shape-mismatch',
      `model: ${weights.path}: ${what}; its config.json belongs to other weights`,
    );
  const isNext = (layer: KerasLayer): boolean => !weights.named || AUTOMATIC.test(layer.name);
  const take = (role: string, is: (layer: KerasLayer) => boolean): KerasLayer => {
    const at = left.findIndex(is);
    if (at < 0) throw fail(`layer ${role} must be there, found none`);
    return left.splice(at, 1)[0]!;
  };
  const checked = (layer: KerasLayer, role: string, expected: Expected): KerasLayer => {
    const problem = mismatch(layer, expected);
    const own = layer.name === role ? role : `${role} (${layer.name} in the file)`;
    if (problem !== null) throw fail(`layer ${own} ${problem}`);
    checkFinite(layer, weights.path);
    return layer;
  };
  const next = (role: string, expected: Expected): KerasLayer => checked(take(role, isNext), role, expected);
  return {
    next,
    named: (name, expected) =>
      weights.named
        ? checked(
            take(name, (layer) => layer.name === name),
            name,
            expected,
          )
        : next(name, expected),
    nextTwo([first, second], [a, b]) {
      const one = take(first, isNext);
      const two = take(second, isNext);
      const swapped = mismatch(one, a) !== null && mismatch(one, b) === null;
      const [x, y] = swapped ? [two, one] : [one, two];
      return [checked(x, first, a), checked(y, second, b)];
    },
    normalisation(role, channels) {
      const layer = normalisations.shift();
      if (!layer) throw fail(`a batch normalisation after ${role} must be there, found none`);
      for (const name of ['gamma', 'beta', 'moving_mean', 'moving_variance']) {
        const got = layer.arrays[name]?.shape.join(' x ') ?? 'none';
        if (got !== String(channels))
          throw fail(`layer ${layer.name} (after ${role}) must have ${name} of ${channels}, got ${got}`);
      }
      checkFinite(layer, weights.path);
      return layer;
    },
    end() {
      const rest = [...left, ...normalisations].map(({ name }) => name);
      if (rest.length > 0)
        throw fail(`every layer must be part of the network, found besides: ${rest.slice(0, 4).join(', ')}`);
    },
  };
}

/** What is wrong with a layer, or null. */
function mismatch({ arrays }: KerasLayer, { kernel, inputs, outputs, bias }: Expected): string | null {
  const wanted = [...kernel, inputs, outputs].join(' x ');
  const got = arrays.kernel!.shape.join(' x ');
  if (got !== wanted) return `must have a kernel of ${wanted} (size, channels in, channels out), got ${got}`;
  const biasShape = arrays.bias?.shape.join(' x ') ?? 'none';
  const biasWanted = bias ? String(outputs) : 'none';
  return biasShape === biasWanted ? null : `must have a bias of ${biasWanted}, got ${biasShape}`;
}

/** A training that diverged leaves NaN, and a network with it gives nothing else. */
function checkFinite({ name, arrays }: KerasLayer, path: string): void {
  const bad = Object.keys(arrays).find((array) => !arrays[array]!.data.every(Number.isFinite));
  if (bad === undefined) return;
  throw new MorulaError(
    'invalid-data',
    `model: ${path}: layer ${name} must hold finite numbers, got NaN or infinity in its ${bad}; take weights from before the training diverged`,
  );
}
