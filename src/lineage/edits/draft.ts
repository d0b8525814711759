import { MorulaError } from '../../errors/index.ts';
import { makeChange, sameValue } from './change.ts';
import { checkRules, refsOf } from './rules.ts';
import {
  childrenOf,
  type EditState,
  frameOf,
  parentOf,
  setSlot,
  slotOf,
  splitSlot,
  valueAt,
} from './state.ts';
import type { Change, Frozen, NodeRef, Slot, SlotKind, SlotValues } from './types.ts';

/** An edit in the making: what it set so far, and every detection or mark that it depends on. */
export interface Draft {
  state: EditState;
  before: Map<Slot, SlotValues[SlotKind] | undefined>;
  /** Detections whose links and presence were looked at or changed, and slots of names and marks that were changed. */
  touched: Set<string>;
}

/** Refuses a command. @throws `broken-lineage` */
export function refuse(message: string): never {
  throw new MorulaError('broken-lineage', `edit: ${message}`);
}

/** Slots that belong to a detection's links and presence, not to its names. */
const STRUCTURE: ReadonlySet<SlotKind> = new Set(['parent', 'node', 'pair', 'divides', 'end', 'frozen']);

/** What a slot's change makes stale: detections for links and presence, the slot itself for names and marks. */
export function subjectsOf(slot: Slot): string[] {
  const [kind, subject] = splitSlot(slot);
  if (!STRUCTURE.has(kind)) return [slot];
  return kind === 'pair' ? subject.split(' ') : [subject];
}

export function set<K extends SlotKind>(
  draft: Draft,
  kind: K,
  subject: string,
  value: SlotValues[K] | undefined,
): void {
  const slot = slotOf(kind, subject);
  const before = draft.state.slots.get(slot);
  if (!draft.before.has(slot)) draft.before.set(slot, before);
  for (const name of subjectsOf(slot)) draft.touched.add(name);
  setSlot(draft.state, slot, value);
}

/** Frame of a detection that must be there. */
export function frameIn(draft: Draft, ref: NodeRef): number {
  draft.touched.add(ref);
  const t = frameOf(draft.state, ref);
  return t < 0 ? refuse(`detection ${ref} is not there`) : t;
}

export function parentIn(draft: Draft, ref: NodeRef): NodeRef | null {
  draft.touched.add(ref);
  return parentOf(draft.state, ref);
}

export function childrenIn(draft: Draft, ref: NodeRef): NodeRef[] {
  draft.touched.add(ref);
  return childrenOf(draft.state, ref);
}

/** Takes the approval of one side's links back. */
export function thaw(draft: Draft, ref: NodeRef, side: 'in' | 'out'): void {
  const frozen = valueAt(draft.state, 'frozen', ref);
  if (frozen === undefined || (frozen !== side && frozen !== 'both')) return;
  const other: Frozen = side === 'in' ? 'out' : 'in';
  set(draft, 'frozen', ref, frozen === 'both' ? other : undefined);
}

/**
 * Gives a detection another predecessor, or none, and takes back whatever was said that this makes untrue: approvals,
 * ends, divisions, links that had to be.
 */
export function setParent(draft: Draft, target: NodeRef, parent: NodeRef | null): void {
  const before = parentIn(draft, target);
  if (before === parent) return;
  thaw(draft, target, 'in');
  set(draft, 'parent', target, parent);
  if (before !== null) {
    thaw(draft, before, 'out');
    const pair = `${before} ${target}`;
    if (valueAt(draft.state, 'pair', pair) === 'must') set(draft, 'pair', pair, undefined);
    if (valueAt(draft.state, 'divides', before) === true && childrenIn(draft, before).length < 2)
      set(draft, 'divides', before, undefined);
  }
  if (parent !== null) {
    thaw(draft, parent, 'out');
    draft.touched.add(parent);
    const pair = `${parent} ${target}`;
    if (valueAt(draft.state, 'pair', pair) === 'cannot') set(draft, 'pair', pair, undefined);
    if (valueAt(draft.state, 'end', parent) !== undefined) set(draft, 'end', parent, undefined);
    if (valueAt(draft.state, 'divides', parent) === false && childrenIn(draft, parent).length > 1)
      set(draft, 'divides', parent, undefined);
  }
}

/** Holds the predecessor as it is, whatever the linker finds the next time. */
export function pin(draft: Draft, target: NodeRef): void {
  set(draft, 'parent', target, parentIn(draft, target));
}

/**
 * Runs `make` on a state and takes everything back: what remains is the list of changes.
 *
 * @param touched receives every detection and mark that `make` depends on, also where it fails
 * @throws `broken-lineage` where a rule would be broken
 */
export function collect(
  state: EditState,
  make: (draft: Draft) => void,
  touched: Set<string> = new Set(),
): Change[] {
  const draft: Draft = { state, before: new Map(), touched };
  try {
    make(draft);
    const changes = [...draft.before]
      .map(([slot, before]) => makeChange(slot, before, state.slots.get(slot)))
      .filter(({ before, after }) => !sameValue(before, after));
    checkRules(state, refsOf(changes));
    return changes;
  } finally {
    for (const [slot, before] of draft.before) setSlot(state, slot, before);
  }
}
