import {
  addActivation,
  addConcat,
  addConvolution,
  addMaxPool,
  addOutput,
  addSum,
  addUpsampling,
  startGraph,
  type Value,
} from './graphBuilder.ts';
import type { ResnetConfig, StarDistConfig, UnetConfig } from './kerasConfig.ts';
import type { KerasWeights } from './kerasWeights.ts';
import { createLayerSource, type Expected, type LayerSource } from './layerSource.ts';
import type { OnnxGraph } from './onnxWriter.ts';

/** What the parts of a network under construction share. */
interface Site {
  graph: OnnxGraph;
  layers: LayerSource;
  ndim: number;
}

/**
 * Rebuilds a StarDist network as an ONNX graph: input `image` `[n, channels, (d,) h, w]`, outputs `prob`
 * `[n, 1, ...]` (a probability) and `dist` `[n, nRays, ...]` at grid resolution. A head for classes is left out.
 *
 * Source: Schmidt, Weigert et al. 2018 (MICCAI) and Weigert et al. 2020 (WACV), 10.1109/WACV45572.2020.9093435;
 * order and names of layers as stardist 0.9.1 and csbdeep 0.8 (BSD-3) have them, algorithms A.4.
 *
 * @throws `shape-mismatch` that names the first layer that does not fit; `unsupported` activation
 */
export function buildNetwork(config: StarDistConfig, weights: KerasWeights): OnnxGraph {
  const { graph, image } = startGraph(config.channels, config.ndim);
  const site: Site = { graph, layers: createLayerSource(weights), ndim: config.ndim };
  const { backbone } = config;
  const base =
    backbone.kind === 'unet'
      ? unet(site, poolToGrid(site, image, backbone, config.grid), backbone)
      : resnet(site, image, backbone, config.grid);
  const features = featureLayer(site, base, backbone, 'features');
  const classFeatures = config.classes > 0 ? skipClassFeatures(site, base, backbone) : 0;
  heads(site, features, config.nRays);
  if (config.classes > 0)
    site.layers.named('prob_class', pointwise(site.ndim, classFeatures, config.classes + 1));
  site.layers.end();
  return graph;
}

/** Halves the picture with convolutions between, until its pixels are grid cells. */
function poolToGrid(site: Site, image: Value, net: UnetConfig, grid: readonly number[]): Value {
  let x = image;
  for (const [step, pool] of poolsOf(grid).entries()) {
    for (let i = 0; i < net.convsPerDepth; i++) {
      const role = `grid_${step}_no_${i}`;
      const expected = { kernel: net.kernel, inputs: x.channels, outputs: net.filters, bias: true };
      const layer = site.layers.next(role, expected);
      x = addConvolution(site.graph, x, role, layer);
      x = addActivation(site.graph, x, net.activation, `${role}.act`);
    }
    x = addMaxPool(site.graph, x, `grid_${step}_max`, pool);
  }
  return x;
}

/** Factors of 2 along the axes that still have to shrink, until the grid is reached. */
function poolsOf(grid: readonly number[]): number[][] {
  const pools: number[][] = [];
  let reached = grid.map(() => 1);
  while (reached.some((r, a) => r < grid[a]!)) {
    const pool = reached.map((r, a) => (r < grid[a]! ? 2 : 1));
    reached = reached.map((r, a) => r * pool[a]!);
    pools.push(pool);
  }
  return pools;
}

function unet(site: Site, input: Value, net: UnetConfig): Value {
  const { depth, convsPerDepth, pool, prefix } = net;
  const filters = (level: number): number => Math.trunc(net.filters * net.expansion ** level);
  const skips: Value[] = [];
  let x = input;
  const convolve = (name: string, outputs: number, activation = net.activation): void => {
    const role = `${prefix}${name}`;
    const layer = site.layers.named(role, { kernel: net.kernel, inputs: x.channels, outputs, bias: true });
    const norm = net.batchNorm ? site.layers.normalisation(role, outputs) : null;
    x = addActivation(
      site.graph,
      addConvolution(site.graph, x, role, layer, norm),
      activation,
      `${role}.act`,
    );
  };
  for (let n = 0; n < depth; n++) {
    for (let i = 0; i < convsPerDepth; i++) convolve(`down_level_${n}_no_${i}`, filters(n));
    skips.push(x);
    x = addMaxPool(site.graph, x, `${prefix}max_${n}`, pool);
  }
  for (let i = 0; i < convsPerDepth - 1; i++) convolve(`middle_${i}`, filters(depth));
  convolve(`middle_${convsPerDepth}`, filters(Math.max(0, depth - 1)));
  for (let n = depth - 1; n >= 0; n--) {
    const up = addUpsampling(site.graph, x, `${prefix}up_${n}`, pool);
    x = addConcat(site.graph, up, skips[n]!, `${prefix}join_${n}`);
    for (let i = 0; i < convsPerDepth - 1; i++) convolve(`up_level_${n}_no_${i}`, filters(n));
    const activation = n > 0 ? net.activation : net.lastActivation;
    convolve(`up_level_${n}_no_${convsPerDepth}`, filters(Math.max(0, n - 1)), activation);
  }
  return x;
}

