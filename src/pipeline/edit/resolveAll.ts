import {
  adopt,
  constraintsOf,
  type EditedLineage,
  type EditState,
  type NodeRef,
  parentAfter,
  parentOf,
} from '../../lineage/index.ts';
import type { LinkSettings } from '../../store/index.ts';
import { linkApart } from '../linkApart.ts';
import { withinReach } from './reach.ts';
import { linkerOptions, type Resolved, withNames } from './resolve.ts';

type Pair = [NodeRef, NodeRef];

/**
 * Asks the linker about the whole movie, with all that people said as constraints. Nothing is changed.
 *
 * @throws `broken-lineage` naming the two constraints that contradict each other
 */
export async function resolveAll(
  state: EditState,
  edited: EditedLineage,
  settings: LinkSettings | null,
): Promise<Resolved> {
  const { detections, lineage: numbers } = edited.lineage;
  const constraints = withinReach(constraintsOf(state, edited), detections.t);
  const { links } = await linkApart(detections, { ...linkerOptions(settings), constraints }).catch(
    (error: unknown) => {
      throw withNames(error, edited);
    },
  );
  const parent = new Int32Array(detections.count).fill(-1);
  for (let k = 0; k < links.count; k++) parent[links.target[k]] = links.source[k];
  const wanted = Array.from(parent, (from, row): [NodeRef, NodeRef | null] => [
    edited.refOf(row),
    from < 0 ? null : edited.refOf(from),
  ]);
  const [added, removed]: [Pair[], Pair[]] = [[], []];
  for (const [ref, after] of parentAfter(state, adopt(state, wanted))) {
    const before = parentOf(state, ref);
    if (before === after) continue;
    if (before !== null) removed.push([before, ref]);
    if (after !== null) added.push([after, ref]);
  }
  const treeOf = ([source]: Pair): number => numbers[edited.rowOf(source)];
  const trees = [...new Set([...added, ...removed].map(treeOf))].sort((a, b) => a - b);
  const of = (all: readonly Pair[], tree: number): Pair[] => all.filter((pair) => treeOf(pair) === tree);
  return {
    added,
    removed,
    divisions: { added: dividing(added, edited, true), removed: dividing(removed, edited, false) },
    trees: trees.map((lineage) => ({ lineage, added: of(added, lineage), removed: of(removed, lineage) })),
  };
}

/** Divisions that links make, or that their going undoes: sources of two of them, or of one beside another that stays. */
function dividing(
  links: readonly Pair[],
  { lineage, rowOf, refOf }: EditedLineage,
  come: boolean,
): [NodeRef, Pair][] {
  const targets = new Map<NodeRef, NodeRef[]>();
  for (const [source, target] of links) targets.set(source, [...(targets.get(source) ?? []), target]);
  const out: [NodeRef, Pair][] = [];
  for (const [source, own] of targets) {
    const row = rowOf(source);
    const stood = [lineage.childA[row], lineage.childB[row]].filter((child) => child >= 0).map(refOf);
    const [a, b] = come ? [...own, ...stood.filter((ref) => !own.includes(ref))] : stood;
    if (a !== undefined && b !== undefined) out.push([source, [a, b]]);
  }
  return out;
}
