import type { Constraints } from '../../link/types.ts';
import type { EditedLineage } from './edited.ts';
import { type EditState, splitSlot } from './state.ts';
import type { Frozen } from './types.ts';

/** What edits say to the linker, as rows of the edited detections (deleted ones are not among them). */
export function constraintsOf(state: EditState, edited: EditedLineage): Required<Constraints> {
  const { parent, childA, childB } = edited.lineage;
  const links = { must: new Map<string, [number, number]>(), cannot: [] as [number, number][] };
  const sets = { divide: [] as number[], not: [] as number[], added: [] as number[] };
  const frozenOut = new Set<number>();
  const frozenIn = new Set<number>();
  const must = (source: number, target: number): void => {
    if (source >= 0 && target >= 0) links.must.set(`${source} ${target}`, [source, target]);
  };
  for (const [slot, value] of state.slots) {
    const [kind, subject] = splitSlot(slot);
    if (kind === 'pair') {
      const [source, target] = subject.split(' ').map((ref) => edited.rowOf(ref)) as [number, number];
      if (source < 0 || target < 0) continue;
      if (value === 'must') must(source, target);
      else links.cannot.push([source, target]);
      continue;
    }
    if (kind !== 'divides' && kind !== 'end' && kind !== 'frozen' && kind !== 'node') continue;
    const row = edited.rowOf(subject);
    if (row < 0) continue;
    if (kind === 'node') sets.added.push(row);
    else if (kind === 'divides') (value === true ? sets.divide : sets.not).push(row);
    else if (kind === 'end') frozenOut.add(row);
    else {
      if ((value as Frozen) !== 'out') {
        frozenIn.add(row);
        must(parent[row], row);
      }
      if ((value as Frozen) !== 'in') {
        frozenOut.add(row);
        for (const child of [childA[row], childB[row]]) must(row, child);
      }
    }
  }
  return {
    mustLink: [...links.must.values()],
    cannotLink: links.cannot,
    mustDivide: sets.divide,
    cannotDivide: sets.not,
    forbidden: [],
    required: sets.added,
    frozenOut: [...frozenOut],
    frozenIn: [...frozenIn],
  };
}
