import { MorulaError } from '../../errors/index.ts';

/** Kernel and pool sizes are spatial, `[y, x]` or `[z, y, x]`. */
export interface UnetConfig {
  kind: 'unet';
  depth: number;
  kernel: number[];
  filters: number;
  /** Filters of a level over those of the level above. */
  expansion: number;
  convsPerDepth: number;
  pool: number[];
  activation: string;
  lastActivation: string;
  batchNorm: boolean;
  prefix: string;
  /** Filters of the convolution before the heads; 0 = none. */
  features: number;
}

export interface ResnetConfig {
  kind: 'resnet';
  blocks: number;
  kernel: number[];
  filters: number;
  convsPerBlock: number;
  activation: string;
  batchNorm: boolean;
  features: number;
}

/** A StarDist `config.json`, completed by the library's defaults. */
export interface StarDistConfig {
  ndim: 2 | 3;
  channels: number;
  nRays: number;
  /** Input pixels per output pixel, powers of two. */
  grid: number[];
  /** Object classes that a third head tells apart; 0 = no such head. */
  classes: number;
  backbone: UnetConfig | ResnetConfig;
  /** Voxel step of the rays `[z, y, x]`; null in 2D. */
  anisotropy: number[] | null;
}

type Raw = Record<string, unknown>;

const MAX_GRID = 16;

/**
 * Reads a StarDist `config.json`. Keys that old files lack take the defaults of the library (algorithms A.1);
 * `train_*` and what else does not shape the network is passed over.
 *
 * Source: stardist 0.9.1 (BSD-3), Config2D and Config3D: names and defaults of the keys.
 *
 * @param raw the parsed JSON
 * @throws `invalid-metadata` for a wrong value; `unsupported` for a backbone, axes or rays that cannot be taken
 */
export function parseStarDistConfig(raw: unknown, path: string): StarDistConfig {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new MorulaError('invalid-metadata', `model: ${path} must hold a JSON object`);
  const config = raw as Raw;
  const read = reader(config, path);
  const ndim = dimensions(config, path);
  checkAxes(config, ndim, path);
  const grid = read.sizes('grid', ndim, 1);
  if (!grid.every((g) => Number.isInteger(Math.log2(g)) && g <= MAX_GRID))
    throw wrong(path, 'grid', `powers of two up to ${MAX_GRID}`, config.grid);
  return {
    ndim,
    channels: read.count('n_channel_in', 1),
    nRays: rayCount(config, ndim, path),
    grid,
    classes: config.n_classes === undefined || config.n_classes === null ? 0 : read.count('n_classes', 0),
    backbone: backboneOf(config, ndim, path),
    anisotropy: ndim === 3 ? rayAnisotropy(config, path) : null,
  };
}

function dimensions(config: Raw, path: string): 2 | 3 {
  const axes = typeof config.axes === 'string' ? config.axes.toUpperCase() : '';
  const ndim = config.n_dim ?? (axes.includes('Z') ? 3 : 2);
  if (ndim === 2 || ndim === 3) return ndim;
  throw wrong(path, 'n_dim', '2 or 3', ndim);
}

function checkAxes(config: Raw, ndim: 2 | 3, path: string): void {
  const axes = config.axes;
  const wanted = ndim === 2 ? 'YX' : 'ZYX';
  if (axes === undefined) return;
  if (typeof axes === 'string' && [wanted, `${wanted}C`].includes(axes.toUpperCase())) return;
  throw new MorulaError(
    'unsupported',
    `model: ${path}: "axes" must be "${wanted}C", got ${JSON.stringify(axes)}; train with channels last`,
  );
}

function rayCount(config: Raw, ndim: 2 | 3, path: string): number {
  const out = config.n_channel_out;
  const fromRays = ndim === 3 ? raysJson(config)?.n : undefined;
  const count = config.n_rays ?? fromRays ?? (typeof out === 'number' ? out - 1 : ndim === 2 ? 32 : 96);
  if (Number.isSafeInteger(count) && (count as number) >= 8 && (count as number) <= 1024)
    return count as number;
  throw wrong(path, 'n_rays', 'a whole number in [8, 1024]', count);
}

function raysJson(config: Raw): Raw | undefined {
  const rays = config.rays_json as { kwargs?: unknown } | undefined | null;
  return typeof rays?.kwargs === 'object' && rays.kwargs !== null ? (rays.kwargs as Raw) : undefined;
}

