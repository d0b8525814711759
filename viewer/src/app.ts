import type { ReadonlySignal, Signal } from '@preact/signals-core';
import type { EndKind } from '../../src/lineage/edits/types.ts';
import type { Certainty } from './data/certainty.ts';
import type { FrameSource } from './data/frames.ts';
import type { Scope } from './data/kin.ts';
import type { Measures } from './data/measures.ts';
import type { BranchMove } from './data/moveBranches.ts';
import type { Dataset } from './data/types.ts';
import type { TimeUnit } from './data/units.ts';
import type { Marks } from './edits/marks.ts';
import type { Kept } from './filter/types.ts';
import type { ColourKeys } from './image/palette.ts';
import type { TreeLayout } from './layout/leafOrder.ts';
import type { TreeSort } from './layout/sortTrees.ts';
import type { TreeAxis } from './layout/treeAxis.ts';
import type { Measured } from './state/colourKeys.ts';
import type { Scheduler } from './state/schedule.ts';
import type { State } from './state/state.ts';

/** A place in the movie, world units, and the cell there (-1 = none); `k` CSS pixels show a world unit. */
export interface Place {
  x: number;
  y: number;
  node: number;
  k: number;
}

/** Lines and outlines over one frame, world units. */
export interface Sketch {
  t: number;
  lines: readonly (readonly { x: number; y: number }[])[];
  /** The one that is chosen, by its place in `lines`; -1 = none. */
  chosen: number;
}

/** What a change of the lineage did to its numbers. */
export interface Moved {
  /** Per row before: the row now, -1 = gone; absent = rows are as they were. */
  newOf?: Int32Array;
  /** Absent or null: numbers of branches were given anew. */
  branches?: BranchMove | null;
}

/** What views share. */
export interface App {
  data: Dataset;
  state: State;
  /** Counts changes of `data`: what reads its columns reads this first. */
  version: ReadonlySignal<number>;
  /**
   * Changes `data`, and then everything that reads it, in one step; `change` says what moved.
   *
   * @param rows all that had links changed, where nothing else did
   */
  change(change: () => Moved, rows?: Iterable<number>): void;
  /** Rows whose links alone made the last change; null where it was another change. */
  changed(): Iterable<number> | null;
  frames: FrameSource;
  schedule: Scheduler;
  colours: ReadonlySignal<ColourKeys>;
  /** What was measured for the colours that are chosen. */
  measured: ReadonlySignal<Measured>;
  unit: TimeUnit;
  /** Layout of the tree as it is shown now. */
  layout: ReadonlySignal<TreeLayout>;
  /** How it lies along its long axis. */
  axis: ReadonlySignal<TreeAxis>;
  /** Branch of the selection, -1 = none. */
  branch: ReadonlySignal<number>;
  /** Branches that the selection stands for, with those selected besides. */
  picked: ReadonlySignal<ReadonlySet<number>>;
  /** Of the lineage as it is now; measured when somebody reads it. */
  measures: ReadonlySignal<Measures>;
  /** What the filter of the page lets through; null = there is none. */
  kept: ReadonlySignal<Kept | null>;
  /** What people said besides links. */
  marks: Signal<Marks>;
  /** How branches end, as people said. */
  ends: ReadonlySignal<ReadonlyMap<number, EndKind>>;
  /** Names that people gave, by branch. */
  names: ReadonlySignal<ReadonlyMap<number, string>>;
  /** Null until it has come. */
  certainty: Signal<Certainty | null>;
  /** What a click on a cell does instead of selecting it, null = it selects. */
  pick: Signal<((node: number) => void) | null>;
  /** Likewise for a place of the movie, world units; goes before `pick`. */
  pickPlace: Signal<((place: Place) => void) | null>;
  /** What an edit draws over the movie before it is made. */
  sketch: Signal<Sketch | null>;
  /** Where the pointer is over the movie, world units, and the cell there (-1 = none). */
  pointer: Signal<Place | null>;
  /** Counts selections by a person: views bring the selection into view when it changes, and leave links alone. */
  reveal: ReadonlySignal<number>;
  /** Counts wishes to have the selection in the middle of all views. */
  centre: Signal<number>;
  /**
   * Selects a node (-1 = nothing); `go` moves time to it; `quiet` leaves all views where they are, `centre` moves all of
   * them.
   */
  select(node: number, options?: { go?: boolean; scope?: Scope; quiet?: boolean; centre?: boolean }): void;
  /** Selects a node and keeps what is selected beside it; a node that is selected already is left. */
  selectAlso(node: number): void;
  /**
   * Puts the trees in order, once: what is edited afterwards stays where it is.
   *
   * @param doubt by lineage: how wrong its worst open place is
   */
  sortTrees(by: TreeSort, doubt: ReadonlyMap<number, number>): void;
  /** Goes to a frame, kept inside the movie. */
  goTo(t: number): void;
  /** Node of the selected branch in the frame shown, or the selected node. */
  cursor(): number;
}
