import { childrenIn, type Draft, frameIn, parentIn, refuse, set, setParent, thaw } from './draft.ts';
import { attach, link } from './links.ts';
import { makeRef } from './refs.ts';
import { type EditState, valueAt } from './state.ts';
import type { Command, DetectionSpec, NodeRef } from './types.ts';

/** Detections that a command's shapes became, in the order of the commands; taken one by one. */
export type Made = Iterator<DetectionSpec>;

function take(made: Made): DetectionSpec {
  const { done, value } = made.next();
  return done ? refuse('the detection of this shape is missing') : value;
}

/** Label and place of the frame's next detection; the names of deleted ones are not given again. */
function nextName({ base, start, added, labelled }: EditState, t: number): { label: number; ref: NodeRef } {
  const [first, end] = t + 1 < start.length ? [start[t], start[t + 1]] : [0, 0];
  const given = added.get(t)?.size ?? 0;
  const label = labelled ? (end > first ? base.detections.label[end - 1] : 0) + given + 1 : 0;
  return { label, ref: makeRef(t, label, end - first + given) };
}

/** Puts a detection in under a new name. */
function enter(draft: Draft, spec: DetectionSpec): NodeRef {
  const { label, ref } = nextName(draft.state, spec.t);
  set(draft, 'node', ref, { ...spec, label });
  return ref;
}

function remove(draft: Draft, ref: NodeRef): void {
  frameIn(draft, ref);
  setParent(draft, ref, null);
  for (const child of childrenIn(draft, ref)) setParent(draft, child, null);
  for (const side of ['in', 'out'] as const) thaw(draft, ref, side);
  if (valueAt(draft.state, 'end', ref) !== undefined) set(draft, 'end', ref, undefined);
  set(draft, 'node', ref, null);
}

/** Deletes detections with their links. */
export function deleteNodes(draft: Draft, nodes: readonly NodeRef[], bridge: boolean): void {
  for (const node of nodes) {
    frameIn(draft, node);
    const parent = parentIn(draft, node);
    const children = childrenIn(draft, node);
    remove(draft, node);
    if (bridge && parent !== null && children.length === 1) attach(draft, parent, children[0], {});
  }
}

/** Adds a detection, between a predecessor and a successor where they are given. */
export function addDetection(draft: Draft, { t, parent, child }: Command & { do: 'add' }, made: Made): void {
  const spec = take(made);
  if (spec.t !== t) refuse(`a detection of frame ${t} was made in frame ${spec.t}`);
  const ref = enter(draft, spec);
  if (child !== undefined) link(draft, ref, child, { breakParent: true });
  if (parent !== undefined) link(draft, parent, ref, {});
}

/** Puts a detection elsewhere; its links stay. */
export function moveDetection(draft: Draft, node: NodeRef, made: Made): void {
  frameIn(draft, node);
  set(draft, 'node', node, take(made));
}

/** Fuses detections of one frame; the new one has the first predecessor and the first successors that they had. */
export function mergeObjects(draft: Draft, nodes: readonly NodeRef[], made: Made): void {
  const frames = new Set(nodes.map((node) => frameIn(draft, node)));
  if (frames.size > 1)
    refuse(`only objects of one frame can be merged, got frames ${[...frames].join(' and ')}`);
  if (new Set(nodes).size < 2) refuse('it takes two objects to merge');
  const parent = nodes.map((node) => parentIn(draft, node)).find((p) => p !== null) ?? null;
  const children = nodes.map((node) => childrenIn(draft, node)).find((list) => list.length > 0) ?? [];
  for (const node of nodes) remove(draft, node);
  const ref = enter(draft, take(made));
  inherit(draft, ref, parent, children);
}

/** Replaces a detection by its two parts; the first of them has the links. */
export function splitObject(draft: Draft, node: NodeRef, made: Made): void {
  frameIn(draft, node);
  const parent = parentIn(draft, node);
  const children = childrenIn(draft, node);
  remove(draft, node);
  const larger = enter(draft, take(made));
  enter(draft, take(made));
  inherit(draft, larger, parent, children);
}

function inherit(draft: Draft, ref: NodeRef, parent: NodeRef | null, children: readonly NodeRef[]): void {
  if (parent !== null) attach(draft, parent, ref, {});
  for (const child of children) attach(draft, ref, child, { breakParent: true });
}
