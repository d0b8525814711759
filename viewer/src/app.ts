import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import type { EndKind } from '../../src/lineage/edits/types.ts';
import { nodeAt, rootOf } from './data/branches.ts';
import type { Certainty } from './data/certainty.ts';
import type { FrameSource } from './data/frames.ts';
import { createFrames } from './data/frames.ts';
import { kinOf, type Scope } from './data/kin.ts';
import { type Measures, measureLineage } from './data/measures.ts';
import type { BranchMove } from './data/moveBranches.ts';
import { branchOf, divisionNear } from './data/navigate.ts';
import type { Dataset } from './data/types.ts';
import { type TimeUnit, timeUnit } from './data/units.ts';
import { byBranch, type Marks, NO_MARKS } from './edits/marks.ts';
import { type Kept, keptBy } from './filter/kept.ts';
import type { ColourKeys } from './image/palette.ts';
import { createForest } from './layout/forest.ts';
import { layoutTree, type TreeLayout } from './layout/leafOrder.ts';
import { filterShape, isPlain, moveShape, PLAIN, shapeLayout } from './layout/shape.ts';
import { sortFounders, type TreeSort } from './layout/sortTrees.ts';
import { generationAxis, type TreeAxis, timeAxis } from './layout/treeAxis.ts';
import { type Measured, measuredKeys } from './state/colourKeys.ts';
import { createScheduler, type Scheduler } from './state/schedule.ts';
import { createState, type State } from './state/state.ts';

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

/** The application around a lineage, without its views. */
export function createApp(data: Dataset): App {
  const { branches, nodes } = data;
  const state = createState(data.info.run.movie.ndim === 3);
  const version = signal(0);
  const certainty = signal<Certainty | null>(null);
  const marks = signal(NO_MARKS);
  const forest = createForest(data);
  const branch = computed(() => {
    version.value;
    return branchOf(data, state.selected.value);
  });
  const sorted = signal(0);
  const whole = computed(() => {
    version.value;
    sorted.value;
    return forest.arrange();
  });
  // The tree of one lineage follows the branch only as far as its root: moving inside it does not lay out again.
  const root = computed(() => {
    version.value;
    const mode = state.treeMode.value;
    const b = mode === 'all' ? -1 : branch.value;
    return b < 0 ? -1 : mode === 'subtree' ? b : rootOf(branches, b);
  });
  const layout = computed(() => {
    const all = whole.value;
    const plain = root.value < 0 ? all.layout : layoutTree(branches, [root.value]);
    const own = state.treeShape.value;
    const passed = root.value < 0 ? kept.value : null;
    const shown = passed === null ? own : filterShape(own, all.layout, branches, passed.branches);
    const shape = root.value < 0 ? shown : { ...PLAIN, closed: own.closed };
    return isPlain(shape) ? plain : shapeLayout(plain, branches, nodes.tracklet, shape);
  });
  const kept: ReadonlySignal<Kept | null> = computed(() => keptBy(app));
  const unit = timeUnit({ ...data.info.run.movie, nFrames: data.nFrames });
  const measures = computed(() => {
    version.value;
    return measureLineage(data, certainty.value);
  });
  const measured = measuredKeys(data, unit, state, version, marks, measures);
  const reveal = signal(0);
  let changed: Iterable<number> | null = null;
  const own = computed(() => {
    version.value;
    const colours = byBranch(data, marks.value.colours);
    return new Map([...colours].map(([b, colour]) => [b, Number.parseInt(colour.slice(1), 16)]));
  });

  const app: App = {
    data,
    state,
    version,
    changed: () => changed,
    change(change, rows) {
      batch(() => {
        changed = rows ?? null;
        const { newOf = null, branches: move = null } = change();
        forest.moveBranches(move);
        if (newOf) {
          forest.moveRows(newOf);
          const { selected, hover } = state;
          for (const row of [selected, hover]) if (row.peek() >= 0) row.value = newOf[row.peek()]!;
          state.treeShape.value = moveShape(state.treeShape.peek(), newOf);
          state.also.value = state.also.peek().flatMap((row) => (newOf[row]! < 0 ? [] : [newOf[row]!]));
        }
        version.value++;
        const node = state.selected.peek();
        state.event.value = node < 0 ? -1 : divisionNear(data, node);
      });
    },
    frames: createFrames(data),
    schedule: createScheduler(),
    colours: computed(() => {
      version.value;
      return {
        lineageColour: whole.value.colours,
        lineage: branches.lineage,
        generation: branches.generation,
        own: own.value,
        kept: kept.value?.branches,
        ...measured.value,
      };
    }),

    unit,
    measured,
    layout,
    axis: computed(() => {
      version.value;
      const make = state.treeAxis.value === 'time' ? timeAxis : generationAxis;
      return make(data, layout.value);
    }),
    branch,
    picked: computed(() => {
      version.value;
      const b = branch.value;
      const own = b < 0 ? [] : kinOf(branches, b, state.scope.value);
      return new Set([...own, ...state.also.value.map((node) => branchOf(data, node))]);
    }),
    measures,
    kept,
    certainty,
    pick: signal(null),
    pickPlace: signal(null),
    sketch: signal(null),
    marks,
    ends: computed(() => {
      version.value;
      return byBranch(data, marks.value.ends);
    }),
    names: computed(() => {
      version.value;
      return byBranch(data, marks.value.names);
    }),
    pointer: signal(null),
    reveal,
    centre: signal(0),
    select(node, { go = false, scope = 'cell', quiet = false, centre = false } = {}) {
      batch(() => {
        state.selected.value = node;
        state.item.value = '';
        state.scope.value = scope;
        state.also.value = [];
        if (node < 0) return;
        state.event.value = divisionNear(data, node);
        if (go) this.goTo(nodes.t[node]!);
        if (!quiet) reveal.value++;
        if (centre) this.centre.value++;
      });
    },
    selectAlso(node) {
      const [before, also] = [state.selected.peek(), state.also.peek()];
      if (node < 0 || node === before) return;
      batch(() => {
        this.select(node, { scope: state.scope.peek() });
        state.also.value = [...also.filter((one) => one !== node), ...(before < 0 ? [] : [before])];
      });
    },
    sortTrees(by, doubt) {
      whole.peek();
      forest.sort(sortFounders(branches, by, byBranch(data, marks.peek().names), doubt));
      batch(() => {
        state.treeSort.value = by;
        sorted.value++;
      });
    },
    goTo(t) {
      state.t.value = Math.max(0, Math.min(data.nFrames - 1, Math.round(t)));
    },
    cursor() {
      const here = nodeAt(branches, nodes, branch.peek(), state.t.peek());
      return here >= 0 ? here : state.selected.peek();
    },
  };
  return app;
}
