import type { NdArray } from '../../array/index.ts';
import { MorulaError } from '../../errors/index.ts';
import type { LabelImage } from '../../segment/types.ts';
import { arrange, emptyDetections, plainLinks } from '../build.ts';
import type { CtcScale, CtcTrack, CtcTracks, ReadOptions, Tracks } from '../types.ts';
import { disagreements } from './agree.ts';
import { type Interpolated, readInterpolated, withoutLabels } from './interpolated.ts';
import { requireCtc } from './layout.ts';
import { readMask } from './masks.ts';
import { createMeasureScratch, type MaskObjects, measureMask } from './measure.ts';
import { checkTrackLines, readTrackFile } from './trackFile.ts';

/**
 * Opens a challenge folder: result (`res_track.txt`), truth (`man_track.txt`; the TRA folder, the NN_GT folder or
 * its parent) or masks alone whose labels keep their id through time. Its tracks are without what `writeCtc` marked as
 * interpolated; its masks are as they stand.
 *
 * @throws `not-found`, or `invalid-data` where the track file breaks a rule or a mask is absent
 */
export async function readCtc(path: string, options: ReadOptions = {}): Promise<CtcTracks> {
  const place = await requireCtc(path);
  const { folder, layout, maskFiles, segFiles } = place;
  const nFrames = maskFiles.length;
  const absent = maskFiles.indexOf('');
  if (absent >= 0) {
    throw new MorulaError(
      'invalid-data',
      `ctc: ${folder} must hold a mask for every frame, frame ${absent} has none`,
    );
  }
  const masks = async (t: number): Promise<NdArray> => {
    if (maskFiles[t] !== undefined) return readMask(maskFiles[t]);
    throw new MorulaError('invalid-data', `ctc: ${folder} has ${nFrames} frames, frame ${t} was asked for`);
  };
  const warnings: string[] = [];
  const filled = await readInterpolated(folder);
  const seen = async (t: number): Promise<NdArray> =>
    withoutLabels(toLabelImage(await masks(t)), filled.get(t));
  let measured: Promise<Measured[]> | null = null;
  const measure = (): Promise<Measured[]> => {
    measured ??= measureAll(filled.size === 0 ? masks : seen, nFrames);
    return measured;
  };
  let tracks: CtcTrack[];
  if (place.trackFile) tracks = await readChecked(place.trackFile, nFrames);
  else {
    tracks = spansOf(await measure());
    warnings.push(`ctc: ${folder} has no track file: tracks follow from the labels, parents are unknown`);
  }
  return {
    format: 'ctc',
    layout,
    folder,
    nFrames,
    tracks,
    segFiles,
    warnings,
    masks,
    seg: (file) => readMask(file.path),
    toTracks: async (scale = {}) => {
      const frames = await measure();
      const all = { voxelSize: options.voxelSize, timeStep: options.timeStep, ...scale };
      const notes = [...warnings, ...(place.trackFile ? disagreements(folder, tracks, frames, filled) : [])];
      if (filled.size > 0) notes.push(filledNote(folder, filled));
      return assemble({ folder, tracks, frames, masks: seen, scale: all, warnings: notes, options });
    },
  };
}

function filledNote(folder: string, filled: Interpolated): string {
  const masks = [...filled.values()].reduce((sum, labels) => sum + labels.size, 0);
  return `ctc: ${folder}: masks that an export interpolated: ${masks}, left out: the tracks have gaps there`;
}

async function readChecked(trackFile: string, nFrames: number): Promise<CtcTrack[]> {
  const lines = await readTrackFile(trackFile);
  const [first] = checkTrackLines(lines, nFrames);
  if (first) {
    const message = `line ${first.line}: label ${first.label}: ${first.message}`;
    throw new MorulaError('invalid-data', `ctc: ${trackFile}: ${message}`);
  }
  return lines.map(({ id, begin, end, parent }) => ({ id, begin, end, parent }));
}

/** One frame's objects and its rank. */
type Measured = MaskObjects & { flat: boolean };

