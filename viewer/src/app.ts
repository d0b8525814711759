import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import { nodeAt, rootOf, rootsOf } from './data/branches.ts';
import type { FrameSource } from './data/frames.ts';
import { createFrames } from './data/frames.ts';
import { branchOf, divisionNear } from './data/navigate.ts';
import type { Dataset } from './data/types.ts';
import { type TimeUnit, timeUnit } from './data/units.ts';
import { colourLineages } from './image/colouring.ts';
import type { ColourKeys } from './image/palette.ts';
import { layoutTree, rootsBySize, type TreeLayout } from './layout/leafOrder.ts';
import { createScheduler, type Scheduler } from './state/schedule.ts';
import { createState, type Scope, type State } from './state/state.ts';

/** Measures that come after the first picture; null until then. */
export interface Measures {
  /** Per tracklet, index = number - 1. */
  displacement: Float64Array;
  meanSpeed: Float64Array;
  duration: Int32Array;
  /** Per division, in order of `Dataset.divisions`. */
  sisterDistance: Float64Array;
  angle: Float64Array;
  cellCycle: Float64Array;
  prob: Float32Array;
}

/** What views share. */
export interface App {
  data: Dataset;
  state: State;
  frames: FrameSource;
  schedule: Scheduler;
  colours: ColourKeys;
  unit: TimeUnit;
  /** Layout of the tree as it is shown now. */
  layout: ReadonlySignal<TreeLayout>;
  /** Branch of the selection, -1 = none. */
  branch: ReadonlySignal<number>;
  measures: Signal<Measures | null>;
  /** Counts selections by a person: views bring the selection into view when it changes, and leave links alone. */
  reveal: ReadonlySignal<number>;
  /** Selects a node (-1 = nothing); `go` moves time to it; `quiet` leaves all views where they are. */
  select(node: number, options?: { go?: boolean; scope?: Scope; quiet?: boolean }): void;
  /** Goes to a frame, kept inside the movie. */
  goTo(t: number): void;
  /** Node of the selected branch in the frame shown, or the selected node. */
  cursor(): number;
}

/** The application around a lineage, without its views. */
export function createApp(data: Dataset): App {
  const { branches, nodes } = data;
  const state = createState(data.info.run.movie.ndim === 3);
  const sorted = rootsBySize(branches, rootsOf(branches));
  const branch = computed(() => branchOf(data, state.selected.value));
  const whole = layoutTree(branches, sorted);
  // The tree of one lineage follows the branch only as far as its root: moving inside it does not lay out again.
  const root = computed(() => {
    const mode = state.treeMode.value;
    const b = mode === 'all' ? -1 : branch.value;
    return b < 0 ? -1 : mode === 'subtree' ? b : rootOf(branches, b);
  });
  const layout = computed(() => (root.value < 0 ? whole : layoutTree(branches, [root.value])));
  const reveal = signal(0);
  const treeOrder = Array.from(sorted, (b) => branches.lineage[b]!);

  return {
    data,
    state,
    frames: createFrames(data),
    schedule: createScheduler(),
    colours: {
      lineageColour: colourLineages(data, treeOrder),
      lineage: branches.lineage,
      generation: branches.generation,
    },
    unit: timeUnit({ ...data.info.run.movie, nFrames: data.nFrames }),
    layout,
    branch,
    measures: signal<Measures | null>(null),
    reveal,
    select(node, { go = false, scope = 'cell', quiet = false } = {}) {
      batch(() => {
        state.selected.value = node;
        state.scope.value = scope;
        if (node < 0) return;
        state.event.value = divisionNear(data, node);
        if (go) this.goTo(nodes.t[node]!);
        if (!quiet) reveal.value++;
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
}
