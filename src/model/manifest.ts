import { MorulaError } from '../errors/index.ts';
import {
  axes,
  type Field,
  flag,
  isCount,
  isNatural,
  isPositive,
  MAX_CHANNELS,
  oneOf,
  pair,
  percentiles,
  text,
} from './manifestChecks.ts';
import { MAX_RAYS, parseRays } from './rays.ts';
import { type PartialSemantic, SEMANTIC_FIELDS } from './semantic/manifest.ts';
import type { Layout, PlaneManifest, Rays, StarManifest, VolumeManifest } from './types.ts';

/** Fields with one number for each axis; a single number counts for all of them. */
type AxisField = 'grid' | 'divisibleBy' | 'halo' | 'fixedSize';

type Fields = Omit<PlaneManifest, AxisField | 'ndim' | 'layout'> & {
  ndim: 2 | 3;
  layout: Layout;
  grid: readonly number[];
  divisibleBy: readonly number[];
  halo: readonly number[];
  fixedSize: readonly number[] | null;
  rays: Rays;
  anisotropyRange: readonly [number, number] | null;
  bytesPerVoxel: number;
};

/** A manifest as it is being put together: what a `model.json` states, before detection fills the rest. */
export type PartialManifest = { -readonly [K in keyof Fields]?: Fields[K] };

/** A `model.json`, checked: the fields that it states, and the digest that its model must have. */
export interface Sidecar {
  stated: PartialManifest | PartialSemantic;
  sha256: string | null;
}

const FIELDS: Record<keyof Fields, Field> = {
  name: [text, 'a text'],
  kind: [(v) => oneOf(v, ['stardist']), '"stardist"'],
  ndim: [(v) => (v === 2 || v === 3 ? v : undefined), '2 or 3'],
  layout: [
    (v) => oneOf(v, ['NCHW', 'NHWC', 'NCDHW', 'NDHWC']),
    '"NCHW" or "NHWC", with D before H for volumes',
  ],
  channels: [
    (v) => (isCount(v) && v <= MAX_CHANNELS ? v : undefined),
    `a whole number in [1, ${MAX_CHANNELS}]`,
  ],
  grid: [(v) => axes(v, isCount), 'a whole number from 1, or one for each axis'],
  nRays: [(v) => (isCount(v) && v >= 8 && v <= 1024 ? v : undefined), 'a whole number in [8, 1024]'],
  divisibleBy: [(v) => axes(v, isCount), 'a whole number from 1, or one for each axis'],
  halo: [(v) => axes(v, isNatural), 'a whole number from 0, or one for each axis'],
  normalise: [percentiles, '{"low": p, "high": q} with 0 <= p < q <= 100, maybe "perChannel": true'],
  thresholds: [thresholds, '{"prob": p, "nms": q} with p in (0, 1) and q in [0, 1)'],
  objectDiameterPx: [(v) => (v === null || isPositive(v) ? v : undefined), 'a number over 0, or null'],
  diameterRangePx: [(v) => (v === null ? null : pair(v, isPositive)), '[smallest, largest], or null'],
  probActivation: [(v) => oneOf(v, ['none', 'sigmoid']), '"none" or "sigmoid"'],
  outputs: [outputNames, '{"prob": name, "dist": name}'],
  concatenated: [flag, 'true or false'],
  sparseLattice: [flag, 'true or false'],
  border: [(v) => (isNatural(v) ? v : undefined), 'a whole number of grid positions from 0'],
  borderRule: [(v) => oneOf(v, ['frame', 'padded']), '"frame" or "padded"'],
  outline: [(v) => oneOf(v, ['centre', 'mean']), '"centre" or "mean"'],
  edgeLevel: [
    (v) => (v === null || (isPositive(v) && v <= 1) ? v : undefined),
    'a number in (0, 1], or null',
  ],
  keep: [keepRule, '{"prob": a, "area": b, "border": c, "offset": d}, all finite, or null'],
  fixedSize: [
    (v) => (v === null ? null : axes(v, isCount)),
    '[height, width] or [depth, height, width], or null',
  ],
  rays: [parseRays, '{"name": "golden-spiral", "n": rays, "anisotropy": [z, y, x]}'],
  anisotropyRange: [
    (v) => (v === null ? null : range(v)),
    '[smallest, largest] voxel depth over width, or null',
  ],
  bytesPerVoxel: [(v) => (isPositive(v) ? v : undefined), 'a number over 0'],
};

