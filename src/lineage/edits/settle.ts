import { collect, type Draft, set } from './draft.ts';
import { childrenOf, type EditState, frameOf, parentOf, splitSlot, valueAt } from './state.ts';
import type { Change, NodeRef } from './types.ts';

/**
 * What must change so that edits stand on a base that was linked anew without them: what a person said goes before what
 * the linker found. On the base that the edits were made on this is nothing.
 */
export function settle(state: EditState): Change[] {
  return collect(state, (draft) => {
    const subjects = new Set<NodeRef>();
    for (const slot of state.slots.keys()) {
      const [kind, subject] = splitSlot(slot);
      if (kind === 'pair') for (const ref of subject.split(' ')) subjects.add(ref);
      else if (['parent', 'node', 'divides', 'end', 'frozen'].includes(kind)) subjects.add(subject);
      const value = state.slots.get(slot);
      if (kind === 'parent' && typeof value === 'string') subjects.add(value);
    }
    for (const ref of subjects) settleNode(draft, ref);
  });
}

function settleNode(draft: Draft, ref: NodeRef): void {
  const { state } = draft;
  const there = frameOf(state, ref) >= 0;
  const parent = parentOf(state, ref);
  if (parent !== null && (!there || forbids(state, parent, ref))) release(draft, ref);
  const frozen = valueAt(state, 'frozen', ref);
  const closed = !there || frozen === 'out' || frozen === 'both' || valueAt(state, 'end', ref) !== undefined;
  const most = closed ? 0 : valueAt(state, 'divides', ref) === false ? 1 : 2;
  const found = childrenOf(state, ref).filter((child) => valueAt(state, 'parent', child) === undefined);
  const kept = (state.gained.get(ref)?.size ?? 0) + found.length;
  for (const child of found.slice(Math.max(found.length - Math.max(kept - most, 0), 0)))
    release(draft, child);
}

/** True where the predecessor of the base was refused or deleted. */
function forbids(state: EditState, parent: NodeRef, ref: NodeRef): boolean {
  return frameOf(state, parent) < 0 || valueAt(state, 'pair', `${parent} ${ref}`) === 'cannot';
}

/** Only what the base says is taken away: it has no slot yet, or one that another settling left. */
function release(draft: Draft, ref: NodeRef): void {
  set(draft, 'parent', ref, null);
}
