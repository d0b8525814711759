import { SLOT_LISTS } from '../../../src/lineage/edits/slotLists.ts';
import type { Change, EndKind, Frozen } from '../../../src/lineage/edits/types.ts';
import { findNode } from '../data/refs.ts';
import type { Dataset } from '../data/types.ts';

/** What people said of detections and views besides links, by their names, as the edit log has it now. */
export interface Marks {
  names: ReadonlyMap<string, string>;
  /** `#rrggbb` */
  colours: ReadonlyMap<string, string>;
  tags: ReadonlyMap<string, readonly string[]>;
  groups: ReadonlyMap<string, readonly string[]>;
  /** Views by name, as the address has them after the `#`. */
  bookmarks: ReadonlyMap<string, string>;
  ends: ReadonlyMap<string, EndKind>;
  /** Which links of a detection were approved with their branch or lineage. */
  frozen: ReadonlyMap<string, Frozen>;
}

const FIELDS = ['names', 'colours', 'tags', 'groups', 'bookmarks', 'ends', 'frozen'] as const;

type Field = keyof Marks;

/** Marks out of what the server lists: an object by name for each kind. */
export function marksFrom(listed: Partial<Record<Field, Record<string, unknown>>>): Marks {
  const marks = Object.fromEntries(
    FIELDS.map((field) => [field, new Map(Object.entries(listed[field] ?? {}))]),
  );
  return marks as unknown as Marks;
}

export const NO_MARKS: Marks = marksFrom({});

/** Marks after changes of the log; the same object where they are about other things. */
export function changeMarks(marks: Marks, changes: readonly Change[]): Marks {
  const next: Partial<Record<Field, Map<string, unknown>>> = {};
  for (const { slot, after } of changes) {
    const at = slot.indexOf(':');
    const listed = SLOT_LISTS[slot.slice(0, at) as keyof typeof SLOT_LISTS];
    const field = FIELDS.find((one) => one === listed);
    if (field === undefined) continue;
    next[field] ??= new Map<string, unknown>(marks[field]);
    if (after === undefined) next[field].delete(slot.slice(at + 1));
    else next[field].set(slot.slice(at + 1), after);
  }
  return Object.keys(next).length === 0 ? marks : { ...marks, ...(next as unknown as Partial<Marks>) };
}

/** Values by branch; where several detections of a branch have one, the earliest counts. */
export function byBranch<T>(data: Dataset, marks: ReadonlyMap<string, T>): ReadonlyMap<number, T> {
  const earliest = new Map<number, number>();
  const out = new Map<number, T>();
  for (const [ref, value] of marks) {
    const node = findNode(data, ref);
    if (node < 0) continue;
    const b = data.nodes.tracklet[node]! - 1;
    const before = earliest.get(b);
    if (before !== undefined && before <= node) continue;
    earliest.set(b, node);
    out.set(b, value);
  }
  return out;
}

/** All tags of each branch's detections, sorted. */
export function tagsByBranch(data: Dataset, tags: Marks['tags']): ReadonlyMap<number, readonly string[]> {
  const sets = new Map<number, Set<string>>();
  for (const [ref, all] of tags) {
    const node = findNode(data, ref);
    if (node < 0) continue;
    const b = data.nodes.tracklet[node]! - 1;
    sets.set(b, new Set([...(sets.get(b) ?? []), ...all]));
  }
  return new Map([...sets].map(([b, set]) => [b, [...set].sort()]));
}
