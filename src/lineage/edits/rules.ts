import { MorulaError } from '../../errors/index.ts';
import { childrenOf, type EditState, frameOf, parentOf, splitSlot, valueAt } from './state.ts';
import type { Change, NodeRef } from './types.ts';

function broken(message: string): never {
  throw new MorulaError('broken-lineage', `edit: ${message}`);
}

/** Detections that changes speak of: those whose rules can be broken by them. */
export function refsOf(changes: readonly Change[]): Set<NodeRef> {
  const refs = new Set<NodeRef>();
  for (const { slot, before, after } of changes) {
    const [kind, subject] = splitSlot(slot);
    if (kind === 'pair') for (const ref of subject.split(' ')) refs.add(ref);
    else if (['parent', 'node', 'divides', 'end', 'frozen'].includes(kind)) refs.add(subject);
    if (kind === 'parent') for (const ref of [before, after]) if (typeof ref === 'string') refs.add(ref);
  }
  return refs;
}

/**
 * Refuses what no lineage can be, and what contradicts what a person said, at the given detections: predecessors lie in
 * earlier frames, there are at most two successors, what was deleted has no links, a link that must be is there, one
 * that cannot be is not, a division that was confirmed has two daughters, one that was refused has not, and an end has
 * no successor.
 *
 * @throws `broken-lineage` naming the rule and the detection
 */
export function checkRules(state: EditState, refs: Iterable<NodeRef>): void {
  for (const ref of refs) {
    const t = frameOf(state, ref);
    const parent = parentOf(state, ref);
    const children = childrenOf(state, ref);
    if (t < 0) {
      if (parent !== null || children.length > 0)
        broken(`detection ${ref} is not there, and cannot be linked`);
      if (valueAt(state, 'end', ref) !== undefined) broken(`detection ${ref} is not there, and cannot end`);
    } else if (parent !== null) checkParent(state, ref, t, parent);
    checkPairs(state, ref, parent);
    if (children.length > 2)
      broken(`detection ${ref} would have ${children.length} daughters, at most 2 are allowed`);
    checkSuccessors(state, ref, children);
  }
}

function checkParent(state: EditState, ref: NodeRef, t: number, parent: NodeRef): void {
  const from = frameOf(state, parent);
  if (from < 0) broken(`detection ${parent} is not there, and cannot be linked to ${ref}`);
  if (from >= t) broken(`link ${parent} to ${ref} must run forward in time`);
}

function checkPairs(state: EditState, ref: NodeRef, parent: NodeRef | null): void {
  for (const source of state.pairs.get(ref) ?? []) {
    const said = valueAt(state, 'pair', `${source} ${ref}`);
    if (said === 'must' && source !== parent)
      broken(`link ${source} to ${ref} was confirmed, and must be there`);
    if (said === 'cannot' && source === parent)
      broken(`link ${source} to ${ref} was taken away, and must not be there`);
  }
}

function checkSuccessors(state: EditState, ref: NodeRef, children: readonly NodeRef[]): void {
  const divides = valueAt(state, 'divides', ref);
  if (divides === true && children.length < 2)
    broken(`detection ${ref} was said to divide, and must have 2 daughters`);
  if (divides === false && children.length > 1) broken(`detection ${ref} was said not to divide`);
  if (valueAt(state, 'end', ref) !== undefined && children.length > 0)
    broken(`track ${ref} was said to end there`);
  for (const child of children) {
    if (frameOf(state, child) <= frameOf(state, ref))
      broken(`link ${ref} to ${child} must run forward in time`);
  }
}