/** Two plain convolutions, then residual blocks; the first of them stride until the grid is reached. */
function resnet(site: Site, image: Value, net: ResnetConfig, grid: readonly number[]): Value {
  let x = image;
  for (const [role, size] of [
    ['stem_0', 7],
    ['stem_1', 3],
  ] as const) {
    const expected = { kernel: grid.map(() => size), inputs: x.channels, outputs: net.filters, bias: true };
    x = addConvolution(site.graph, x, role, site.layers.next(role, expected));
  }
  const pools = poolsOf(grid);
  let filters = net.filters;
  for (let n = 0; n < net.blocks; n++) {
    const pool = pools[n] ?? grid.map(() => 1);
    if (pool.some((p) => p > 1)) filters *= 2;
    x = residualBlock(site, x, net, `block_${n}`, filters, pool);
  }
  return x;
}

function residualBlock(
  { graph, layers, ndim }: Site,
  input: Value,
  { kernel, convsPerBlock, activation, batchNorm }: ResnetConfig,
  block: string,
  filters: number,
  pool: readonly number[],
): Value {
  const bias = !batchNorm;
  const inner: Expected = { kernel, inputs: filters, outputs: filters, bias };
  const normalisation = (role: string) => (batchNorm ? layers.normalisation(role, filters) : null);
  let x = input;
  for (let i = 0; i < convsPerBlock - 1; i++) {
    const role = `${block}_no_${i}`;
    const layer = layers.next(role, { ...inner, inputs: x.channels });
    x = addConvolution(graph, x, role, layer, normalisation(role), i === 0 ? pool : null);
    x = addActivation(graph, x, activation, `${role}.act`);
  }
  const last = `${block}_no_${convsPerBlock - 1}`;
  const shortcut = `${block}_shortcut`;
  let through = input;
  if (pool.some((p) => p > 1) || input.channels !== filters) {
    const beside = { ...pointwise(ndim, input.channels, filters), bias };
    const [lastLayer, besideLayer] = layers.nextTwo([last, shortcut], [inner, beside]);
    x = addConvolution(graph, x, last, lastLayer, normalisation(last));
    through = addConvolution(graph, input, shortcut, besideLayer, null, pool);
  } else {
    x = addConvolution(graph, x, last, layers.next(last, inner), normalisation(last));
  }
  return addActivation(graph, addSum(graph, through, x, `${block}_sum`), activation, `${block}.act`);
}

function featureLayer(site: Site, base: Value, net: UnetConfig | ResnetConfig, role: string): Value {
  if (net.features === 0) return base;
  const layer = site.layers.named(role, featureShape(base, net));
  return addActivation(
    site.graph,
    addConvolution(site.graph, base, role, layer),
    net.activation,
    `${role}.act`,
  );
}

function featureShape(base: Value, net: UnetConfig | ResnetConfig): Expected {
  return { kernel: net.kernel, inputs: base.channels, outputs: net.features, bias: true };
}

/** Takes the class head's own feature layer out of the file; returns the channels that the head sees. */
function skipClassFeatures(site: Site, base: Value, net: UnetConfig | ResnetConfig): number {
  if (net.features === 0) return base.channels;
  site.layers.named('features_class', featureShape(base, net));
  return net.features;
}

function heads({ graph, layers, ndim }: Site, features: Value, nRays: number): void {
  const logit = layers.named('prob', pointwise(ndim, features.channels, 1));
  const prob = addConvolution(graph, features, 'prob_logit', logit);
  addOutput(graph, addActivation(graph, prob, 'sigmoid', 'prob'), ndim);
  const rays = layers.named('dist', pointwise(ndim, features.channels, nRays));
  addOutput(graph, addConvolution(graph, features, 'dist', rays), ndim);
}

function pointwise(ndim: number, inputs: number, outputs: number): Expected {
  return { kernel: new Array<number>(ndim).fill(1), inputs, outputs, bias: true };
}
