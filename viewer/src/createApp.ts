import { batch, computed, type ReadonlySignal, signal } from '@preact/signals-core';
import type { App } from './app.ts';
import { nodeAt, rootOf } from './data/branches.ts';
import type { Certainty } from './data/certainty.ts';
import { createFrames } from './data/frames.ts';
import { kinOf } from './data/kin.ts';
import { measureLineage } from './data/measures.ts';
import { branchOf, divisionNear } from './data/navigate.ts';
import type { Dataset } from './data/types.ts';
import { timeUnit } from './data/units.ts';
import { byBranch, NO_MARKS } from './edits/marks.ts';
import { keptBy } from './filter/kept.ts';
import type { Kept } from './filter/types.ts';
import { createForest } from './layout/forest.ts';
import { layoutTree } from './layout/leafOrder.ts';
import { filterShape, isPlain, moveShape, PLAIN, shapeLayout } from './layout/shape.ts';
import { sortFounders } from './layout/sortTrees.ts';
import { generationAxis, timeAxis } from './layout/treeAxis.ts';
import { measuredKeys } from './state/colourKeys.ts';
import { createScheduler } from './state/schedule.ts';
import { createState, usualMarking } from './state/state.ts';

/** The application around a lineage, without its views. */
export function createApp(data: Dataset): App {
  const { branches, nodes } = data;
  const state = createState(data.info.run.movie.ndim === 3, usualMarking(data.info));
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