/** Fields that are not about the run and that a manifest may leave out. */
const DEFAULTS = {
  kind: 'stardist',
  channels: 1,
  normalise: { low: 1, high: 99.8 },
  thresholds: { prob: 0.5, nms: 0.4 },
  objectDiameterPx: null,
  diameterRangePx: null,
  probActivation: 'none',
  outputs: { prob: 'prob', dist: 'dist' },
  concatenated: false,
  sparseLattice: false,
  border: 2,
  borderRule: 'frame',
  outline: 'centre',
  edgeLevel: null,
  keep: null,
  fixedSize: null,
} as const satisfies PartialManifest;

/** What a network that restores is in the words of semantic ones; its grey values are fed as CARE does by itself. */
const RESTORES = { classes: ['image'], activation: 'none' } as const;
const CARE = { method: 'percentiles', low: 2, high: 99.8, perChannel: false } as const;

/** Memory of a run for each voxel: what ONNX Runtime took for StarDist's usual 3D U-Net of 32 filters, measured. */
const BYTES_PER_VOXEL = 720;

/**
 * Reads a `model.json`. Unknown keys (licence, training data, ...) are kept out; known ones must be right.
 *
 * @param path named in errors
 * @throws `invalid-metadata` for a wrong value; `unsupported` for other kinds and other rays
 */
