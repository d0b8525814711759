import { basename } from 'node:path';
import { dtypeOf } from '../../array/index.ts';
import { isMorulaError } from '../../errors/index.ts';
import { requireCtc } from './layout.ts';
import { readMask } from './masks.ts';
import { createMeasureScratch, measureMask } from './measure.ts';
import { checkTrackLines, readTrackFile } from './trackFile.ts';

/** One broken rule of the challenge's file format. */
export interface Finding {
  /** Base name of the file that breaks it. */
  file: string;
  /** Label concerned, 0 = the file as a whole. */
  label: number;
  /** One line, with file and label. */
  message: string;
}

/** Frames as text: `3`, `3 to 5`, and how many more ranges there are. */
function frameRanges(frames: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const t of frames) {
    const last = ranges.at(-1);
    if (last && last[1] === t - 1) last[1] = t;
    else ranges.push([t, t]);
  }
  const shown = ranges.slice(0, 3).map(([a, b]) => (a === b ? `${a}` : `${a} to ${b}`));
  const more = ranges.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/**
 * Checks a challenge folder by every rule of its format: a mask for every frame, all of one size and of whole
 * numbers up to 65,535; labels of the track file over 0 and unique, begin not after end, parents that exist and end
 * before their children begin; every label in every frame from begin to end and in no other. Masks are read one
 * after the other.
 *
 * Source: Cell Tracking Challenge, "Naming and file content conventions".
 */
export async function lintCtc(path: string): Promise<Finding[]> {
  const { maskFiles, trackFile, layout } = await requireCtc(path);
  const findings: Finding[] = [];
  const add = (file: string, label: number, text: string): void => {
    const name = basename(file);
    findings.push({ file: name, label, message: `${name}: ${label > 0 ? `label ${label}: ` : ''}${text}` });
  };
  const absent = maskFiles.flatMap((file, t) => (file === '' ? [t] : []));
  if (absent.length > 0) add(path, 0, `must hold a mask for every frame, none for ${frameRanges(absent)}`);

  const framesOf = await collectLabels(maskFiles, add);
  if (!trackFile) {
    if (layout === 'masks') add(path, 0, 'must hold res_track.txt or man_track.txt, there is none');
    return findings;
  }
  let lines: Awaited<ReturnType<typeof readTrackFile>>;
  try {
    lines = await readTrackFile(trackFile);
  } catch (error) {
    if (!isMorulaError(error)) throw error;
    findings.push({ file: basename(trackFile), label: 0, message: error.message });
    return findings;
  }
  for (const broken of checkTrackLines(lines, maskFiles.length)) {
    add(trackFile, broken.label, `line ${broken.line}: ${broken.message}`);
  }
  const known = new Set<number>();
  for (const { id, begin, end } of lines) {
    known.add(id);
    const frames = framesOf.get(id) ?? [];
    const present = new Set(frames);
    const missing: number[] = [];
    for (let t = begin; t <= Math.min(end, maskFiles.length - 1); t++) if (!present.has(t)) missing.push(t);
    const extra = frames.filter((t) => t < begin || t > end);
    if (missing.length > 0)
      add(trackFile, id, `must be in every mask from ${begin} to ${end}, missing in ${frameRanges(missing)}`);
    if (extra.length > 0)
      add(
        trackFile,
        id,
        `must be in no mask before ${begin} or after ${end}, found in ${frameRanges(extra)}`,
      );
  }
  for (const [label, frames] of framesOf) {
    if (!known.has(label))
      add(maskFiles[frames[0]], label, `must have a line in ${basename(trackFile)}, there is none`);
  }
  return findings;
}

/** Frames of every label; shape, dtype and range of the masks are checked on the way. */
async function collectLabels(
  maskFiles: readonly string[],
  add: (file: string, label: number, text: string) => void,
): Promise<Map<number, number[]>> {
  const framesOf = new Map<number, number[]>();
  const scratch = createMeasureScratch();
  let shape = '';
  for (const [t, file] of maskFiles.entries()) {
    if (file === '') continue;
    let frame: Awaited<ReturnType<typeof readMask>>;
    try {
      frame = await readMask(file);
    } catch (error) {
      if (!isMorulaError(error)) throw error;
      add(file, 0, `cannot be read: ${error.message}`);
      continue;
    }
    const size = frame.shape.join(' x ');
    if (shape === '') shape = size;
    if (size !== shape) add(file, 0, `must be ${shape} pixels as the first mask, got ${size}`);
    if (dtypeOf(frame.data) !== 'uint16' && dtypeOf(frame.data) !== 'uint8') {
      add(file, 0, `must be 16-bit whole numbers, got ${dtypeOf(frame.data)}`);
    }
    for (const label of measureMask(frame, scratch).label) {
      const frames = framesOf.get(label);
      if (frames) frames.push(t);
      else framesOf.set(label, [t]);
    }
  }
  return framesOf;
}
