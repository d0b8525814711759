import {
  adopt,
  buildLineage,
  compose,
  constraintsOf,
  type EditEntry,
  type EditedLineage,
  editedLineage,
  type History,
  type NodeRef,
  replay,
} from '../../lineage/index.ts';
import type { Lineage } from '../../lineage/types.ts';
import type { Certainty, Constraints, Links } from '../../link/types.ts';
import type { Detections } from '../../segment/types.ts';
import type { EditLogWriter } from '../../store/index.ts';
import { withinReach } from './reach.ts';

/** Linking beneath edits: what the linker is given, and what becomes of its answer. */
export interface Relink {
  /** Without what was deleted, with what was added. */
  detections: Detections;
  constraints: Required<Constraints>;
  /** Rows of `detections`, by reference and by row as segmented; -1 = none. */
  names: Pick<EditedLineage, 'rowOf' | 'rowOfBase'>;
  /** Takes the linker's links (rows of `detections`) in. What the edits had to do with them becomes a line of the log. */
  settle(links: Links, certainty: Certainty | null): Promise<Relinked>;
}

export interface Relinked {
  /** The linker's links alone: what edits stand on from now on. */
  base: Lineage;
  edited: EditedLineage;
  history: History;
  /** In rows of the base. */
  certainty: Certainty | null;
}

const NO_LINKS: Links = {
  count: 0,
  source: new Int32Array(0),
  target: new Int32Array(0),
  cost: new Float32Array(0),
  prob: new Float32Array(0),
};

/**
 * Makes edits the linker's constraints.
 *
 * @param detections as segmented
 */
export function beginRelink(detections: Detections, labelled: boolean, writer: EditLogWriter): Relink {
  const { entries } = writer.log;
  // What a person said holds its links itself, so it needs no earlier linking.
  const before = replay(buildLineage(detections, NO_LINKS), labelled, entries);
  const edited = editedLineage(before.state);
  return {
    detections: edited.lineage.detections,
    constraints: withinReach(constraintsOf(before.state, edited), edited.lineage.detections.t),
    names: edited,
    async settle(links, certainty) {
      const base = buildLineage(detections, ownLinks(links, edited));
      const history = replay(base, labelled, entries);
      const adopted = adopt(history.state, wantedOf(links, edited));
      const settled = compose([...history.settled, ...adopted]);
      if (settled.length > 0) await writer.append(rebaseEntry(entries.length + 1, settled));
      const after = replay(base, labelled, writer.log.entries);
      return {
        base,
        history: after,
        edited: editedLineage(after.state),
        certainty: certainty === null ? null : ownCertainty(certainty, edited, detections.count),
      };
    },
  };
}

/** The line that a new linking leaves in the log. */
export function rebaseEntry(seq: number, changes: EditEntry['changes']): EditEntry {
  const label = 'linked anew beneath the edits';
  return { seq, id: `rebase-${seq}`, kind: 'rebase', at: new Date().toISOString(), by: '', label, changes };
}

/** Links between detections that were segmented, in their rows. */
function ownLinks(links: Links, edited: EditedLineage): Links {
  const source = Int32Array.from(links.source, edited.baseRowOf);
  const target = Int32Array.from(links.target, edited.baseRowOf);
  const kept = Array.from({ length: links.count }, (_, k) => k).filter(
    (k) => source[k] >= 0 && target[k] >= 0,
  );
  return {
    count: kept.length,
    source: Int32Array.from(kept, (k) => source[k]),
    target: Int32Array.from(kept, (k) => target[k]),
    cost: Float32Array.from(kept, (k) => links.cost[k]),
    prob: Float32Array.from(kept, (k) => links.prob[k]),
  };
}

function* wantedOf(links: Links, edited: EditedLineage): Iterable<[NodeRef, NodeRef | null]> {
  const { count } = edited.lineage.detections;
  const parent = new Int32Array(count).fill(-1);
  for (let k = 0; k < links.count; k++) parent[links.target[k]] = links.source[k];
  for (let row = 0; row < count; row++) {
    yield [edited.refOf(row), parent[row] < 0 ? null : edited.refOf(parent[row])];
  }
}

/** Certainty in rows of the segmented detections; not known where it is about others. */
function ownCertainty(
  { begins, ends, divides, alternatives }: Certainty,
  edited: EditedLineage,
  count: number,
): Certainty {
  const spread = (values: Float32Array): Float32Array =>
    Float32Array.from({ length: count }, (_, row) => {
      const at = edited.rowOfBase(row);
      return at < 0 ? Number.NaN : values[at];
    });
  const own = (row: number): number => (row < 0 ? -1 : edited.baseRowOf(row));
  const columns = ['source', 'targetA', 'targetB'] as const;
  const kept = alternatives.source
    .map((_, k) => k)
    .filter((k) => columns.every((name) => alternatives[name][k] < 0 || own(alternatives[name][k]) >= 0));
  const [source, targetA, targetB] = columns.map((name) => kept.map((k) => own(alternatives[name][k])));
  return {
    begins: spread(begins),
    ends: spread(ends),
    divides: spread(divides),
    alternatives: { source, targetA, targetB, prob: kept.map((k) => alternatives.prob[k]) },
  };
}
