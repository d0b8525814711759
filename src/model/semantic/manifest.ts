import { MorulaError } from '../../errors/index.ts';
import {
  axes,
  type Field,
  isCount,
  isNatural,
  isPositive,
  MAX_CHANNELS,
  oneOf,
  percentiles,
  text,
} from '../manifestChecks.ts';
import {
  ACTIVATIONS,
  CLASSES,
  type InstanceRules,
  type SemanticClass,
  type SemanticManifest,
} from './types.ts';

type Rules = { -readonly [K in keyof InstanceRules]: InstanceRules[K] };

/** A manifest of a semantic network as it is being put together. */
export type PartialSemantic = { kind: 'semantic'; instances?: Partial<Rules> } & {
  -readonly [K in Exclude<keyof SemanticManifest, 'kind' | 'instances'>]?: SemanticManifest[K];
};

const isShare = (v: unknown): v is number => typeof v === 'number' && v > 0 && v < 1;
const given = (is: (v: unknown) => boolean) => (v: unknown) => (is(v) ? v : undefined);

const RULES: Record<keyof InstanceRules, Field> = {
  seeds: [(v) => oneOf(v, ['interior', 'distance']), '"interior" or "distance"'],
  seedThreshold: [given(isShare), 'a number in (0, 1)'],
  smoothing: [given((v) => v === 0 || isPositive(v)), 'a number of pixels from 0'],
  minDepth: [given((v) => v === 0 || isPositive(v)), 'a number from 0'],
  minContrast: [given((v) => v === 0 || isShare(v)), 'a number in [0, 1)'],
  minSize: [given(isNatural), 'a whole number of pixels from 0'],
  maxHole: [given(isNatural), 'a whole number of pixels from 0'],
  mergeBelow: [given((v) => v === null || isShare(v)), 'a number in (0, 1), or null'],
  distanceUnit: [(v) => oneOf(v, ['relative', 'pixels']), '"relative" or "pixels"'],
  spacing: [
    given((v) => Array.isArray(v) && v.length === 3 && v.every(isPositive)),
    '[z, y, x], numbers over 0',
  ],
};

/** What a `model.json` of kind "semantic" may state. */
export const SEMANTIC_FIELDS: Record<keyof SemanticManifest, Field> = {
  name: [text, 'a text'],
  kind: [(v) => oneOf(v, ['semantic']) ?? (v === 'restoration' ? 'semantic' : undefined), '"semantic"'],
  ndim: [given((v) => v === 2 || v === 3), '2 or 3'],
  layout: [
    (v) => oneOf(v, ['NCHW', 'NHWC', 'NCDHW', 'NDHWC']),
    '"NCHW" or "NHWC", with D before H for volumes',
  ],
  channels: [given((v) => isCount(v) && v <= MAX_CHANNELS), `a whole number in [1, ${MAX_CHANNELS}]`],
  normalise: [
    normalisation,
    '{"method": "percentiles", "low": p, "high": q}, {"method": "standard"} or {"method": "linear", "gain": g, "offset": o}',
  ],
  outputs: [given((v) => isList(v) && v.every((name) => text(name) !== undefined)), 'a list of names'],
  classes: [
    given((v) => isList(v) && v.includes('foreground') && v.every((c) => oneOf(c, CLASSES) !== undefined)),
    `a list of ${CLASSES.map((c) => `"${c}"`).join(', ')}, with one "foreground"`,
  ],
  activation: [(v) => oneOf(v, ACTIVATIONS), '"none", "sigmoid" or "softmax"'],
  thresholds: [threshold, '{"prob": p} with p in (0, 1)'],
  instances: [
    rules,
    `rules of their form: ${Object.entries(RULES)
      .map(([key, [, form]]) => `${key} ${form}`)
      .join('; ')}`,
  ],
  divisibleBy: [(v) => axes(v, isCount), 'a whole number from 1, or one for each axis'],
  halo: [(v) => axes(v, isNatural), 'a whole number from 0, or one for each axis'],
  fixedSize: [
    (v) => (v === null ? null : axes(v, isCount)),
    '[height, width] or [depth, height, width], or null',
  ],
  bytesPerVoxel: [given(isPositive), 'a number over 0'],
  objectDiameterPx: [given((v) => v === null), 'null: objects are not rescaled for semantic networks'],
  diameterRangePx: [given((v) => v === null), 'null'],
};

