import { computed, type ReadonlySignal } from '@preact/signals-core';
import { type BranchFeature, featuresOf, meanByBranch } from '../data/features.ts';
import type { Measures } from '../data/measures.ts';
import { findNode } from '../data/refs.ts';
import type { Dataset } from '../data/types.ts';
import type { TimeUnit } from '../data/units.ts';
import type { Marks } from '../edits/marks.ts';
import { type ColourKeys, featureNumber } from '../image/palette.ts';
import type { State } from './state.ts';

/** What colours follow that has to be measured: only that which is chosen is. */
export type Measured = Pick<ColourKeys, 'sure' | 'group'> & { feature?: BranchFeature };

/** Place of the first group of every branch of which a cell is in one; groups in the order they were made. */
export function groupsByBranch(data: Dataset, groups: Marks['groups']): ReadonlyMap<number, number> {
  const out = new Map<number, number>();
  [...groups.values()].forEach((refs, place) => {
    for (const ref of refs) {
      const node = findNode(data, ref);
      if (node < 0) continue;
      const b = data.nodes.tracklet[node]! - 1;
      if (!out.has(b)) out.set(b, place);
    }
  });
  return out;
}

/** Follows the choice of colours; every value is measured when it is chosen, and after edits while it is. */
export function measuredKeys(
  data: Dataset,
  unit: TimeUnit,
  state: State,
  version: ReadonlySignal<number>,
  marks: ReadonlySignal<Marks>,
  measures: ReadonlySignal<Measures>,
): ReadonlySignal<Measured> {
  return computed(() => {
    const by = state.colourBy.value;
    if (by === 'suspicion') return { sure: measures.value.confidence };
    if (by === 'group') {
      version.value;
      return { group: groupsByBranch(data, marks.value.groups) };
    }
    const feature = featuresOf(data, unit)[featureNumber(by)];
    if (feature === undefined) return {};
    version.value;
    return { feature: meanByBranch(data, feature) };
  });
}
