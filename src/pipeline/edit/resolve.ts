import { isMorulaError, MorulaError } from '../../errors/index.ts';
import { constraintsOf, type EditedLineage, type EditState, type NodeRef } from '../../lineage/index.ts';
import { resolve } from '../../link/index.ts';
import type { LinkSettings } from '../../store/index.ts';
import { withinReach } from './reach.ts';

type Pair = [NodeRef, NodeRef];

/** What re-solving the surroundings of a detection would change; a `relink` of these links makes it so. */
export interface Resolved {
  added: Pair[];
  removed: Pair[];
  divisions: { added: [NodeRef, Pair][]; removed: [NodeRef, Pair][] };
  /** The same links by lineage as it is now (that of the source), for those who accept tree by tree. */
  trees: { lineage: number; added: Pair[]; removed: Pair[] }[];
}

/**
 * Asks the linker about the surroundings of a detection, with all that people said as constraints. Nothing is changed.
 *
 * @throws `broken-lineage` where the detection is not there, or naming the two constraints that contradict each other
 */
export async function resolveNear(
  state: EditState,
  edited: EditedLineage,
  settings: LinkSettings | null,
  ref: NodeRef,
): Promise<Resolved> {
  const seed = edited.rowOf(ref);
  if (seed < 0) throw new MorulaError('broken-lineage', `edit: detection ${ref} is not there`);
  const { detections, links } = edited.lineage;
  const constraints = withinReach(constraintsOf(state, edited), detections.t);
  const options = linkerOptions(settings);
  // Links that the linker is not told of (see `withinReach`) are none that it could take away.
  const wanted = new Set(constraints.mustLink.map(([, v]) => v));
  const held = new Set(constraints.frozenIn.filter((v) => !wanted.has(v)));
  const shown = Array.from(links.target.keys()).filter((k) => !held.has(links.target[k]));
  const graph = {
    detections,
    options,
    links: {
      count: shown.length,
      source: Int32Array.from(shown, (k) => links.source[k]),
      target: Int32Array.from(shown, (k) => links.target[k]),
      cost: Float32Array.from(shown, (k) => links.cost[k]),
      prob: Float32Array.from(shown, (k) => links.prob[k]),
    },
  };
  const diff = await resolve(graph, constraints, seed).catch((error: unknown) => {
    throw withNames(error, edited);
  });
  const pair = ({ source, target }: { source: number; target: number }): Pair => [
    edited.refOf(source),
    edited.refOf(target),
  ];
  const division = (d: { parent: number; daughters: readonly [number, number] }): [NodeRef, Pair] => [
    edited.refOf(d.parent),
    [edited.refOf(d.daughters[0]), edited.refOf(d.daughters[1])],
  ];
  const lineages = edited.lineage.lineage;
  const numbers = [...diff.added, ...diff.removed].map(({ source }) => lineages[source]);
  const trees = [...new Set(numbers)].sort((a, b) => a - b);
  const of = (all: readonly { source: number; target: number }[], tree: number): Pair[] =>
    all.filter(({ source }) => lineages[source] === tree).map(pair);
  return {
    added: diff.added.map(pair),
    removed: diff.removed.map(pair),
    divisions: {
      added: diff.divisions.added.map(division),
      removed: diff.divisions.removed.map(division),
    },
    trees: trees.map((lineage) => ({
      lineage,
      added: of(diff.added, lineage),
      removed: of(diff.removed, lineage),
    })),
  };
}

/**
 * What the linker is told besides constraints: as the result was linked, always by the linker that takes constraints;
 * its defaults where others made the links.
 */
export function linkerOptions(all: LinkSettings | null) {
  const settings = all?.kind === 'import' ? null : all;
  return {
    linker: 'global' as const,
    maxDistance: settings?.maxDistance ?? Number.NaN,
    maxFrameInterval: settings?.maxFrameInterval ?? 2,
    divisions: settings?.divisions ?? true,
    motion: settings?.motion ?? ('auto' as const),
  };
}

/** The linker names rows; people know detections. */
export function withNames(error: unknown, edited: EditedLineage): unknown {
  if (!isMorulaError(error) || error.tag !== 'invalid-option') return error;
  const rule = /((?:must|cannot)-(?:link|divide)|forbidden|required|frozen) \d+(?: (?:to|and) \d+)*/g;
  const words = error.message.replace(rule, (all) => all.replace(/\d+/g, (row) => edited.refOf(Number(row))));
  return new MorulaError('broken-lineage', words, { cause: error });
}
