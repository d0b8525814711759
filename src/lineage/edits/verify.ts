import { childrenIn, type Draft, frameIn, parentIn, pin, refuse, set } from './draft.ts';
import { valueAt } from './state.ts';
import type { Frozen, NodeRef, Verified } from './types.ts';

/** Approves a link, a division, a branch or a lineage, or takes that back. What was approved never changes in re-solving. */
export function verify(draft: Draft, what: Verified, on: boolean): void {
  if ('link' in what) {
    const [source, target] = what.link;
    frameIn(draft, source);
    if (parentIn(draft, target) !== source) refuse(`${source} and ${target} are not linked`);
    if (on) pin(draft, target);
    set(draft, 'pair', `${source} ${target}`, on ? 'must' : undefined);
  } else if ('division' in what) {
    const daughters = childrenIn(draft, what.division);
    if (daughters.length < 2) refuse(`${what.division} does not divide`);
    for (const daughter of daughters) {
      if (on) pin(draft, daughter);
      set(draft, 'pair', `${what.division} ${daughter}`, on ? 'must' : undefined);
    }
    set(draft, 'divides', what.division, on ? true : undefined);
  } else if ('branch' in what) {
    const nodes = branchOf(draft, what.branch);
    for (const [i, node] of nodes.entries()) {
      if (i > 0) freeze(draft, node, 'in', on);
      if (i < nodes.length - 1) freeze(draft, node, 'out', on);
    }
  } else {
    for (const node of lineageNodes(draft, what.lineage)) {
      if (on) pin(draft, node);
      set(draft, 'frozen', node, on ? 'both' : undefined);
    }
  }
}

function freeze(draft: Draft, node: NodeRef, side: 'in' | 'out', on: boolean): void {
  if (on && side === 'in') pin(draft, node);
  const before = valueAt(draft.state, 'frozen', node);
  const has = (wanted: 'in' | 'out'): boolean =>
    wanted === side ? on : before === wanted || before === 'both';
  const after: Frozen | undefined = has('in') ? (has('out') ? 'both' : 'in') : has('out') ? 'out' : undefined;
  set(draft, 'frozen', node, after);
}

/** Detections of the unbranched path through one, in order of time. */
function branchOf(draft: Draft, ref: NodeRef): NodeRef[] {
  frameIn(draft, ref);
  const path = [ref];
  for (let p = parentIn(draft, ref); p !== null && childrenIn(draft, p).length === 1; p = parentIn(draft, p))
    path.push(p);
  path.reverse();
  for (let next = childrenIn(draft, ref); next.length === 1; next = childrenIn(draft, next[0]))
    path.push(next[0]);
  return path;
}

/** Detections of the lineage of one, the founder first. */
function lineageNodes(draft: Draft, ref: NodeRef): NodeRef[] {
  frameIn(draft, ref);
  let founder = ref;
  for (let p = parentIn(draft, founder); p !== null; p = parentIn(draft, p)) founder = p;
  const nodes = [founder];
  for (let i = 0; i < nodes.length; i++) nodes.push(...childrenIn(draft, nodes[i]));
  return nodes;
}
