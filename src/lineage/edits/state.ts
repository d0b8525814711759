import type { Lineage } from '../types.ts';
import { frameStarts, refOfRow, rowOfRef } from './refs.ts';
import type { NodeRef, Slot, SlotKind, SlotValue, SlotValues } from './types.ts';

/** A lineage as the linker left it, and what edits have set on top. */
export interface EditState {
  base: Lineage;
  /** First row of every frame of the base. */
  start: Int32Array;
  /** Whether there are label images, so that a new detection gets a label. */
  labelled: boolean;
  slots: Map<Slot, SlotValue>;
  /** Successors that edits gave, by predecessor. */
  gained: Map<NodeRef, Set<NodeRef>>;
  /** Sources of the links into a target about which a person said something. */
  pairs: Map<NodeRef, Set<NodeRef>>;
  /** Detections that were added, by frame. */
  added: Map<number, Set<NodeRef>>;
}

/** The state before any edit. O(frames) beside the lineage itself, which is not copied. */
export function createEditState(base: Lineage, labelled: boolean): EditState {
  return {
    base,
    start: frameStarts(base.detections),
    labelled,
    slots: new Map(),
    gained: new Map(),
    pairs: new Map(),
    added: new Map(),
  };
}

export const slotOf = (kind: SlotKind, subject: string): Slot => `${kind}:${subject}`;

/** Kind and subject of a slot. */
export function splitSlot(slot: Slot): [SlotKind, string] {
  const at = slot.indexOf(':');
  return [slot.slice(0, at) as SlotKind, slot.slice(at + 1)];
}

/** What edits have set, or undefined. */
export function valueAt<K extends SlotKind>(
  state: EditState,
  kind: K,
  subject: string,
): SlotValues[K] | undefined {
  return state.slots.get(slotOf(kind, subject)) as SlotValues[K] | undefined;
}

/** Row of the base, or -1 where it has none of this name. */
export function baseRow({ base, start }: EditState, ref: NodeRef): number {
  return rowOfRef(base.detections, start, ref);
}

export function baseRef({ base, start }: EditState, row: number): NodeRef {
  return refOfRow(base.detections, start, row);
}

/** Frame of a detection that is there, or -1 where there is none: it was deleted, or never was. */
export function frameOf(state: EditState, ref: NodeRef): number {
  const node = valueAt(state, 'node', ref);
  if (node !== undefined) return node === null ? -1 : node.t;
  const row = baseRow(state, ref);
  return row < 0 ? -1 : state.base.detections.t[row];
}

/** The predecessor, or null. */
export function parentOf(state: EditState, ref: NodeRef): NodeRef | null {
  const set = valueAt(state, 'parent', ref);
  return set === undefined ? baseParent(state, ref) : set;
}

/** The predecessor that the linker gave, or null. */
export function baseParent(state: EditState, ref: NodeRef): NodeRef | null {
  const row = baseRow(state, ref);
  const parent = row < 0 ? -1 : state.base.parent[row];
  return parent < 0 ? null : baseRef(state, parent);
}

/** The successors, up to two, in the order of their frames and names. */
export function childrenOf(state: EditState, ref: NodeRef): NodeRef[] {
  const found = new Set(state.gained.get(ref));
  const row = baseRow(state, ref);
  if (row >= 0) {
    for (const child of [state.base.childA[row], state.base.childB[row]]) {
      if (child < 0) continue;
      const name = baseRef(state, child);
      if (valueAt(state, 'parent', name) === undefined) found.add(name);
    }
  }
  const order = (name: NodeRef): number => frameOf(state, name);
  return [...found].sort((a, b) => order(a) - order(b) || (a < b ? -1 : 1));
}

function put<K>(index: Map<K, Set<NodeRef>>, key: K, ref: NodeRef, there: boolean): void {
  const set = index.get(key);
  if (there) {
    if (set === undefined) index.set(key, new Set([ref]));
    else set.add(ref);
  } else if (set?.delete(ref) && set.size === 0) index.delete(key);
}

/** Sets a slot, or frees it, and keeps the indices true. Checks nothing. */
export function setSlot(state: EditState, slot: Slot, value: SlotValue | undefined): void {
  const [kind, subject] = splitSlot(slot);
  const before = state.slots.get(slot);
  if (value === undefined) state.slots.delete(slot);
  else state.slots.set(slot, value);
  if (kind === 'parent') {
    if (typeof before === 'string') put(state.gained, before, subject, false);
    if (typeof value === 'string') put(state.gained, value, subject, true);
  } else if (kind === 'pair') {
    const [source, target] = subject.split(' ');
    put(state.pairs, target, source, value !== undefined);
  } else if (kind === 'node' && baseRow(state, subject) < 0) {
    const t = Number.parseInt(subject, 10);
    put(state.added, t, subject, value !== undefined);
  }
}
