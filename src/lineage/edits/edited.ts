import type { Links } from '../../link/types.ts';
import type { Detections } from '../../segment/types.ts';
import { buildLineage } from '../build.ts';
import { createDetections } from '../createDetections.ts';
import { sortDetections } from '../sort.ts';
import type { Lineage } from '../types.ts';
import { parseRef } from './refs.ts';
import { baseRef, baseRow, type EditState, splitSlot } from './state.ts';
import type { DetectionSpec, NodeRef } from './types.ts';

/** A lineage after edits, and how its rows are named. */
export interface EditedLineage {
  lineage: Lineage;
  /** Row of a detection, or -1 where it is not there. */
  rowOf(ref: NodeRef): number;
  refOf(row: number): NodeRef;
  /** Row before edits, or -1 for what was added. */
  baseRowOf(row: number): number;
  /** Row of a row before edits, or -1 for what was deleted. */
  rowOfBase(row: number): number;
}

/** Detections after edits, where each came from, and where each went. */
interface Rows {
  detections: Detections;
  /** By row: row of the base, or -1 - index in `added`. */
  origin: Int32Array;
  /** By row of the base: the row, or -1 where it was deleted. */
  row: Int32Array;
  added: NodeRef[];
  addedRow: Map<NodeRef, number>;
}

/** The lineage that edits made of the linker's, in O(n + edits). The base is not changed. */
export function editedLineage(state: EditState): EditedLineage {
  const rows = editRows(state);
  const rowOf = (ref: NodeRef): number => {
    const before = baseRow(state, ref);
    return before >= 0 ? rows.row[before] : (rows.addedRow.get(ref) ?? -1);
  };
  const refOf = (row: number): NodeRef => {
    const from = rows.origin[row];
    return from >= 0 ? baseRef(state, from) : rows.added[-1 - from];
  };
  return {
    lineage: buildLineage(rows.detections, editLinks(state, rows, rowOf)),
    rowOf,
    refOf,
    baseRowOf: (row) => Math.max(rows.origin[row], -1),
    rowOfBase: (row) => rows.row[row],
  };
}

/**
 * Per row, its place in its frame as it was before edits: what names rows without a label.
 */
export function placesOf(edited: EditedLineage, state: EditState): Int32Array {
  const { t } = edited.lineage.detections;
  return Int32Array.from(t, (frame, row) => {
    const before = edited.baseRowOf(row);
    return before >= 0 ? before - state.start[frame] : (parseRef(edited.refOf(row))?.place ?? -1);
  });
}

function editRows(state: EditState): Rows {
  const base = state.base.detections;
  const specs = new Map<number, DetectionSpec | null>();
  const added: [NodeRef, DetectionSpec][] = [];
  for (const [slot, value] of state.slots) {
    const [kind, ref] = splitSlot(slot);
    if (kind !== 'node') continue;
    const spec = value as DetectionSpec | null;
    const row = baseRow(state, ref);
    if (row >= 0) specs.set(row, spec);
    else if (spec !== null) added.push([ref, spec]);
  }
  if (specs.size === 0 && added.length === 0) {
    const same = Int32Array.from({ length: base.count }, (_, i) => i);
    return { detections: base, origin: same, row: same, added: [], addedRow: new Map() };
  }
  const kept: number[] = [];
  for (let i = 0; i < base.count; i++) if (specs.get(i) !== null) kept.push(i);
  const table = createDetections(kept.length + added.length, base.ndim, base.nChannels);
  if (base.rescued !== undefined) table.rescued = new Uint8Array(table.count);
  for (const [to, from] of kept.entries()) {
    copyRow(base, from, table, to);
    const spec = specs.get(from);
    if (spec != null) writeSpec(table, to, spec);
  }
  for (const [k, [, spec]] of added.entries()) writeSpec(table, kept.length + k, spec);
  const sorted = sortDetections(table);
  const rows: Rows = {
    detections: sorted.detections,
    origin: new Int32Array(table.count),
    row: new Int32Array(base.count).fill(-1),
    added: added.map(([ref]) => ref),
    addedRow: new Map(added.map(([ref], k) => [ref, sorted.row[kept.length + k]])),
  };
  for (const [at, from] of kept.entries()) {
    rows.row[from] = sorted.row[at];
    rows.origin[sorted.row[at]] = from;
  }
  for (let k = 0; k < added.length; k++) rows.origin[sorted.row[kept.length + k]] = -1 - k;
  const { rescued } = base;
  if (rescued !== undefined) {
    rows.detections.rescued = Uint8Array.from(rows.origin, (from) => (from >= 0 ? rescued[from] : 0));
  }
  return rows;
}

function copyRow(from: Detections, i: number, to: Detections, k: number): void {
  for (const name of ['t', 'label', 'z', 'y', 'x', 'size', 'radius', 'prob', 'border'] as const) {
    to[name][k] = from[name][i];
  }
  if (from.rescued !== undefined && to.rescued !== undefined) to.rescued[k] = from.rescued[i];
  const n = from.nChannels;
  for (let c = 0; c < n; c++) to.intensity[k * n + c] = from.intensity[i * n + c];
}

function writeSpec(to: Detections, k: number, spec: DetectionSpec): void {
  for (const name of ['t', 'label', 'z', 'y', 'x', 'border'] as const) to[name][k] = spec[name];
  for (const name of ['size', 'radius', 'prob'] as const) to[name][k] = spec[name] ?? Number.NaN;
  for (let c = 0; c < to.nChannels; c++) {
    to.intensity[k * to.nChannels + c] = spec.intensity[c] ?? Number.NaN;
  }
}

/** Links by target; those that a person asked for or approved have prob 1, those that edits made besides, NaN. */
function editLinks(state: EditState, rows: Rows, rowOf: (ref: NodeRef) => number): Links {
  const { base } = state;
  const { count } = rows.detections;
  const parent = new Int32Array(count).fill(-1);
  const link = new Int32Array(count).fill(-1);
  for (let k = 0; k < base.links.count; k++) {
    const target = rows.row[base.links.target[k]];
    if (target < 0) continue;
    parent[target] = rows.row[base.links.source[k]];
    link[target] = k;
  }
  const sure = new Uint8Array(count);
  for (const [slot, value] of state.slots) {
    const [kind, subject] = splitSlot(slot);
    if (kind === 'parent') {
      const target = rowOf(subject);
      if (target < 0) continue;
      const source = value === null ? -1 : rowOf(value as NodeRef);
      if (source !== parent[target]) link[target] = -1;
      parent[target] = source;
    }
  }
  for (const [slot, value] of state.slots) {
    const [kind, subject] = splitSlot(slot);
    const approved = kind === 'frozen' ? value !== 'out' : kind === 'pair' && value === 'must';
    if (!approved) continue;
    const target = rowOf(kind === 'pair' ? subject.split(' ')[1] : subject);
    if (target >= 0) sure[target] = 1;
  }
  const targets: number[] = [];
  for (let i = 0; i < count; i++) if (parent[i] >= 0) targets.push(i);
  const { cost, prob } = base.links;
  return {
    count: targets.length,
    source: Int32Array.from(targets, (i) => parent[i]),
    target: Int32Array.from(targets),
    cost: Float32Array.from(targets, (i) => (link[i] < 0 ? Number.NaN : cost[link[i]])),
    prob: Float32Array.from(targets, (i) => (sure[i] ? 1 : link[i] < 0 ? Number.NaN : prob[link[i]])),
  };
}