/** Objects of every frame; one mask is held at a time. */
async function measureAll(masks: (t: number) => Promise<NdArray>, nFrames: number): Promise<Measured[]> {
  const scratch = createMeasureScratch();
  const frames: Measured[] = [];
  let first = '';
  for (let t = 0; t < nFrames; t++) {
    const frame = await masks(t);
    const size = frame.shape.join(' x ');
    if (t === 0) first = size;
    if (size !== first) {
      const message = `ctc: the mask of frame ${t} must be ${first} pixels as the first one, found ${size}`;
      throw new MorulaError('shape-mismatch', message);
    }
    frames.push({ ...measureMask(frame, scratch), flat: frame.shape.length === 2 });
  }
  return frames;
}

/** First and last frame of every label, by label. */
function spansOf(frames: readonly MaskObjects[]): CtcTrack[] {
  const tracks = new Map<number, CtcTrack>();
  frames.forEach((frame, t) => {
    for (const id of frame.label) {
      const track = tracks.get(id);
      if (track) track.end = t;
      else tracks.set(id, { id, begin: t, end: t, parent: 0 });
    }
  });
  return [...tracks.values()].sort((a, b) => a.id - b.id);
}

interface Parts {
  folder: string;
  tracks: readonly CtcTrack[];
  frames: readonly Measured[];
  masks(t: number): Promise<NdArray>;
  scale: CtcScale;
  warnings: readonly string[];
  options: ReadOptions;
}

/** Columns from per-frame objects; links along each label (holes become gap links) and from parents. */
function assemble({ folder, tracks, frames, masks, scale, warnings, options }: Parts): Tracks {
  const ndim = frames.every((frame) => frame.flat) ? 2 : 3;
  const count = frames.reduce((sum, frame) => sum + frame.count, 0);
  const [dz, dy, dx] = scale.voxelSize ?? [1, 1, 1];
  const voxel = ndim === 3 ? dz * dy * dx : dy * dx;
  const read = emptyDetections(count, ndim);
  const source: number[] = [];
  const target: number[] = [];
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  let i = 0;
  frames.forEach((frame, t) => {
    for (let k = 0; k < frame.count; k++, i++) {
      const id = frame.label[k];
      const size = frame.size[k] * voxel;
      read.t[i] = t;
      read.label[i] = id;
      read.z[i] = frame.z[k] * dz;
      read.y[i] = frame.y[k] * dy;
      read.x[i] = frame.x[k] * dx;
      read.size[i] = size;
      read.radius[i] = ndim === 3 ? Math.cbrt((3 * size) / (4 * Math.PI)) : Math.sqrt(size / Math.PI);
      read.border[i] = frame.border[k];
      const before = last.get(id);
      if (before === undefined) first.set(id, i);
      else {
        source.push(before);
        target.push(i);
      }
      last.set(id, i);
    }
  });
  for (const { id, parent } of tracks) {
    const from = last.get(parent);
    const to = first.get(id);
    if (parent === 0 || from === undefined || to === undefined) continue;
    source.push(from);
    target.push(to);
  }
  const arranged = arrange(read, plainLinks(Int32Array.from(source), Int32Array.from(target)), {
    place: `ctc: ${folder}`,
    nameOf: (row) => `label ${read.label[row]} of frame ${read.t[row]}`,
    strict: options.strict ?? false,
  });
  return {
    format: 'ctc',
    detections: arranged.detections,
    links: arranged.links,
    ndim,
    nFrames: frames.length,
    unit: scale.voxelSize ? 'micrometer' : 'pixel',
    ...(scale.voxelSize ? { voxelSize: scale.voxelSize } : {}),
    ...(scale.timeStep === undefined ? {} : { timeStep: scale.timeStep }),
    sourceId: Float64Array.from(arranged.detections.label),
    labelImage: async (t): Promise<LabelImage> => toLabelImage(await masks(t)),
    warnings: [...warnings, ...arranged.warnings],
  };
}

function toLabelImage({ data, shape }: NdArray): LabelImage {
  return { data: data instanceof Uint32Array ? data : Uint32Array.from(data), shape };
}
