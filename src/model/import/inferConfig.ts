import type { KerasLayer, KerasWeights } from './kerasWeights.ts';
import type { GraphNode } from './tensorflowGraph.ts';

/** TensorFlow's names of activations, by Keras's. */
const ACTIVATIONS: Record<string, string> = {
  Relu: 'relu',
  Elu: 'elu',
  Selu: 'selu',
  Tanh: 'tanh',
  Sigmoid: 'sigmoid',
  Softplus: 'softplus',
  Softsign: 'softsign',
  LeakyRelu: 'leaky_relu',
};

const DOWN = /^(.*)down_level_0_no_\d+$/;

/**
 * A `config.json` for an exported network, from its graph and the shapes of its weights. Anisotropy of rays is in
 * neither. What is inferred wrongly does not go unseen: every layer's shape is checked against it later.
 *
 * @returns null when the layers are not those of a StarDist network
 */
export function inferConfig(
  nodes: readonly GraphNode[],
  weights: KerasWeights,
): Record<string, unknown> | null {
  const { convolutions, normalisations } = weights;
  const shapeOf = (name: string): number[] | undefined =>
    convolutions.find((layer) => layer.name === name)?.arrays.kernel?.shape;
  const entry = nodes.find(({ op }) => op === 'Conv2D' || op === 'Conv3D');
  const [first, dist] = [shapeOf(layerOf(entry?.name ?? '')), shapeOf('dist')];
  if (!first || !dist || !shapeOf('prob')) return null;
  const ndim = first.length - 2;
  const features = shapeOf('features')?.at(-1) ?? 0;
  const common = {
    n_dim: ndim,
    n_channel_in: first.at(-2)!,
    n_rays: dist.at(-1)!,
    grid: gridOf(nodes, ndim),
  };
  const down = convolutions.filter(({ name }) => DOWN.test(name));
  const batchNorm = normalisations.length > 0;
  if (down.length > 0)
    return { ...common, ...unetKeys(nodes, down, batchNorm), net_conv_after_unet: features };
  return { ...common, ...resnetKeys(nodes, convolutions, batchNorm), net_conv_after_resnet: features };
}

/** From the transposed convolution that brings prob up to the input's size; there is none at grid 1. */
function gridOf(nodes: readonly GraphNode[], ndim: number): number[] {
  const isUp = ({ op, name }: GraphNode): boolean =>
    /^Conv[23]DBackpropInput/.test(op) && /^conv[23]d_transpose/.test(name);
  const up = nodes.find(isUp);
  return up?.strides ?? new Array<number>(ndim).fill(1);
}

function unetKeys(
  nodes: readonly GraphNode[],
  down: KerasLayer[],
  batchNorm: boolean,
): Record<string, unknown> {
  const prefix = DOWN.exec(down[0]!.name)![1]!;
  const kernel = down[0]!.arrays.kernel!.shape;
  const isPool = (layer: string): boolean =>
    layer.startsWith(prefix) && /^max_\d+$/.test(layer.slice(prefix.length));
  const pools = nodes.filter(({ op, name }) => op.startsWith('MaxPool') && isPool(layerOf(name)));
  const last = `${prefix}up_level_0_no_${down.length}`;
  const activations = activationNodes(nodes);
  const ending = batchNorm
    ? activations.findLast(({ name }) => name.startsWith('activation'))
    : activations.find(({ name }) => layerOf(name) === last);
  return {
    backbone: 'unet',
    unet_prefix: prefix,
    unet_n_depth: pools.length,
    unet_kernel_size: kernel.slice(0, -2),
    unet_n_filter_base: kernel.at(-1)!,
    unet_n_conv_per_depth: down.length,
    unet_pool: pools[0]?.ksize,
    unet_batch_norm: batchNorm,
    unet_activation: activations[0] ? ACTIVATIONS[activations[0].op] : 'linear',
    unet_last_activation: ending ? ACTIVATIONS[ending.op] : 'linear',
  };
}

function resnetKeys(
  nodes: readonly GraphNode[],
  convolutions: readonly KerasLayer[],
  batchNorm: boolean,
): Record<string, unknown> {
  const unnamed = convolutions.filter(({ name }) => /^conv3d(_\d+)?$/.test(name));
  const shapes = unnamed.map(({ arrays }) => arrays.kernel!.shape);
  const kernel = shapes[2]?.slice(0, 3) ?? [];
  const blocks = nodes.filter(({ op, name }) => op.startsWith('Add') && /^add(_\d+)?\//.test(name)).length;
  const shortcuts = shapes
    .slice(2)
    .filter((shape) => shape[3] !== shape[4] && shape.slice(0, 3).join() === '1,1,1');
  const activation = activationNodes(nodes)[0];
  return {
    backbone: 'resnet',
    resnet_n_blocks: blocks,
    resnet_kernel_size: kernel,
    resnet_n_filter_base: shapes[0]?.at(-1),
    resnet_n_conv_per_block: (unnamed.length - 2 - shortcuts.length) / blocks,
    resnet_batch_norm: batchNorm,
    resnet_activation: activation ? ACTIVATIONS[activation.op] : 'linear',
  };
}

/** Activations in order, those of the heads left out. */
function activationNodes(nodes: readonly GraphNode[]): GraphNode[] {
  return nodes.filter(({ op, name }) => op in ACTIVATIONS && layerOf(name) !== 'prob');
}

function layerOf(name: string): string {
  return name.split('/')[0]!;
}
