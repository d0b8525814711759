import { type Draft, frameIn, set } from './draft.ts';
import { valueAt } from './state.ts';
import type { NodeRef, ReviewState } from './types.ts';

/** Names or colours a detection, and the cell with it. */
export function mark(draft: Draft, kind: 'name' | 'colour', node: NodeRef, value: string | undefined): void {
  mustBeThere(draft, node);
  set(draft, kind, node, value);
}

export function review(draft: Draft, items: readonly string[], state: ReviewState | null): void {
  for (const item of items) set(draft, 'review', item, state ?? undefined);
}

/** Adds a tag or takes it away; a detection's tags are sorted. */
export function tag(draft: Draft, nodes: readonly NodeRef[], name: string, on: boolean): void {
  for (const node of nodes) {
    mustBeThere(draft, node);
    const others = (valueAt(draft.state, 'tags', node) ?? []).filter((other) => other !== name);
    const tags = on ? [...others, name].sort() : others;
    set(draft, 'tags', node, tags.length === 0 ? undefined : tags);
  }
}

/** Null removes the group. */
export function group(draft: Draft, name: string, nodes: readonly NodeRef[] | null): void {
  for (const node of nodes ?? []) mustBeThere(draft, node);
  set(draft, 'group', name, nodes === null ? undefined : [...nodes]);
}

/** A change of a detection's links does not make its name stale: it counts as not looked at. */
function mustBeThere(draft: Draft, ref: NodeRef): void {
  const touched = draft.touched.has(ref);
  frameIn(draft, ref);
  if (!touched) draft.touched.delete(ref);
}
