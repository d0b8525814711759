import { MorulaError } from '../../errors/index.ts';
import { checkRules, refsOf } from './rules.ts';
import { baseRow, type EditState, parentOf, setSlot, splitSlot } from './state.ts';
import type { Change, DetectionSpec, EditEffect, NodeRef, SlotValue } from './types.ts';

/** Equal values of a slot; objects by content, which all come from one program in one order of keys. */
export function sameValue(a: SlotValue | undefined, b: SlotValue | undefined): boolean {
  return (
    a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b))
  );
}

/** The changes that take `changes` back. */
export function invert(changes: readonly Change[]): Change[] {
  return changes.map(({ slot, before, after }) => makeChange(slot, after, before)).reverse();
}

/** A change without the keys of what is not set. */
export function makeChange(
  slot: Change['slot'],
  before: SlotValue | undefined,
  after: SlotValue | undefined,
): Change {
  return { slot, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

/** The changes that do at once what all of these do one after the other. */
export function compose(changes: readonly Change[]): Change[] {
  const bySlot = new Map<Change['slot'], Change>();
  for (const { slot, before, after } of changes) {
    const first = bySlot.get(slot);
    bySlot.set(slot, makeChange(slot, first === undefined ? before : first.before, after));
  }
  return [...bySlot.values()].filter(({ before, after }) => !sameValue(before, after));
}

/**
 * Makes changes, all of them or none.
 *
 * @returns what they did to the lineage
 * @throws `broken-lineage` where a slot is no longer what the change found, or where a rule would be broken; the state
 *   is then as it was
 */
export function applyChanges(state: EditState, changes: readonly Change[]): EditEffect {
  for (const { slot, before } of changes) {
    if (!sameValue(state.slots.get(slot), before)) {
      const [kind, subject] = splitSlot(slot);
      throw new MorulaError('broken-lineage', `edit: ${kind} of ${subject} was changed by another edit`);
    }
  }
  const parents = parentsOf(state, changes);
  for (const { slot, after } of changes) setSlot(state, slot, after);
  try {
    checkRules(state, refsOf(changes));
  } catch (error) {
    for (const { slot, before } of changes) setSlot(state, slot, before);
    throw error;
  }
  return effectOf(state, changes, parents);
}

/** Predecessors, as they are, of the detections whose predecessor changes speak of. */
function parentsOf(state: EditState, changes: readonly Change[]): Map<NodeRef, NodeRef | null> {
  const parents = new Map<NodeRef, NodeRef | null>();
  for (const { slot } of changes) {
    const [kind, subject] = splitSlot(slot);
    if (kind === 'parent') parents.set(subject, parentOf(state, subject));
  }
  return parents;
}

function effectOf(
  state: EditState,
  changes: readonly Change[],
  parents: ReadonlyMap<NodeRef, NodeRef | null>,
): EditEffect {
  const effect: EditEffect = { linksAdded: [], linksRemoved: [], nodesSet: [], nodesRemoved: [] };
  for (const [target, before] of parents) {
    const after = parentOf(state, target);
    if (before === after) continue;
    if (before !== null) effect.linksRemoved.push([before, target]);
    if (after !== null) effect.linksAdded.push([after, target]);
  }
  for (const { slot } of changes) {
    const [kind, ref] = splitSlot(slot);
    if (kind !== 'node') continue;
    const node = nodeNow(state, ref);
    if (node === null) effect.nodesRemoved.push(ref);
    else effect.nodesSet.push({ ref, node });
  }
  return effect;
}

/** A detection as it is now, with what edits changed of it, or null. */
export function nodeNow(state: EditState, ref: NodeRef): DetectionSpec | null {
  const set = state.slots.get(`node:${ref}`) as DetectionSpec | null | undefined;
  return set === undefined ? baseNode(state, ref) : set;
}

const known = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** A detection of the base, without its pixels, or null. */
function baseNode(state: EditState, ref: NodeRef): DetectionSpec | null {
  const { detections: d } = state.base;
  const row = baseRow(state, ref);
  if (row < 0) return null;
  return {
    t: d.t[row],
    label: d.label[row],
    z: d.z[row],
    y: d.y[row],
    x: d.x[row],
    size: known(d.size[row]),
    radius: known(d.radius[row]),
    prob: known(d.prob[row]),
    border: d.border[row] === 1 ? 1 : 0,
    intensity: Array.from({ length: d.nChannels }, (_, c) => known(d.intensity[row * d.nChannels + c])),
  };
}
