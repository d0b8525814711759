import { parse } from 'yaml';
import { MorulaError } from '../../errors/index.ts';

/** What a bioimage.io description says that matters here, the same for formats 0.3 to 0.5. */
export interface PackageDescription {
  name: string;
  formatVersion: string;
  /** Percentiles that are mapped to 0 and 1; null when the description has no such step. */
  normalise: { low: number; high: number } | null;
  /** Axes over which the percentiles are taken, letters; null as above. */
  normaliseAxes: string | null;
  /** Letters, channel and batch among them, in the order of the input's array. */
  inputAxes: string;
  /** Steps other than percentiles and casts to float32. */
  otherSteps: string[];
  /** Weight formats: file, and digest if stated. */
  weights: Record<string, { source: string; sha256: string | null }>;
  testInputs: string[];
  testOutputs: string[];
  /** The first input's description, and those of all outputs, as they are. */
  input: Raw;
  outputs: Raw[];
  /** Preprocessing steps but for casts, in order. */
  steps: Step[];
  /** StarDist's own part, or null. */
  stardist: { config: unknown; thresholds: unknown; weights: string } | null;
}

export type Raw = Record<string, unknown>;

/** One step of preprocessing. */
export interface Step {
  name: string;
  kwargs: Raw;
}

/** Steps that change nothing for a float32 input. */
const NEUTRAL = ['ensure_dtype'];

/**
 * Reads `rdf.yaml` or `bioimageio.yaml`.
 *
 * Source: bioimage.io model descriptions 0.4.10 and 0.5.4 (spec-bioimage-io, MIT).
 *
 * @throws `invalid-metadata` when it is no YAML or no description; `unsupported` for another kind of resource
 */
export function parseDescription(text: string, path: string): PackageDescription {
  const root = parseYaml(text, path);
  if (root.type !== undefined && root.type !== 'model')
    throw new MorulaError(
      'unsupported',
      `model: ${path} must describe a model, got ${JSON.stringify(root.type)}`,
    );
  const input = record(list(root.inputs)[0]);
  const steps = list(input.preprocessing)
    .map((step): Step => {
      const { id, name, kwargs } = record(step);
      return { name: String(id ?? name ?? ''), kwargs: record(kwargs) };
    })
    .filter(({ name }) => !NEUTRAL.includes(name));
  const scale = steps.find(({ name }) => name === 'scale_range');
  return {
    name: String(root.name ?? ''),
    formatVersion: String(root.format_version ?? 'unknown'),
    normalise: scale ? percentiles(scale.kwargs, path) : null,
    normaliseAxes: scale ? axisLetters(scale.kwargs.axes) : null,
    inputAxes: axisLetters(input.axes),
    otherSteps: steps.map(({ name }) => name).filter((name) => name !== 'scale_range'),
    input,
    outputs: list(root.outputs).map(record),
    steps,
    weights: Object.fromEntries(
      Object.entries(record(root.weights)).map(([format, entry]) => [format, weightsEntry(record(entry))]),
    ),
    testInputs: tensorFiles(root.inputs, root.test_inputs),
    testOutputs: tensorFiles(root.outputs, root.test_outputs),
    stardist: stardistPart(record(record(root.config).stardist)),
  };
}

function parseYaml(text: string, path: string): Raw {
  let root: unknown;
  try {
    root = parse(text, { logLevel: 'error' });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new MorulaError('invalid-metadata', `model: ${path} must be YAML, but ${why}`, { cause });
  }
  if (typeof root === 'object' && root !== null && ('inputs' in root || 'type' in root)) return root as Raw;
  throw new MorulaError('invalid-metadata', `model: ${path} must be a bioimage.io model description`);
}

/** The value if it is an object, else an empty one. */
export function record(value: unknown): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {};
}

/** The value if it is a list, else an empty one. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function percentiles(kwargs: Raw, path: string): { low: number; high: number } {
  const low = Number(kwargs.min_percentile ?? 0);
  const high = Number(kwargs.max_percentile ?? 100);
  if (low >= 0 && low < high && high <= 100) return { low, high };
  throw new MorulaError(
    'invalid-metadata',
    `model: ${path}: scale_range must have 0 <= min_percentile < max_percentile <= 100, got ${low} and ${high}`,
  );
}

/** `byxc` of 0.4, or the list of axis names or descriptions of 0.5, as letters. An unnamed axis of space is x. */
export function axisLetters(axes: unknown): string {
  if (typeof axes === 'string') return axes;
  return list(axes)
    .map((axis) => {
      const { id, type } = record(axis);
      if (typeof axis === 'string') return axis[0] ?? '?';
      if (id === undefined && type === 'space') return 'x';
      return String(id ?? type ?? '?')[0]!;
    })
    .join('');
}

function weightsEntry({ source, sha256 }: Raw): { source: string; sha256: string | null } {
  return { source: fileName(source), sha256: typeof sha256 === 'string' ? sha256 : null };
}

/** The test tensors' files: lists of their own in 0.4, in each tensor's description in 0.5. */
function tensorFiles(tensors: unknown, files: unknown): string[] {
  if (Array.isArray(files)) return files.map(fileName);
  return list(tensors)
    .map((tensor) => record(record(tensor).test_tensor).source)
    .filter((source) => typeof source === 'string')
    .map(fileName);
}

/** A path in the package, as it is listed there. */
function fileName(source: unknown): string {
  return typeof source === 'string' ? source.replace(/^\.\//, '') : '';
}

function stardistPart(part: Raw): PackageDescription['stardist'] {
  const { config, thresholds, weights } = part;
  if (typeof config !== 'object' || config === null) return null;
  return { config, thresholds, weights: fileName(weights) };
}
