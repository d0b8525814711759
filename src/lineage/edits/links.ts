import { childrenIn, type Draft, frameIn, parentIn, pin, refuse, set, setParent } from './draft.ts';
import { valueAt } from './state.ts';
import type { EndKind, NodeRef } from './types.ts';

/** Removes a link that is there. */
export function dissolve(draft: Draft, source: NodeRef, target: NodeRef): void {
  frameIn(draft, source);
  frameIn(draft, target);
  if (parentIn(draft, target) !== source) refuse(`${source} and ${target} are not linked`);
  setParent(draft, target, null);
}

/** Links two, after taking away what stands against it where that is asked. */
export function attach(
  draft: Draft,
  source: NodeRef,
  target: NodeRef,
  { breakParent = false, breakChildren = false }: { breakParent?: boolean; breakChildren?: boolean },
): void {
  if (frameIn(draft, source) >= frameIn(draft, target))
    refuse(`link ${source} to ${target} must run forward in time`);
  const parent = parentIn(draft, target);
  if (parent !== null && parent !== source && !breakParent) {
    refuse(`${target} comes from ${parent} already; break that link in the same step (breakParent)`);
  }
  const others = childrenIn(draft, source).filter((child) => child !== target);
  if (breakChildren) for (const child of others) setParent(draft, child, null);
  else if (others.length > 1) {
    refuse(
      `${source} divides already, into ${others.join(' and ')}; break those links in the same step (breakChildren)`,
    );
  }
  setParent(draft, target, source);
}

/** Links two and remembers that this must be. */
export function link(
  draft: Draft,
  source: NodeRef,
  target: NodeRef,
  options: { breakParent?: boolean; breakChildren?: boolean },
): void {
  attach(draft, source, target, options);
  pin(draft, target);
  set(draft, 'pair', `${source} ${target}`, 'must');
}

export function unlink(draft: Draft, source: NodeRef, target: NodeRef): void {
  dissolve(draft, source, target);
  set(draft, 'pair', `${source} ${target}`, 'cannot');
}

/** Links a track's end to another's start. */
export function join(draft: Draft, last: NodeRef, first: NodeRef): void {
  if (childrenIn(draft, last).length > 0) refuse(`${last} goes on, and is no track's end`);
  link(draft, last, first, {});
}

export function toggle(draft: Draft, a: NodeRef, b: NodeRef): void {
  const [source, target] = frameIn(draft, a) <= frameIn(draft, b) ? [a, b] : [b, a];
  if (parentIn(draft, target) === source) unlink(draft, source, target);
  else link(draft, source, target, {});
}

/** The two exchange their predecessors; a division that was confirmed stays one. */
export function swap(draft: Draft, a: NodeRef, b: NodeRef): void {
  frameIn(draft, a);
  frameIn(draft, b);
  const [from, to] = [parentIn(draft, a), parentIn(draft, b)];
  if (a === b || from === to) refuse(`${a} and ${b} come from the same cell: there is nothing to swap`);
  const divides = [from, to].filter((p) => p !== null && valueAt(draft.state, 'divides', p) === true);
  if (from !== null) unlink(draft, from, a);
  if (to !== null) unlink(draft, to, b);
  if (to !== null) link(draft, to, a, {});
  if (from !== null) link(draft, from, b, {});
  for (const parent of divides) if (parent !== null) set(draft, 'divides', parent, true);
}

/** Links each to the next; where they were not, whatever else the one went on as is taken away. */
export function follow(draft: Draft, nodes: readonly NodeRef[]): void {
  for (let i = 1; i < nodes.length; i++) {
    const breakChildren = !childrenIn(draft, nodes[i - 1]).includes(nodes[i]);
    link(draft, nodes[i - 1], nodes[i], { breakParent: true, breakChildren });
  }
}

/** Says how a track ends where it does; null takes that back. */
export function end(draft: Draft, node: NodeRef, kind: EndKind | null): void {
  frameIn(draft, node);
  if (kind !== null && childrenIn(draft, node).length > 0) {
    refuse(`${node} goes on, and can be no end; cut it first`);
  }
  set(draft, 'end', node, kind ?? undefined);
}
