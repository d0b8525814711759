import {
  addDetection,
  deleteNodes,
  type Made,
  mergeObjects,
  moveDetection,
  splitObject,
} from './detections.ts';
import { divide, notDivision, shiftDivision } from './divisions.ts';
import { type Draft, parentIn, refuse, set } from './draft.ts';
import { attach, dissolve, end, follow, join, link, swap, toggle, unlink } from './links.ts';
import { group, mark, review, tag } from './marks.ts';
import type { Command } from './types.ts';
import { verify } from './verify.ts';

type Handlers = {
  [Name in Command['do']]: (draft: Draft, command: Command & { do: Name }, made: Made) => void;
};

const HANDLERS: Handlers = {
  link: (draft, command) => link(draft, command.source, command.target, command),
  unlink: (draft, { source, target }) => unlink(draft, source, target),
  toggle: (draft, { a, b }) => toggle(draft, a, b),
  divide: (draft, { parent, daughters }) => divide(draft, parent, daughters),
  'not-division': (draft, { parent, keep }) => notDivision(draft, parent, keep),
  'shift-division': shiftDivision,
  swap: (draft, { a, b }) => swap(draft, a, b),
  delete: (draft, { nodes, bridge }) => deleteNodes(draft, nodes, bridge ?? false),
  add: addDetection,
  move: (draft, { node }, made) => moveDetection(draft, node, made),
  'merge-objects': (draft, { nodes }, made) => mergeObjects(draft, nodes, made),
  'split-object': (draft, { node }, made) => splitObject(draft, node, made),
  join: (draft, command) => join(draft, command.end, command.start),
  cut: (draft, { node }) => {
    const parent = parentIn(draft, node) ?? refuse(`${node} has no predecessor`);
    unlink(draft, parent, node);
  },
  end: (draft, { node, kind }) => end(draft, node, kind),
  follow: (draft, { nodes }) => follow(draft, nodes),
  verify: (draft, { what, on }) => verify(draft, what, on),
  review: (draft, { items, state }) => review(draft, items, state),
  name: (draft, { node, name }) => mark(draft, 'name', node, name || undefined),
  colour: (draft, { node, colour }) => mark(draft, 'colour', node, colour ?? undefined),
  tag: (draft, command) => tag(draft, command.nodes, command.tag, command.on),
  group: (draft, { name, nodes }) => group(draft, name, nodes),
  bookmark: (draft, { name, view }) => set(draft, 'bookmark', name, view ?? undefined),
  relink: (draft, { add, remove }) => {
    for (const [source, target] of remove) dissolve(draft, source, target);
    for (const [source, target] of add) attach(draft, source, target, { breakParent: true });
  },
  many: (draft, { commands }, made) => {
    for (const command of commands) runCommand(draft, command, made);
  },
};

/** Makes the changes of a command. @throws `broken-lineage` where the lineage's rules refuse it */
export function runCommand(draft: Draft, command: Command, made: Made): void {
  const handle = HANDLERS[command.do] as (draft: Draft, command: Command, made: Made) => void;
  handle(draft, command, made);
}
