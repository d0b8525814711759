import type { Command, NodeRef, Verified } from '../../src/lineage/types.ts';

/** A lineage and its edits as plainly as they can be said: to compare the real thing with. */
export interface LineageModel {
  /** Frame of every detection that is there. */
  nodes: Map<NodeRef, number>;
  parent: Map<NodeRef, NodeRef>;
  names: Map<NodeRef, string>;
  /** Whole copies from before and after every edit. */
  past: Snapshot[];
  future: Snapshot[];
}

type Snapshot = Pick<LineageModel, 'nodes' | 'parent' | 'names'>;

const copy = ({ nodes, parent, names }: Snapshot): Snapshot => ({
  nodes: new Map(nodes),
  parent: new Map(parent),
  names: new Map(names),
});

export function createModel(
  nodes: Iterable<[NodeRef, number]>,
  links: Iterable<[NodeRef, NodeRef]>,
): LineageModel {
  const parent = new Map([...links].map(([source, target]) => [target, source]));
  return { nodes: new Map(nodes), parent, names: new Map(), past: [], future: [] };
}

const childrenOf = ({ parent }: Snapshot, ref: NodeRef): NodeRef[] =>
  [...parent].filter(([, source]) => source === ref).map(([target]) => target);

class Refused extends Error {}

function demand(holds: boolean): asserts holds {
  if (!holds) throw new Refused();
}

function link(
  model: Snapshot,
  source: NodeRef,
  target: NodeRef,
  options: { breakParent?: boolean; breakChildren?: boolean } = {},
): void {
  const [from, to] = [model.nodes.get(source), model.nodes.get(target)];
  demand(from !== undefined && to !== undefined && from < to);
  const before = model.parent.get(target);
  demand(before === undefined || before === source || options.breakParent === true);
  const others = childrenOf(model, source).filter((child) => child !== target);
  if (options.breakChildren) for (const child of others) model.parent.delete(child);
  else demand(others.length < 2);
  model.parent.set(target, source);
}

function unlink(model: Snapshot, source: NodeRef, target: NodeRef): void {
  demand(model.parent.get(target) === source);
  model.parent.delete(target);
}

function remove(model: Snapshot, ref: NodeRef, bridge: boolean): void {
  demand(model.nodes.has(ref));
  const parent = model.parent.get(ref);
  const children = childrenOf(model, ref);
  model.parent.delete(ref);
  for (const child of children) model.parent.delete(child);
  model.nodes.delete(ref);
  if (bridge && parent !== undefined && children.length === 1) link(model, parent, children[0]!);
}

function swap(model: Snapshot, a: NodeRef, b: NodeRef): void {
  demand(model.nodes.has(a) && model.nodes.has(b));
  const [from, to] = [model.parent.get(a), model.parent.get(b)];
  demand(a !== b && from !== to);
  model.parent.delete(a);
  model.parent.delete(b);
  if (to !== undefined) link(model, to, a);
  if (from !== undefined) link(model, from, b);
}

function divide(model: Snapshot, parent: NodeRef, daughters: readonly [NodeRef, NodeRef]): void {
  demand(daughters[0] !== daughters[1] && model.nodes.has(parent));
  for (const child of childrenOf(model, parent)) if (!daughters.includes(child)) model.parent.delete(child);
  for (const daughter of daughters) link(model, parent, daughter, { breakParent: true });
}

function shift(model: Snapshot, { parent, by, daughter, hide }: Command & { do: 'shift-division' }): void {
  const children = childrenOf(model, parent);
  demand(children.length === 2 && children.includes(daughter));
  const other = children.find((child) => child !== daughter)!;
  if (by < 0) {
    const grandparent = model.parent.get(parent);
    demand(grandparent !== undefined);
    divide(model, grandparent, [parent, daughter]);
    return;
  }
  const [next, late] = [childrenOf(model, other), childrenOf(model, daughter)];
  demand(next.length === 1 && late.length === 1);
  model.parent.delete(daughter);
  divide(model, other, [next[0]!, late[0]!]);
  if (hide) remove(model, daughter, false);
}

function toggle(model: Snapshot, a: NodeRef, b: NodeRef): void {
  const [at, bt] = [model.nodes.get(a), model.nodes.get(b)];
  demand(at !== undefined && bt !== undefined);
  const [source, target] = at <= bt ? [a, b] : [b, a];
  if (model.parent.get(target) === source) unlink(model, source, target);
  else link(model, source, target);
}

function follow(model: Snapshot, nodes: readonly NodeRef[]): void {
  for (let i = 1; i < nodes.length; i++) {
    const [source, target] = [nodes[i - 1]!, nodes[i]!];
    const breakChildren = !childrenOf(model, source).includes(target);
    link(model, source, target, { breakParent: true, breakChildren });
  }
}

function notDivision(model: Snapshot, parent: NodeRef, keep: NodeRef): void {
  const children = childrenOf(model, parent);
  demand(children.length === 2 && children.includes(keep));
  for (const child of children) if (child !== keep) model.parent.delete(child);
}

function verify(model: Snapshot, what: Verified): void {
  if ('link' in what) demand(model.parent.get(what.link[1]) === what.link[0]);
  else if ('division' in what) demand(childrenOf(model, what.division).length === 2);
  else demand(model.nodes.has('branch' in what ? what.branch : what.lineage));
}

/** Commands that need no pixels. */
const RUN: { [Name in Command['do']]?: (model: Snapshot, command: Command & { do: Name }) => void } = {
  link: (model, command) => link(model, command.source, command.target, command),
  unlink: (model, { source, target }) => unlink(model, source, target),
  toggle: (model, { a, b }) => toggle(model, a, b),
  cut: (model, { node }) => demand(model.parent.delete(node)),
  join: (model, { end, start }) => {
    demand(childrenOf(model, end).length === 0);
    link(model, end, start);
  },
  swap: (model, { a, b }) => swap(model, a, b),
  divide: (model, { parent, daughters }) => divide(model, parent, daughters),
  'not-division': (model, { parent, keep }) => notDivision(model, parent, keep),
  'shift-division': shift,
  delete: (model, { nodes, bridge }) => {
    for (const node of nodes) remove(model, node, bridge ?? false);
  },
  follow: (model, { nodes }) => follow(model, nodes),
  end: (model, { node, kind }) => {
    demand(model.nodes.has(node));
    demand(kind === null || childrenOf(model, node).length === 0);
  },
  verify: (model, { what }) => verify(model, what),
  name: (model, { node, name }) => {
    demand(model.nodes.has(node));
    if (name) model.names.set(node, name);
    else model.names.delete(node);
  },
  many: (model, { commands }) => {
    for (const command of commands) run(model, command);
  },
};

function run(model: Snapshot, command: Command): void {
  const handle = RUN[command.do] as ((model: Snapshot, command: Command) => void) | undefined;
  if (handle === undefined) throw new Error(`the model knows no ${command.do}`);
  handle(model, command);
}

/** Does a command; false where it must be refused, and then nothing has changed. */
export function runModel(model: LineageModel, command: Command): boolean {
  const after = copy(model);
  try {
    run(after, command);
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
  model.past.push(copy(model));
  model.future = [];
  Object.assign(model, after);
  return true;
}

/** Undoes or redoes; false where there is nothing. */
export function reverseModel(model: LineageModel, kind: 'undo' | 'redo'): boolean {
  const [from, to] = kind === 'undo' ? [model.past, model.future] : [model.future, model.past];
  const snapshot = from.pop();
  if (snapshot === undefined) return false;
  to.push(copy(model));
  Object.assign(model, copy(snapshot));
  return true;
}
