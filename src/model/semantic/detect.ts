import { MorulaError } from '../../errors/index.ts';
import type { PartialManifest } from '../manifest.ts';
import { type RawOutput, sizesOf, toPlanes } from '../outputs.ts';
import type { Layout } from '../types.ts';
import { finishSemantic, type PartialSemantic } from './manifest.ts';
import type { SemanticClass, SemanticManifest } from './types.ts';

/** What one run on a test picture gave. */
export interface Probe {
  layout: Layout;
  channels: number;
  /** The test picture's size and the output's, and what the size was a multiple of, for each spatial axis. */
  size: readonly number[];
  grid: readonly number[];
  divisor: readonly number[];
  outputs: Map<string, RawOutput>;
}

/** Most channels of a semantic network; StarDist's have at least 9. */
const MAX_CLASSES = 4;
/** How far probabilities may leave [0, 1], and their sum 1. */
const SLACK = 1e-3;
/** Distances over this are in pixels. */
const MAX_RELATIVE = 1.5;

/** What the channels are where nobody says, by their number. */
const USUAL: readonly (readonly SemanticClass[])[] = [
  ['foreground'],
  ['foreground', 'boundary'],
  ['background', 'foreground', 'boundary'],
  ['background', 'foreground', 'boundary', 'other'],
];

/** True for outputs of one to four channels in all, as large as the input. */
export function looksSemantic({ layout, grid, outputs }: Probe): boolean {
  const counts = [...outputs.values()].map(({ dims }) => sizesOf(dims, layout).channels);
  const total = counts.reduce((sum, n) => sum + n, 0);
  const plain = counts.length === 1 || counts.every((n) => n === 1);
  return plain && total <= MAX_CLASSES && grid.every((g) => g === 1);
}

/** What a manifest of unknown kind says that also counts for a semantic network; thresholds are StarDist's alone. */
export function asSemantic(stated: PartialManifest): PartialSemantic {
  const { layout, channels, normalise, divisibleBy, halo, fixedSize, bytesPerVoxel } = stated;
  const found: PartialSemantic = { kind: 'semantic' };
  if (layout) found.layout = layout;
  if (channels) found.channels = channels;
  if (normalise) found.normalise = { method: 'percentiles', perChannel: false, ...normalise };
  if (divisibleBy) found.divisibleBy = divisibleBy;
  if (halo) found.halo = halo;
  if (fixedSize) found.fixedSize = fixedSize;
  if (bytesPerVoxel) found.bytesPerVoxel = bytesPerVoxel;
  return found;
}

/**
 * The manifest of a semantic network: what is not stated is told by the number of its channels and by their values on
 * the test picture.
 *
 * @param geometry sizes that were found out
 * @param warnings gets a line for what had to be guessed
 * @throws `unsupported` for outputs of another size than the input; `invalid-metadata` for classes that are not the channels
 */
export function completeSemantic(
  probe: Probe,
  stated: PartialSemantic,
  geometry: Pick<PartialSemantic, 'fixedSize' | 'divisibleBy' | 'halo'>,
  path: string,
  warnings: string[],
): SemanticManifest {
  const outputs = stated.outputs ?? [...probe.outputs.keys()];
  const planes = outputs.flatMap((name) => planesOf(name, probe, path));
  const usual = stated.classes ?? guessClasses(planes, stated.activation ?? null);
  if (usual?.length !== planes.length)
    throw new MorulaError(
      stated.classes ? 'invalid-metadata' : 'unsupported',
      `model: ${path} must have a channel for each of its classes` +
        `${stated.classes ? ` (${stated.classes.join(', ')})` : `, at most ${MAX_CLASSES}`}, got ${planes.length}`,
    );
  if (!stated.classes)
    warnings.push(
      `no model.json states what the channels are: ${usual.join(', ')} assumed; state "classes" if they are not`,
    );
  const activation = stated.activation ?? guessActivation(planes, usual);
  const instances = { ...stated.instances };
  const distance = planes[usual.indexOf('distance')];
  if (distance && !instances.distanceUnit)
    instances.distanceUnit = distance.some((d) => d > MAX_RELATIVE) ? 'pixels' : 'relative';
  const { layout, channels } = probe;
  const found = { layout, channels, ...geometry, outputs, classes: usual, activation };
  return finishSemantic({ ...found, ...stated, instances }, path);
}

/** The channels of one output, as they are. */
function planesOf(name: string, { outputs, layout, size }: Probe, path: string): Float32Array[] {
  const raw = outputs.get(name);
  if (!raw)
    throw new MorulaError(
      'invalid-data',
      `model: ${path} must have the output "${name}" that its model.json names, found ${[...outputs.keys()].join(', ')}`,
    );
  const got = sizesOf(raw.dims, layout);
  if (got.size.join() !== size.join())
    throw new MorulaError(
      'unsupported',
      `model: ${path} must give outputs as large as its input to be a semantic network, got ` +
        `${got.size.join(' x ')} for ${size.join(' x ')}; export it with padded ("same") convolutions`,
    );
  const one = size.map(() => 1);
  return Array.from({ length: got.channels }, (_, c) => toPlanes(raw, layout, c, 1, one));
}

/** Classes by the number of channels and what their values look like; undefined for too many. */
function guessClasses(
  planes: readonly Float32Array[],
  activation: SemanticManifest['activation'] | null,
): readonly SemanticClass[] | undefined {
  if (planes.length !== 2) return USUAL[planes.length - 1];
  if (activation === 'softmax' || sumToOne(planes)) return ['background', 'foreground'];
  const [first, second] = planes as [Float32Array, Float32Array];
  const lengths = isShare(first) && !isShare(second) && second.every((v) => v >= -SLACK);
  return lengths ? ['foreground', 'distance'] : USUAL[1];
}

function guessActivation(
  planes: readonly Float32Array[],
  classes: readonly SemanticClass[],
): SemanticManifest['activation'] {
  const probs = planes.filter((_, c) => classes[c] !== 'distance');
  if (probs.every(isShare)) return 'none';
  return classes.includes('background') ? 'softmax' : 'sigmoid';
}

function isShare(plane: Float32Array): boolean {
  return plane.every((v) => v >= -SLACK && v <= 1 + SLACK);
}

function sumToOne(planes: readonly Float32Array[]): boolean {
  return planes[0]!.every((_, i) => Math.abs(planes.reduce((sum, plane) => sum + plane[i]!, 0) - 1) <= SLACK);
}
