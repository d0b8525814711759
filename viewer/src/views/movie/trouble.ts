import type { FrameSource, PlaneId } from '../../data/frames.ts';
import type { Plane } from '../../data/types.ts';

/** Values looked at to see whether a plane has more than one. */
const SAMPLES = 4000;

/** What is wrong with the planes of a frame and what is safe, in words, or ''. */
export function troubleOf(frames: FrameSource, ids: readonly PlaneId[], flat: boolean): string {
  const safe = 'The lineage and all edits are safe; leave this frame and come back to try again.';
  for (const id of ids) {
    const reason = frames.failure(id);
    if (reason === undefined) continue;
    return id.channel < 0
      ? `Frame ${id.t}: its outlines cannot be read, circles stand for them: ${reason}. ${safe}`
      : `Frame ${id.t}: its image cannot be read: ${reason}. ${safe}`;
  }
  const planes = ids.flatMap((id) => (id.channel < 0 ? [] : (frames.plane(id) ?? [])));
  // Single planes of a volume may well be empty, above or below what was recorded.
  const empty = (flat || ids[0]?.z === 'max') && planes.length > 0 && planes.every(isFlat);
  return empty
    ? `Frame ${ids[0]!.t}: every pixel is ${planes[0]!.data[0]}, so the movie holds no image of it, or its file is missing. The lineage and all edits are safe.`
    : '';
}

function isFlat({ data }: Plane): boolean {
  const step = Math.max(1, Math.floor(data.length / SAMPLES));
  for (let i = 0; i < data.length; i += step) if (data[i] !== data[0]) return false;
  return true;
}
