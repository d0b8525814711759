import { encodeColumns } from '../codec/columns.ts';
import {
  type EditedLineage,
  type EditState,
  findDivisions,
  measureTracklets,
  placesOf,
  tallyFrames,
} from '../lineage/index.ts';
import type { Certainty } from '../link/types.ts';
import type { RunFile } from '../store/index.ts';

export const TABLES = ['nodes', 'tracklets', 'divisions', 'counts', 'certainty'] as const;
export type TableName = (typeof TABLES)[number];

/** A result as the tables show it. */
export interface Shown {
  run: RunFile;
  /** Before edits. */
  state: EditState;
  edited: EditedLineage;
  certainty: Certainty | null;
}

/** A table of the edited lineage as bytes of `codec/columns`. */
export function encodeTable(name: TableName, shown: Shown): Uint8Array {
  const { lineage } = shown.edited;
  if (name === 'certainty') return encodeCertainty(shown);
  if (name === 'nodes') return encodeNodes(shown);
  if (name === 'tracklets') {
    const { count, ...columns } = lineage.tracklets;
    const measures = measureTracklets(lineage, shown.run.movie.timeStep);
    return encodeColumns({ meta: { count }, columns: { ...columns, ...measures } });
  }
  if (name === 'divisions') {
    const { count, ...columns } = findDivisions(lineage);
    return encodeColumns({ meta: { count }, columns });
  }
  return encodeColumns({ meta: {}, columns: { ...tallyFrames(lineage, shown.run.movie.nFrames) } });
}

/** Detections with their links; `place` names those without a label (see `NodeRef`), whatever edits came between. */
function encodeNodes({ edited, state }: Shown): Uint8Array {
  const { lineage } = edited;
  const { t, label, z, y, x, size, radius, prob, border, intensity, nChannels } = lineage.detections;
  const { parent, childA, childB, tracklet } = lineage;
  const measures = { t, label, z, y, x, size, radius, prob, border, intensity };
  const links = { parent, childA, childB, tracklet, lineage: lineage.lineage };
  const columns = { ...measures, ...links, place: placesOf(edited, state) };
  return encodeColumns({ meta: { nChannels }, columns });
}

/**
 * How sure the linker was: per node the predecessor that it found (`linked`, -1 = none) and the probabilities of that
 * link, of beginning, ending and dividing (NaN = not known); and the alternatives, rows of their own length
 * (`Alternatives` of `link`). Detections that were added have none, and alternatives with deleted ones are left out.
 */
function encodeCertainty({ edited, state, certainty }: Shown): Uint8Array {
  const { count } = edited.lineage.detections;
  const { links } = state.base;
  const spread = (values: ArrayLike<number> | undefined): Float32Array =>
    Float32Array.from({ length: count }, (_, row) => values?.[edited.baseRowOf(row)] ?? Number.NaN);
  const linked = new Int32Array(count).fill(-1);
  const linkIn = new Float32Array(count).fill(Number.NaN);
  for (let k = 0; k < links.count; k++) {
    const target = edited.rowOfBase(links.target[k]);
    if (target < 0) continue;
    linked[target] = edited.rowOfBase(links.source[k]);
    linkIn[target] = links.prob[k];
  }
  const columns = {
    linked,
    linkIn,
    begins: spread(certainty?.begins),
    ends: spread(certainty?.ends),
    divides: spread(certainty?.divides),
    ...alternatives(edited, certainty),
  };
  return encodeColumns({ meta: { known: certainty !== null }, columns });
}

function alternatives(
  edited: EditedLineage,
  certainty: Certainty | null,
): { source: Int32Array; targetA: Int32Array; targetB: Int32Array; prob: Float32Array } {
  const all = certainty?.alternatives ?? { source: [], targetA: [], targetB: [], prob: [] };
  const here = (row: number): number => (row < 0 ? -1 : edited.rowOfBase(row));
  const gone = (row: number): boolean => row >= 0 && edited.rowOfBase(row) < 0;
  const kept = all.source
    .map((_, k) => k)
    .filter((k) => !gone(all.source[k]) && !gone(all.targetA[k]) && !gone(all.targetB[k]));
  return {
    source: Int32Array.from(kept, (k) => here(all.source[k])),
    targetA: Int32Array.from(kept, (k) => here(all.targetA[k])),
    targetB: Int32Array.from(kept, (k) => here(all.targetB[k])),
    prob: Float32Array.from(kept, (k) => all.prob[k]),
  };
}
