import type { EditedLineage } from './edited.ts';
import { type EditState, splitSlot } from './state.ts';
import type { EndKind, NodeRef } from './types.ts';

/** What people called, coloured and tagged, in the rows and tracklets of a lineage after edits. */
export interface CellMarks {
  /** By tracklet number. Where several of its detections were named, the earliest counts. */
  names: Map<number, string>;
  /** `#rrggbb`, likewise. */
  colours: Map<number, string>;
  /** By row; sorted. */
  tags: Map<number, readonly string[]>;
  /** By the number of the tracklet that ends so. */
  ends: Map<number, EndKind>;
  /** Rows by the group's name; those that were deleted since are left out. */
  groups: Map<string, number[]>;
}

/** No marks. */
export const noMarks = (): CellMarks => ({
  names: new Map(),
  colours: new Map(),
  tags: new Map(),
  ends: new Map(),
  groups: new Map(),
});

/** The marks of a lineage, in O(marks). */
export function cellMarks(state: EditState, edited: EditedLineage): CellMarks {
  const marks = noMarks();
  const { tracklet, tracklets, detections } = edited.lineage;
  const named = { name: new Map<number, number>(), colour: new Map<number, number>() };
  const cell = (kind: 'name' | 'colour', row: number, value: string): void => {
    const at = tracklet[row];
    const before = named[kind].get(at);
    if (before !== undefined && detections.t[before] <= detections.t[row]) return;
    named[kind].set(at, row);
    (kind === 'name' ? marks.names : marks.colours).set(at, value);
  };
  for (const [slot, value] of state.slots) {
    const [kind, subject] = splitSlot(slot);
    if (kind === 'group') {
      const rows = (value as NodeRef[]).map((ref) => edited.rowOf(ref)).filter((row) => row >= 0);
      marks.groups.set(subject, rows);
    }
    if (kind !== 'name' && kind !== 'colour' && kind !== 'tags' && kind !== 'end') continue;
    const row = edited.rowOf(subject);
    if (row < 0) continue;
    if (kind === 'tags') marks.tags.set(row, value as string[]);
    else if (kind !== 'end') cell(kind, row, value as string);
    else if (tracklets.lastNode[tracklet[row] - 1] === row) marks.ends.set(tracklet[row], value as EndKind);
  }
  return marks;
}
