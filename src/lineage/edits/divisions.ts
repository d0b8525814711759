import { deleteNodes } from './detections.ts';
import { childrenIn, type Draft, parentIn, refuse, set, setParent } from './draft.ts';
import { link, unlink } from './links.ts';
import type { Command, NodeRef } from './types.ts';

export function divide(draft: Draft, parent: NodeRef, [a, b]: [NodeRef, NodeRef]): void {
  if (a === b) refuse(`${parent} must have two daughters, got ${a} twice`);
  for (const child of childrenIn(draft, parent))
    if (child !== a && child !== b) setParent(draft, child, null);
  for (const daughter of [a, b]) link(draft, parent, daughter, { breakParent: true });
  set(draft, 'divides', parent, true);
}

export function notDivision(draft: Draft, parent: NodeRef, keep: NodeRef): void {
  const children = childrenIn(draft, parent);
  if (children.length < 2) refuse(`${parent} does not divide`);
  if (!children.includes(keep)) refuse(`${keep} is no daughter of ${parent}`);
  for (const child of children) if (child !== keep) unlink(draft, parent, child);
  set(draft, 'divides', parent, false);
}

export function shiftDivision(
  draft: Draft,
  { parent, by, daughter, hide }: Command & { do: 'shift-division' },
): void {
  const children = childrenIn(draft, parent);
  if (children.length < 2) refuse(`${parent} does not divide`);
  if (!children.includes(daughter)) refuse(`${daughter} is no daughter of ${parent}`);
  const other = children.find((child) => child !== daughter)!;
  if (by < 0) {
    const grandparent =
      parentIn(draft, parent) ?? refuse(`${parent} has no predecessor that could divide instead`);
    divide(draft, grandparent, [parent, daughter]);
    set(draft, 'divides', parent, false);
    return;
  }
  const [next, ...more] = childrenIn(draft, other);
  const [late, ...others] = childrenIn(draft, daughter);
  if (next === undefined || late === undefined || more.length > 0 || others.length > 0) {
    refuse(`${other} and ${daughter} must have one successor each, so that the division can come later`);
  }
  unlink(draft, parent, daughter);
  divide(draft, other, [next, late]);
  set(draft, 'divides', parent, false);
  if (hide) deleteNodes(draft, [daughter], false);
}
