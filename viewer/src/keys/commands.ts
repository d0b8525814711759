import { batch } from '@preact/signals-core';
import type { App } from '../app.ts';
import type { Scope } from '../data/kin.ts';
import { alongLineage, besideInTree, divisionAlong, divisionInTime } from '../data/navigate.ts';
import type { Proposals } from '../edits/proposal.ts';
import type { Tool } from '../edits/tool.ts';
import { VERBS } from '../edits/verbs.ts';
import type { Marking } from '../image/backend.ts';
import { AXIS_NAMES } from '../layout/treeAxis.ts';
import type { Review } from '../review/review.ts';
import { stepPlane, toggleProjection } from '../state/plane.ts';
import { DEFAULT_TAILS, LOWERS, TAILS_WAYS, TREE_MODES } from '../state/state.ts';
import { selectionBack } from '../state/sync.ts';
import { toggleLarge } from '../views/maximise.ts';
import { collapse, hideTree, pinTree, showAll } from '../views/tree/shaping.ts';
import type { Command } from './keymap.ts';

const MARKINGS: readonly Marking[] = ['outline', 'fill', 'none'];
const following = <T>(all: readonly T[], one: T): T => all[(all.indexOf(one) + 1) % all.length]!;

/** What every command does. */
export function createCommands(
  app: App,
  review: Review,
  tool: Tool,
  proposals: Proposals,
  openHelp: () => void,
  openSheet: () => void,
  more: Pick<
    Record<Command, () => void>,
    'marks' | 'save' | 'history' | 'bookmark' | 'palette' | 'filter' | 'copy-link'
  >,
): Record<Command, () => void> {
  const { state, data } = app;
  const jump = (frames: number) => (): void => app.goTo(state.t.peek() + frames);
  const still = (move: () => void) => (): void => {
    state.playing.value = false;
    move();
  };
  /** Moves the selection by a step from where it is now; -1 leaves it. */
  const move = (step: (node: number) => number) => (): void => {
    const node = app.cursor();
    if (node < 0) {
      firstSelection(app);
      return;
    }
    const next = step(node);
    if (next >= 0) app.select(next, { go: true });
  };
  /** While an edit waits for something to be picked, arrows go through what could be. */
  const aim = (step: -1 | 1, otherwise: () => void) => (): void => {
    if (!tool.aim(step)) otherwise();
  };
  const division = (step: -1 | 1) => (): void => {
    const from = state.event.peek() >= 0 ? state.event.peek() : Math.max(app.cursor(), 0);
    const next = divisionInTime(data, from, step, app.kept.peek()?.has);
    if (next >= 0) app.select(next, { go: true });
  };
  /** Moves the selection by a step that keeps what is selected. */
  const add = (step: (node: number) => number) => (): void => {
    const node = app.cursor();
    const next = node < 0 ? -1 : step(node);
    if (next < 0) return;
    app.selectAlso(next);
    app.goTo(data.nodes.t[next]!);
  };
  const scope = (wide: Scope) => (): void => {
    if (state.selected.peek() >= 0) state.scope.value = state.scope.peek() === wide ? 'cell' : wide;
  };
  const channel = (k: number) => (): void => {
    state.channels.value = state.channels.peek().map((c, n) => (n === k ? { ...c, on: !c.on } : c));
  };
  let tails = DEFAULT_TAILS;
  return {
    play: () => (state.playing.value = !state.playing.peek()),
    'frame-back': still(jump(-1)),
    'frame-on': still(jump(1)),
    'frame-back-10': still(jump(-10)),
    'frame-on-10': still(jump(10)),
    'first-frame': still(() => app.goTo(0)),
    'last-frame': still(() => app.goTo(data.nFrames - 1)),
    'to-parent': aim(-1, still(move((node) => alongLineage(data, node, -1)))),
    'to-child': aim(1, still(move((node) => alongLineage(data, node, 1)))),
    'to-left': aim(-1, still(move((node) => besideInTree(data, app.layout.peek(), node, -1)))),
    'to-right': aim(1, still(move((node) => besideInTree(data, app.layout.peek(), node, 1)))),
    'division-before': still(move((node) => divisionAlong(data, node, -1))),
    'division-after': still(move((node) => divisionAlong(data, node, 1))),
    'review-next': () => review.step(1),
    'review-previous': () => review.step(-1),
    verify: () => {
      if (tool.take()) return;
      if (proposals.proposal.peek() !== null) void proposals.accept();
      else review.verify();
    },
    'apply-1': () => review.apply(0),
    'apply-2': () => review.apply(1),
    'apply-3': () => review.apply(2),
    'apply-4': () => review.apply(3),
    skip: review.skip,
    undo: () => void review.log.step('undo'),
    redo: () => void review.log.step('redo'),
    'division-next': still(division(1)),
    'division-previous': still(division(-1)),
    'whole-lineage': scope('lineage'),
    ancestors: scope('ancestors'),
    descendants: scope('descendants'),
    'add-parent': still(add((node) => alongLineage(data, node, -1))),
    'add-child': still(add((node) => alongLineage(data, node, 1))),
    'add-left': still(add((node) => besideInTree(data, app.layout.peek(), node, -1))),
    'add-right': still(add((node) => besideInTree(data, app.layout.peek(), node, 1))),
    'selection-back': selectionBack,
    'selection-on': () => history.forward(),
    ...Object.fromEntries(Array.from({ length: 9 }, (_, k) => [`channel-${k + 1}`, channel(k)])),
    'box-zoom': () => (state.boxing.value = !state.boxing.peek()),
    plot: () => (state.lower.value = following(LOWERS, state.lower.peek())),
    large: toggleLarge,
    collapse: () => collapse(app, app.branch.peek()),
    'pin-tree': () => pinTree(app, app.branch.peek()),
    'hide-tree': () => hideTree(app, app.branch.peek()),
    'show-trees': () => showAll(app),
    clear: () => {
      if (state.boxing.peek()) state.boxing.value = false;
      else if (state.fencing.peek()) state.fencing.value = false;
      else if (!tool.cancel() && !proposals.reject()) app.select(-1);
    },
    add: tool.add,
    outline: tool.outline,
    split: tool.split,
    ...more,
    resolve: () => void proposals.ask(),
    'resolve-all': () => void proposals.askAll(),
    ...Object.fromEntries(VERBS.map((verb) => [`edit-${verb.name}`, () => tool.start(verb)])),
    bare: () => (state.bare.value = true),
    marking: () => (state.marking.value = following(MARKINGS, state.marking.peek())),
    'tails-way': () => (state.tailsWay.value = following(TAILS_WAYS, state.tailsWay.peek())),
    tails: () => {
      const now = state.tails.peek();
      if (now > 0) tails = now;
      state.tails.value = now > 0 ? 0 : tails;
    },
    'plane-down': () => stepPlane(app, -1),
    'plane-up': () => stepPlane(app, 1),
    projection: () => toggleProjection(app),
    'tree-mode': () =>
      batch(() => {
        state.treeView.value = null;
        state.treeMode.value = following(TREE_MODES, state.treeMode.peek());
      }),
    flip: () =>
      batch(() => {
        state.treeView.value = null;
        state.treeDown.value = !state.treeDown.peek();
      }),
    'tree-axis': () =>
      batch(() => {
        state.treeView.value = null;
        state.treeAxis.value = following(AXIS_NAMES, state.treeAxis.peek());
      }),
    reset: () =>
      batch(() => {
        state.treeView.value = null;
        state.movieView.value = null;
      }),
    centre: () => {
      if (app.cursor() >= 0) app.centre.value++;
    },
    help: openHelp,
    sheet: openSheet,
  };
}

/** With nothing selected, an arrow begins with the first cell of the frame. */
function firstSelection(app: App): void {
  const first = app.data.frameStart[app.state.t.peek()]!;
  if (first < app.data.frameStart[app.state.t.peek() + 1]!) app.select(first);
}
