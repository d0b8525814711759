import type { PartialSemantic } from '../semantic/manifest.ts';
import type { SemanticClass, SemanticNormalise } from '../semantic/types.ts';
import {
  axisLetters,
  list,
  type PackageDescription,
  type Raw,
  record,
  type Step,
} from './packageDescription.ts';

/** What a bioimage.io description says of a semantic network. */
interface SemanticPackage {
  stated: PartialSemantic;
  /** Axes whose pixels share their mean or percentiles in the test input, letters. */
  jointly: string;
  /** Why it cannot be used, or null. */
  unsupported: string | null;
  notes: string[];
}

/** Steps whose gain and offset a later mean or percentile takes out again. */
const AFFINE = ['scale_linear', 'zero_mean_unit_variance', 'fixed_zero_mean_unit_variance', 'scale_range'];
const LAYOUTS: Record<string, PartialSemantic['layout']> = {
  bcyx: 'NCHW',
  byxc: 'NHWC',
  bczyx: 'NCDHW',
  bzyxc: 'NDHWC',
};
/** What channels are called. */
const NAMES: readonly [RegExp, SemanticClass][] = [
  [/back|^bg$/i, 'background'],
  [/bound|border|edge|contour|outline|membrane/i, 'boundary'],
  [/dist|centre|center/i, 'distance'],
  [/fore|^fg$|prob|mask|interior|inside|nucle|cell|object/i, 'foreground'],
];

/**
 * The manifest of a semantic network as far as its package states it: layout, sizes, halo, normalisation, activation
 * and, where the channels have names, classes.
 *
 * Source: bioimage.io model descriptions 0.4.10 and 0.5.4 (spec-bioimage-io, MIT).
 *
 * @param path named in messages
 */
export function semanticPackage(description: PackageDescription, path: string): SemanticPackage {
  const { input, outputs, steps, inputAxes } = description;
  const output = outputs[0] ?? {};
  const notes: string[] = [];
  const stated: PartialSemantic = { kind: 'semantic' };
  const layout = LAYOUTS[inputAxes];
  if (layout) stated.layout = layout;
  const normalise = normaliseOf(steps, inputAxes, notes);
  if (normalise) stated.normalise = normalise;
  const post = list(output.postprocessing).map((step) => String(record(step).id ?? record(step).name ?? ''));
  const activation = post.find((name) => name === 'sigmoid' || name === 'softmax');
  if (activation === 'sigmoid' || activation === 'softmax') stated.activation = activation;
  const halo = spatial(output, haloOf);
  if (halo) stated.halo = halo;
  Object.assign(stated, sizesOf(input));
  const classes = classesOf(outputs);
  if (classes) stated.classes = classes;
  const wrong = [
    ...(normalise === null ? [`preprocessing ${steps.map(({ name }) => name).join(', ')}`] : []),
    ...post
      .filter((name) => name !== activation && name !== 'ensure_dtype')
      .map((n) => `postprocessing ${n}`),
  ];
  const unsupported =
    wrong.length === 0
      ? null
      : `model: ${path}: a semantic network must be fed by one of ${AFFINE.join(', ')} and end in sigmoid or softmax, found ${wrong.join(', ')}`;
  const { axes = 'yx' } = steps.at(-1)?.kwargs ?? {};
  return { stated, jointly: axisLetters(axes), unsupported, notes };
}

/** The last step that counts: earlier ones of a gain and an offset fall out of a mean or a percentile. Null = another. */
function normaliseOf(steps: readonly Step[], axes: string, notes: string[]): SemanticNormalise | null {
  if (steps.length === 0) {
    notes.push('no preprocessing in the package: grey values are fed as they are');
    return { method: 'linear', gain: 1, offset: 0 };
  }
  if (!steps.every(({ name }) => AFFINE.includes(name))) return null;
  const { name, kwargs } = steps.at(-1)!;
  const fixed = name === 'fixed_zero_mean_unit_variance' || kwargs.mode === 'fixed';
  const perChannel = axes.includes('c') && !axisLetters(kwargs.axes ?? 'yx').includes('c');
  if (kwargs.mode === 'per_dataset')
    notes.push('statistics of a whole data set are taken of each frame instead');
  if (name === 'scale_linear' || fixed) {
    if (steps.length > 1) return null;
    const [gain, offset] = fixed
      ? [1 / number(kwargs.std, 1), 0]
      : [number(kwargs.gain, 1), number(kwargs.offset, 0)];
    const shift = fixed ? -number(kwargs.mean, 0) * gain : offset;
    return Number.isFinite(gain) && gain !== 0 && Number.isFinite(shift)
      ? { method: 'linear', gain, offset: shift }
      : null;
  }
  if (name === 'zero_mean_unit_variance') return { method: 'standard', perChannel };
  const low = Number(kwargs.min_percentile ?? 0);
  const high = Number(kwargs.max_percentile ?? 100);
  return { method: 'percentiles', low, high, perChannel };
}

/** A number, or the first of a list of one for each channel. */
function number(value: unknown, otherwise: number): number {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return first === undefined ? otherwise : Number(first);
}

/** Values of the spatial axes of a tensor, `[(z), y, x]`; null where one is missing. */
function spatial(tensor: Raw, read: (tensor: Raw, axis: number) => number | null): number[] | null {
  const letters = axisLetters(tensor.axes);
  const values = ['z', 'y', 'x']
    .filter((letter) => letters.includes(letter))
    .map((letter) => read(tensor, letters.indexOf(letter)));
  return values.length > 0 && values.every((v): v is number => v !== null) ? values : null;
}

/** Of 0.5 in the axis, of 0.4 in a list over all axes. */
function haloOf({ axes, halo }: Raw, axis: number): number | null {
  const value = typeof axes === 'string' ? list(halo)[axis] : record(list(axes)[axis]).halo;
  return Number.isSafeInteger(value) ? (value as number) : null;
}

/** Fixed sizes, or the step of the free ones where the smallest size is a multiple of it. */
function sizesOf(input: Raw): Pick<PartialSemantic, 'fixedSize' | 'divisibleBy'> {
  const sizeOf = ({ axes, shape }: Raw, axis: number): unknown => {
    if (typeof axes !== 'string') return record(list(axes)[axis]).size;
    if (Array.isArray(shape)) return shape[axis];
    const { min, step } = record(shape);
    return { min: list(min)[axis], step: list(step)[axis] };
  };
  const fixed = spatial(input, (tensor, axis) => whole(sizeOf(tensor, axis)));
  if (fixed) return { fixedSize: fixed };
  const steps = spatial(input, (tensor, axis) => {
    const { min, step } = record(sizeOf(tensor, axis));
    const [first, each] = [whole(min), whole(step)];
    return first !== null && each !== null && first % each === 0 ? each : null;
  });
  return steps ? { divisibleBy: steps } : {};
}

function whole(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 1 ? (value as number) : null;
}

/** What the channels of all outputs are by their names; null where one has none that is known, or foreground is missing. */
function classesOf(outputs: readonly Raw[]): SemanticClass[] | null {
  const names = outputs.flatMap((output) => {
    const channel = list(output.axes)
      .map(record)
      .find(({ type }) => type === 'channel');
    return list(channel?.channel_names).map(String);
  });
  const classes = names.map((name) => NAMES.find(([form]) => form.test(name))?.[1] ?? 'other');
  const doubled = classes.some((c, i) => c !== 'other' && classes.indexOf(c) !== i);
  return classes.includes('foreground') && !doubled ? classes : null;
}
