import { MorulaError } from '../errors/index.ts';
import type { Manifest } from './types.ts';

/** A manifest as it is being put together: what a `model.json` states, before detection fills the rest. */
export type PartialManifest = { -readonly [K in keyof Manifest]?: Manifest[K] };

/** A `model.json`, checked: the fields that it states, and the digest that its model must have. */
export interface Sidecar {
  stated: PartialManifest;
  sha256: string | null;
}

type Check = (value: unknown) => unknown;

const FIELDS: Record<keyof Manifest, [Check, string]> = {
  name: [text, 'a text'],
  kind: [(v) => oneOf(v, ['stardist']), '"stardist"'],
  ndim: [(v) => (v === 2 ? 2 : undefined), '2'],
  layout: [(v) => oneOf(v, ['NCHW', 'NHWC']), '"NCHW" or "NHWC"'],
  channels: [(v) => (v === 1 ? 1 : undefined), '1 (networks that take one channel)'],
  grid: [(v) => pair(v, isCount), 'one or two whole numbers from 1'],
  nRays: [(v) => (isCount(v) && v >= 8 && v <= 1024 ? v : undefined), 'a whole number in [8, 1024]'],
  divisibleBy: [(v) => pair(v, isCount), 'one or two whole numbers from 1'],
  halo: [(v) => pair(v, isNatural), 'one or two whole numbers from 0'],
  normalise: [percentiles, '{"low": p, "high": q} with 0 <= p < q <= 100'],
  thresholds: [thresholds, '{"prob": p, "nms": q} with p in (0, 1) and q in [0, 1)'],
  objectDiameterPx: [(v) => (v === null || isPositive(v) ? v : undefined), 'a number over 0, or null'],
  diameterRangePx: [
    (v) => (v === null ? null : Array.isArray(v) ? pair(v, isPositive) : undefined),
    '[smallest, largest], or null',
  ],
  probActivation: [(v) => oneOf(v, ['none', 'sigmoid']), '"none" or "sigmoid"'],
  outputs: [outputNames, '{"prob": name, "dist": name}'],
  concatenated: [flag, 'true or false'],
  sparseLattice: [flag, 'true or false'],
  fixedSize: [(v) => (v === null ? null : pair(v, isCount)), '[height, width], or null'],
};

/** Fields that are not about the run and that a manifest may leave out. */
export const DEFAULTS = {
  kind: 'stardist',
  ndim: 2,
  channels: 1,
  normalise: { low: 1, high: 99.8 },
  thresholds: { prob: 0.5, nms: 0.4 },
  objectDiameterPx: null,
  diameterRangePx: null,
  probActivation: 'none',
  outputs: { prob: 'prob', dist: 'dist' },
  concatenated: false,
  sparseLattice: false,
  fixedSize: null,
} as const satisfies PartialManifest;

/**
 * Reads a `model.json`. Unknown keys (licence, training data, ...) are kept out; known ones must be right.
 *
 * @param path named in errors
 * @throws `invalid-metadata` for a wrong value; `unsupported` for 3D and other kinds
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
  refuseLater(found, path);
  const stated: Record<string, unknown> = {};
  for (const [key, [check, form]] of Object.entries(FIELDS)) {
    if (!found.has(key)) continue;
    const value = check(found.get(key));
    if (value === undefined)
      throw new MorulaError(
        'invalid-metadata',
        `model: ${path}: "${key}" must be ${form}, got ${JSON.stringify(found.get(key))}`,
      );
    stated[key] = value;
  }
  const sha256 = found.get('sha256');
  return { stated: stated as PartialManifest, sha256: typeof sha256 === 'string' ? sha256 : null };
}

/** Kinds of model that later versions take get a line of their own. */
function refuseLater(found: Map<string, unknown>, path: string): void {
  if (found.get('ndim') === 3)
    throw new MorulaError(
      'unsupported',
      `model: ${path} describes a 3D model, and 3D models come later; use a 2D model`,
    );
  const kind = found.get('kind');
  if (kind !== undefined && kind !== 'stardist')
    throw new MorulaError(
      'unsupported',
      `model: ${path} must describe a model of kind "stardist", got ${JSON.stringify(kind)}`,
    );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isNatural(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && Number.isFinite(value);
}

function oneOf(value: unknown, allowed: string[]): unknown {
  return typeof value === 'string' && allowed.includes(value) ? value : undefined;
}

function text(value: unknown): unknown {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function flag(value: unknown): unknown {
  return typeof value === 'boolean' ? value : undefined;
}

/** `[y, x]` from a pair, or from one number for both. */
function pair(value: unknown, is: (v: unknown) => boolean): unknown {
  if (is(value)) return [value, value];
  return Array.isArray(value) && value.length === 2 && value.every(is) ? value : undefined;
}

function percentiles(value: unknown): unknown {
  const { low, high } = (value ?? {}) as { low?: unknown; high?: unknown };
  if (typeof low !== 'number' || typeof high !== 'number') return undefined;
  return low >= 0 && low < high && high <= 100 ? { low, high } : undefined;
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
