import type { LabelImage } from '../../segment/types.ts';
import { parseRef } from './refs.ts';
import { type EditState, splitSlot } from './state.ts';
import type { DetectionSpec } from './types.ts';

/** What edits do to the label image of one frame. */
interface Repaint {
  /** Labels whose pixels go. */
  gone: Set<number>;
  drawn: DetectionSpec[];
}

function repaintOf(state: EditState, t: number): Repaint {
  const gone = new Set<number>();
  const drawn: DetectionSpec[] = [];
  for (const [slot, value] of state.slots) {
    const [kind, ref] = splitSlot(slot);
    const parsed = kind === 'node' ? parseRef(ref) : null;
    if (parsed?.t !== t) continue;
    if (parsed.label > 0) gone.add(parsed.label);
    if (value !== null) drawn.push(value as DetectionSpec);
  }
  return { gone, drawn: drawn.sort((a, b) => a.label - b.label) };
}

/**
 * The label image of a frame after edits: what was deleted is background, what was added or changed is drawn, never over
 * another object. Images that no edit touches are returned as they are.
 *
 * @param image `[y, x]` or `[z, y, x]` as segmented
 * @param plane the z that an image `[y, x]` of a 3D movie is of
 */
export function paintLabels(state: EditState, t: number, image: LabelImage, plane = 0): LabelImage {
  const { gone, drawn } = repaintOf(state, t);
  if (gone.size === 0 && drawn.length === 0) return image;
  const data = Uint32Array.from(image.data, (label) => (gone.has(label) ? 0 : label));
  const [height, width] = image.shape.slice(-2);
  const first = image.shape.length === 3 ? 0 : plane;
  const end = first + (image.shape.length === 3 ? image.shape[0] : 1);
  for (const { label, runs = [] } of drawn) {
    for (let r = 0; r < runs.length; r += 4) {
      const [z, y, x, length] = [runs[r], runs[r + 1], runs[r + 2], runs[r + 3]];
      if (z < first || z >= end) continue;
      const at = ((z - first) * height + y) * width + x;
      for (let i = at; i < at + length; i++) if (data[i] === 0) data[i] = label;
    }
  }
  return { data, shape: image.shape };
}