/** Anisotropy that the golden spiral of rays was laid with; the name of any other kind of rays is refused. */
function rayAnisotropy(config: Raw, path: string): number[] {
  const rays = config.rays_json as { name?: unknown } | undefined | null;
  if (rays?.name !== undefined && rays.name !== 'Rays_GoldenSpiral')
    throw new MorulaError(
      'unsupported',
      `model: ${path}: rays must be "Rays_GoldenSpiral", got ${JSON.stringify(rays.name)}; train with golden-spiral rays`,
    );
  const kwargs = raysJson(config);
  const steps = kwargs && 'anisotropy' in kwargs ? kwargs.anisotropy : config.anisotropy;
  if (steps === undefined || steps === null) return [1, 1, 1];
  if (Array.isArray(steps) && steps.length === 3 && steps.every((v) => typeof v === 'number' && v > 0))
    return steps as number[];
  throw wrong(path, 'anisotropy', 'three numbers above 0, or null', steps);
}

function backboneOf(config: Raw, ndim: 2 | 3, path: string): UnetConfig | ResnetConfig {
  const read = reader(config, path);
  const name = String(config.backbone ?? 'unet').toLowerCase();
  if (name === 'unet')
    return {
      kind: 'unet',
      depth: read.natural('unet_n_depth', ndim === 2 ? 3 : 2),
      kernel: read.sizes('unet_kernel_size', ndim, 3),
      filters: read.count('unet_n_filter_base', 32),
      expansion: read.positive('unet_expansion', 2),
      convsPerDepth: read.count('unet_n_conv_per_depth', 2),
      pool: read.sizes('unet_pool', ndim, 2),
      activation: read.text('unet_activation', 'relu'),
      lastActivation: read.text(
        config.unet_last_activation === null ? 'unet_activation' : 'unet_last_activation',
        'relu',
      ),
      batchNorm: read.flag('unet_batch_norm'),
      prefix: typeof config.unet_prefix === 'string' ? config.unet_prefix : '',
      features: read.natural('net_conv_after_unet', 128),
    };
  if (name === 'resnet' && ndim === 3)
    return {
      kind: 'resnet',
      blocks: read.natural('resnet_n_blocks', 4),
      kernel: read.sizes('resnet_kernel_size', ndim, 3),
      filters: read.count('resnet_n_filter_base', 32),
      convsPerBlock: read.count('resnet_n_conv_per_block', 3),
      activation: read.text('resnet_activation', 'relu'),
      batchNorm: read.flag('resnet_batch_norm'),
      features: read.natural('net_conv_after_resnet', 128),
    };
  throw new MorulaError(
    'unsupported',
    `model: ${path}: "backbone" must be "unet"${ndim === 3 ? ' or "resnet"' : ''}, got ${JSON.stringify(config.backbone)}`,
  );
}

interface Reader {
  /** A whole number from 1. */
  count(key: string, fallback: number): number;
  /** A whole number from 0. */
  natural(key: string, fallback: number): number;
  positive(key: string, fallback: number): number;
  /** One size for each spatial axis, from 1. */
  sizes(key: string, ndim: number, fallback: number): number[];
  text(key: string, fallback: string): string;
  flag(key: string): boolean;
}

function reader(config: Raw, path: string): Reader {
  const number = (key: string, fallback: number, form: string, is: (v: number) => boolean): number => {
    const value = config[key] ?? fallback;
    if (typeof value === 'number' && Number.isFinite(value) && is(value)) return value;
    throw wrong(path, key, form, value);
  };
  return {
    count: (key, fallback) =>
      number(key, fallback, 'a whole number from 1', (v) => Number.isSafeInteger(v) && v >= 1),
    natural: (key, fallback) =>
      number(key, fallback, 'a whole number from 0', (v) => Number.isSafeInteger(v) && v >= 0),
    positive: (key, fallback) => number(key, fallback, 'a number above 0', (v) => v > 0),
    sizes(key, ndim, fallback) {
      const value = config[key] ?? new Array(ndim).fill(fallback);
      if (
        Array.isArray(value) &&
        value.length === ndim &&
        value.every((v) => Number.isSafeInteger(v) && v >= 1)
      )
        return value as number[];
      throw wrong(path, key, `${ndim} whole numbers from 1`, value);
    },
    text(key, fallback) {
      const value = config[key] ?? fallback;
      if (typeof value === 'string') return value;
      throw wrong(path, key, 'a text', value);
    },
    flag(key) {
      const value = config[key] ?? false;
      if (typeof value === 'boolean') return value;
      throw wrong(path, key, 'true or false', value);
    },
  };
}

function wrong(path: string, key: string, form: string, got: unknown): MorulaError {
  return new MorulaError(
    'invalid-metadata',
    `model: ${path}: "${key}" must be ${form}, got ${JSON.stringify(got)}`,
  );
}