export function parseSidecar(json: string, path: string): Sidecar {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch (cause) {
    throw new MorulaError('invalid-metadata', `model: ${path} must be JSON; mend or remove it`, { cause });
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new MorulaError('invalid-metadata', `model: ${path} must hold a JSON object`);
  const found = new Map(Object.entries(raw));
  const fields = fieldsOf(found.get('kind'), path);
  const stated: Record<string, unknown> = {};
  readForeignRays(found);
  for (const [key, [check, form]] of Object.entries(fields)) {
    if (!found.has(key)) continue;
    const value = check(found.get(key));
    if (value === undefined)
      throw new MorulaError(
        'invalid-metadata',
        `model: ${path}: "${key}" must be ${form}, got ${JSON.stringify(found.get(key))}`,
      );
    stated[key] = value;
  }
  if (found.get('kind') === 'restoration')
    Object.assign(stated, { normalise: CARE }, { ...stated }, RESTORES);
  checkAxisCounts(stated, path);
  const sha256 = found.get('sha256');
  return { stated: stated as Sidecar['stated'], sha256: typeof sha256 === 'string' ? sha256 : null };
}

/** StarDist's own keys for the rays stand in where `rays` is not stated. */
function readForeignRays(found: Map<string, unknown>): void {
  if (found.has('rays')) return;
  const anisotropy = found.get('anisotropy');
  if (found.has('rays_json')) found.set('rays', found.get('rays_json'));
  else if (Array.isArray(anisotropy)) found.set('rays', { name: 'golden-spiral', anisotropy });
}

/** The number of axes that the stated fields agree on, if any speaks of one. */
function checkAxisCounts(stated: PartialManifest, path: string): void {
  const { layout, grid, divisibleBy, halo, fixedSize } = stated;
  const counts = [grid, divisibleBy, halo, fixedSize]
    .map((values) => values?.length ?? 1)
    .filter((n) => n > 1);
  if (layout) counts.push(layout.length - 2);
  if (stated.ndim) counts.push(stated.ndim);
  if (new Set(counts).size > 1)
    throw new MorulaError(
      'invalid-metadata',
      `model: ${path}: "ndim", "layout" and the fields for each axis must all be 2D or all 3D, found both`,
    );
  if (counts.length > 0) stated.ndim = counts[0] === 3 ? 3 : 2;
}

/**
 * The whole manifest from its parts: single numbers are repeated for each axis, defaults fill the rest.
 *
 * @param parts must hold name, layout, nRays, grid, divisibleBy and halo
 * @param warnings gets a line when the rays of a 3D network had to be guessed
 * @throws `invalid-metadata` when `rays` are not `nRays`; `unsupported` for too many of them
 */
export function finishManifest(parts: PartialManifest, path: string, warnings: string[]): StarManifest {
  const ndim = parts.layout!.length - 2;
  const spread = (values: readonly number[]): readonly number[] =>
    values.length === 1 ? Array.from({ length: ndim }, () => values[0]!) : values;
  const { rays, anisotropyRange, bytesPerVoxel, ...rest } = { ...DEFAULTS, ...parts };
  const plain = {
    ...rest,
    ndim,
    grid: spread(parts.grid!),
    divisibleBy: spread(parts.divisibleBy!),
    halo: spread(parts.halo!),
    fixedSize: parts.fixedSize ? spread(parts.fixedSize) : null,
  };
  if (ndim === 2) return plain as unknown as PlaneManifest;
  const nRays = parts.nRays!;
  if (rays && rays.n !== 0 && rays.n !== nRays)
    throw new MorulaError(
      'invalid-metadata',
      `model: ${path} must have as many rays as its model.json states ("rays": ${rays.n}), got ${nRays}`,
    );
  if (nRays > MAX_RAYS)
    throw new MorulaError(
      'unsupported',
      `model: ${path} must have at most ${MAX_RAYS} rays to be used in 3D, got ${nRays}`,
    );
  if (!rays)
    warnings.push(
      'no model.json states the rays: a golden spiral for cubic voxels is assumed; ' +
        'state "rays": {"name": "golden-spiral", "n": ..., "anisotropy": [z, y, x]} as in the training config',
    );
  return {
    ...plain,
    rays: { name: 'golden-spiral', n: nRays, anisotropy: rays?.anisotropy ?? [1, 1, 1] },
    ...(anisotropyRange ? { anisotropyRange } : {}),
    bytesPerVoxel: bytesPerVoxel ?? BYTES_PER_VOXEL,
  } as unknown as VolumeManifest;
}

/** What a kind of model states; a model without a kind is taken for StarDist's. */
function fieldsOf(kind: unknown, path: string): Record<string, Field> {
  if (kind === 'semantic' || kind === 'restoration') return SEMANTIC_FIELDS;
  if (kind === undefined || kind === 'stardist') return FIELDS;
  throw new MorulaError(
    'unsupported',
    `model: ${path} must describe a model of kind "stardist", "semantic" or "restoration", got ${JSON.stringify(kind)}`,
  );
}

/** Two positive numbers of which the first is not the larger. */
function range(value: unknown): unknown {
  const [low, high] = (pair(value, isPositive) ?? [1, 0]) as [number, number];
  return low <= high ? value : undefined;
}

/** `KeepRule`, without other keys. */
function keepRule(value: unknown): unknown {
  if (value === null) return null;
  const given = (typeof value === 'object' ? value : {}) as Record<string, unknown>;
  const { prob, area, border, offset } = given;
  const rule = { prob, area, border, offset };
  return Object.values(rule).every(Number.isFinite) ? rule : undefined;
}

function thresholds(value: unknown): unknown {
  const { prob, nms } = (value ?? {}) as { prob?: unknown; nms?: unknown };
  if (typeof prob !== 'number' || typeof nms !== 'number') return undefined;
  return prob > 0 && prob < 1 && nms >= 0 && nms < 1 ? { prob, nms } : undefined;
}

function outputNames(value: unknown): unknown {
  const { prob, dist } = (value ?? {}) as { prob?: unknown; dist?: unknown };
  return text(prob) && text(dist) ? { prob, dist } : undefined;
}
