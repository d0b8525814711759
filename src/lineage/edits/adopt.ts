import { isMorulaError } from '../../errors/index.ts';
import { collect, type Draft, set } from './draft.ts';
import { checkRules } from './rules.ts';
import { baseParent, type EditState, parentOf, splitSlot, valueAt } from './state.ts';
import type { Change, NodeRef } from './types.ts';

/**
 * What must change so that every detection has the predecessor that a new linking found for it, but for what a person
 * said: links that were asked for or approved stay, and where the new one would break a rule beside them, it is left out.
 *
 * @param wanted predecessor by detection, null = none
 */
export function adopt(state: EditState, wanted: Iterable<[NodeRef, NodeRef | null]>): Change[] {
  return collect(state, (draft) => {
    // What goes leaves room for what comes: removals first.
    const news = [...wanted].filter(
      ([ref, parent]) => parentOf(state, ref) !== parent && !isSaid(state, ref),
    );
    for (const [ref] of news) if (parentOf(state, ref) !== null) give(draft, ref, null);
    for (const [ref, parent] of news)
      if (parent !== null && !isClosed(state, parent)) give(draft, ref, parent);
  });
}

/** True where a person asked for the predecessor that a detection has, or approved that it has none. */
function isSaid(state: EditState, ref: NodeRef): boolean {
  const frozen = valueAt(state, 'frozen', ref);
  if (frozen === 'in' || frozen === 'both') return true;
  const parent = parentOf(state, ref);
  return parent !== null && valueAt(state, 'pair', `${parent} ${ref}`) === 'must';
}

/** True where a person approved the successors, which the new one is none of. */
function isClosed(state: EditState, parent: NodeRef): boolean {
  const frozen = valueAt(state, 'frozen', parent);
  return frozen === 'out' || frozen === 'both';
}

/** Sets a predecessor, as the base's own where it is that; where a rule forbids it, all stays as it was. */
function give(draft: Draft, ref: NodeRef, parent: NodeRef | null): void {
  const { state } = draft;
  const before = valueAt(state, 'parent', ref);
  set(draft, 'parent', ref, baseParent(state, ref) === parent ? undefined : parent);
  try {
    checkRules(state, parent === null ? [ref] : [ref, parent]);
  } catch (error) {
    if (!isMorulaError(error)) throw error;
    set(draft, 'parent', ref, before);
  }
}

/** Predecessors as changes would leave them, of the detections whose predecessor they change. */
export function parentAfter(
  state: EditState,
  changes: readonly Change[],
): [ref: NodeRef, parent: NodeRef | null][] {
  return changes.flatMap(({ slot, after }): [NodeRef, NodeRef | null][] => {
    const [kind, ref] = splitSlot(slot);
    if (kind !== 'parent') return [];
    return [[ref, after === undefined ? baseParent(state, ref) : (after as NodeRef | null)]];
  });
}
