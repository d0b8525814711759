import type { CtcTrack } from '../types.ts';
import type { Interpolated } from './interpolated.ts';

/** Labels or places named in a note; of the others there is a count. */
const NAMED = 3;

/** `folder: what: count (first ones), consequence`, or nothing. */
function note(folder: string, what: string, found: readonly string[], consequence: string): string[] {
  if (found.length === 0) return [];
  const more = found.length > NAMED ? ` and ${found.length - NAMED} more` : '';
  return [
    `ctc: ${folder}: ${what}: ${found.length} (${found.slice(0, NAMED).join(', ')}${more})${consequence}`,
  ];
}

/**
 * What a track file and its masks do not agree on, one note a kind; masks that an export filled in count as seen.
 * Masks are believed: links follow the labels. O(labels in all masks).
 */
export function disagreements(
  folder: string,
  tracks: readonly CtcTrack[],
  frames: readonly { label: ArrayLike<number> }[],
  filled: Interpolated,
): string[] {
  const lineOf = new Map(tracks.map((track) => [track.id, track]));
  const seen = new Map<number, number>();
  const unknown = new Set<number>();
  const beyond: string[] = [];
  frames.forEach(({ label }, t) => {
    for (let k = 0; k < label.length; k++) {
      const id = label[k];
      const line = lineOf.get(id);
      if (line === undefined) unknown.add(id);
      else if (t < line.begin || t > line.end) beyond.push(`label ${id} in frame ${t}`);
      else seen.set(id, (seen.get(id) ?? 0) + 1);
    }
  });
  for (const labels of filled.values()) for (const id of labels) seen.set(id, (seen.get(id) ?? 0) + 1);
  const never: string[] = [];
  const holes: string[] = [];
  for (const { id, begin, end } of tracks) {
    const lacking = end - begin + 1 - (seen.get(id) ?? 0);
    if (!seen.has(id)) never.push(String(id));
    else if (lacking > 0) holes.push(`label ${id} in ${lacking} of frames ${begin} to ${end}`);
  }
  return [
    ...note(folder, 'labels of the track file that are in no mask of their frames', never, ''),
    ...note(
      folder,
      'labels of masks in no line of the track file',
      [...unknown].map(String),
      ', read as founders',
    ),
    ...note(folder, 'masks outside the frames of their line', beyond, ', linked all the same'),
    ...note(folder, 'labels lacking in masks within the frames of their line', holes, ', read as gaps'),
  ];
}
