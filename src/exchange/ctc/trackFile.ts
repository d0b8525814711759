import { MorulaError } from '../../errors/index.ts';
import { readWhole } from '../input.ts';
import type { CtcTrack } from '../types.ts';

/** Text of a track file: `L B E P` a line, in order of label. */
export function formatTracks(tracks: readonly CtcTrack[]): string {
  const sorted = [...tracks].sort((a, b) => a.id - b.id);
  return sorted.map(({ id, begin, end, parent }) => `${id} ${begin} ${end} ${parent}\n`).join('');
}

/** Lines of a track file, in the order of the file; `line` counts from 1. */
export async function readTrackFile(path: string): Promise<(CtcTrack & { line: number })[]> {
  const text = await readWhole(path);
  const tracks: (CtcTrack & { line: number })[] = [];
  text.split(/\r?\n/).forEach((content, i) => {
    if (content.trim() === '') return;
    const cells = content.trim().split(/[\s,;]+/);
    const values = cells.map(Number);
    if (values.length < 4 || values.slice(0, 4).some((value) => !Number.isInteger(value) || value < 0)) {
      const message = `line ${i + 1} must be four whole numbers (label, begin, end, parent), got ${JSON.stringify(content.slice(0, 60))}`;
      throw new MorulaError('invalid-data', `ctc: ${path}: ${message}`);
    }
    tracks.push({ id: values[0], begin: values[1], end: values[2], parent: values[3], line: i + 1 });
  });
  return tracks;
}

/**
 * The rules of a track file that need no mask: labels over 0 and unique, begin not after end, frames in the movie,
 * a parent that exists and ends before its child begins.
 */
export function checkTrackLines(
  tracks: readonly (CtcTrack & { line: number })[],
  nFrames: number,
): { label: number; line: number; message: string }[] {
  const found: { label: number; line: number; message: string }[] = [];
  const byId = new Map<number, CtcTrack>();
  for (const track of tracks) {
    const add = (message: string): unknown => found.push({ label: track.id, line: track.line, message });
    if (track.id === 0) add('label must be over 0');
    if (byId.has(track.id)) add('label must be there once, found twice');
    else byId.set(track.id, track);
    if (track.begin > track.end) add(`must not begin after it ends, got ${track.begin} to ${track.end}`);
    if (track.end >= nFrames) add(`must end within the ${nFrames} frames, got ${track.end}`);
  }
  for (const track of tracks) {
    if (track.parent === 0) continue;
    const parent = byId.get(track.parent);
    const add = (message: string): unknown => found.push({ label: track.id, line: track.line, message });
    if (!parent) add(`parent ${track.parent} must be a label of the file, there is none`);
    else if (parent.end >= track.begin) {
      add(`parent ${track.parent} must end before frame ${track.begin}, it ends in frame ${parent.end}`);
    }
  }
  return found;
}