/** What ONNX Runtime takes for a U-Net of 32 filters at full resolution, as for StarDist's. */
const BYTES_PER_VOXEL = 720;

/**
 * Rules where a manifest states none, by what the network tells. Of boundaries: algorithms A.15. Of the foreground
 * alone: measured with a U-Net for nuclei on the images of dsb2018/train whose name's SHA-1 is 0 modulo 10
 * (AP 0.755 at IoU 0.5; with one threshold of 0.5 for both 0.727).
 */
function defaultRules(classes: readonly SemanticClass[], distanceUnit: InstanceRules['distanceUnit']): Rules {
  const bounded = classes.includes('boundary');
  const measured = classes.includes('distance');
  return {
    seeds: bounded && !measured ? 'interior' : 'distance',
    seedThreshold: bounded || measured ? 0.5 : 0.9,
    smoothing: 1,
    minDepth: measured && distanceUnit === 'relative' ? 0.1 : 0.5,
    minContrast: 0,
    minSize: 40,
    maxHole: 100,
    mergeBelow: null,
    distanceUnit,
    spacing: [1, 1, 1],
  };
}

/**
 * The whole manifest from its parts: single numbers are repeated for each axis, defaults fill the rest.
 *
 * @param parts must hold name, layout, outputs, classes, activation, divisibleBy and halo
 * @throws `invalid-metadata` for rules that the classes do not allow
 */
export function finishSemantic(parts: PartialSemantic, path: string): SemanticManifest {
  const { layout, classes, instances } = parts;
  const ndim = layout!.length === 5 ? 3 : 2;
  const spread = (values: readonly number[]): readonly number[] =>
    values.length === 1 ? Array.from({ length: ndim }, () => values[0]!) : values;
  const rulesHere = { ...defaultRules(classes!, instances?.distanceUnit ?? 'relative'), ...instances };
  if (rulesHere.mergeBelow !== null && !classes!.includes('boundary'))
    throw new MorulaError(
      'invalid-metadata',
      `model: ${path}: "mergeBelow" needs a class "boundary", found ${classes!.join(', ')}`,
    );
  const alone = !classes!.includes('boundary') && !classes!.includes('distance');
  return {
    name: parts.name!,
    kind: 'semantic',
    ndim,
    layout: layout!,
    channels: parts.channels ?? 1,
    normalise: parts.normalise ?? { method: 'percentiles', low: 1, high: 99.8, perChannel: false },
    outputs: parts.outputs!,
    classes: classes!,
    activation: parts.activation!,
    thresholds: parts.thresholds ?? { prob: alone ? 0.7 : 0.5 },
    instances: rulesHere,
    divisibleBy: spread(parts.divisibleBy!),
    halo: spread(parts.halo!),
    fixedSize: parts.fixedSize ? spread(parts.fixedSize) : null,
    bytesPerVoxel: parts.bytesPerVoxel ?? BYTES_PER_VOXEL,
    objectDiameterPx: null,
    diameterRangePx: null,
  };
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0 && new Set(value).size + others(value) === value.length;
}

/** How many of the classes "other" are beyond the first: that class alone may come more than once. */
function others(value: unknown[]): number {
  return Math.max(0, value.filter((v) => v === 'other').length - 1);
}

function normalisation(value: unknown): unknown {
  const {
    method = 'percentiles',
    gain,
    offset,
    perChannel = false,
  } = (value ?? {}) as Record<string, unknown>;
  if (typeof perChannel !== 'boolean') return undefined;
  if (method === 'standard') return { method, perChannel };
  if (method === 'linear') {
    const finite = [gain, offset].every(Number.isFinite) && gain !== 0;
    return finite ? { method, gain, offset } : undefined;
  }
  const found = method === 'percentiles' ? percentiles(value) : undefined;
  return found === undefined ? undefined : { ...found, method, perChannel };
}

function threshold(value: unknown): unknown {
  const { prob } = (value ?? {}) as { prob?: unknown };
  return isShare(prob) ? { prob } : undefined;
}

function rules(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const found: Record<string, unknown> = {};
  for (const [key, [check]] of Object.entries(RULES)) {
    if (!(key in value)) continue;
    const checked = check((value as Record<string, unknown>)[key]);
    if (checked === undefined) return undefined;
    found[key] = checked;
  }
  return found;
}
