import type { App } from './app.ts';
import { nodeRef } from './data/refs.ts';
import type { Explanation } from './review/explain.ts';
import type { Review } from './review/review.ts';
import { encodeLink } from './state/link.ts';
import { currentLink } from './state/sync.ts';
import type { MoviePanel } from './views/movie/movie.ts';
import type { TreePanel } from './views/tree/tree.ts';

/** What tests and benches read of the page; they act with mouse and keyboard alone. */
export interface ViewerHook {
  /** Resolves when everything asked for is on screen. */
  ready(): Promise<void>;
  /** Page position of a cell in the movie's frame, or of a branch in the tree, null = not in view. */
  toScreen(node: number): { x: number; y: number } | null;
  branchToScreen(branch: number): { x: number; y: number } | null;
  state(): Record<string, unknown>;
  stats(): Record<string, unknown>;
  /** Predecessor of every row, -1 = none. */
  parents(): number[];
  /** Items of the review, in order: name, kind, probability of being wrong, what was decided. */
  items(): { name: string; kind: string; wrong: number; decided: string | null }[];
  /** What the review offers at the place that is looked at, rows of the nodes; null = none is. */
  offer(): { kind: string; node: number; now: Explanation; others: readonly Explanation[] } | null;
  /** Rows of the frame shown. */
  nodesOfFrame(t: number): number[];
}

declare global {
  interface Window {
    __viewer?: ViewerHook;
  }
}

interface Parts {
  movie: MoviePanel;
  tree: TreePanel;
  inspector: { settled(): boolean };
  sheet: { settled(): boolean };
  rest: Promise<void>;
}

/** Puts the hook on the window. */
export function installHook(app: App, review: Review, { movie, tree, inspector, sheet, rest }: Parts): void {
  const { state, data } = app;
  const frame = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => done()));
  window.__viewer = {
    async ready() {
      await rest;
      await document.fonts.ready;
      for (let calm = 0; calm < 3; ) {
        await frame();
        const quiet = review.log.standing.peek().kind !== 'sending' && review.settled();
        calm =
          quiet &&
          movie.settled() &&
          inspector.settled() &&
          sheet.settled() &&
          tree.settled() &&
          app.schedule.idle &&
          document.querySelector('[aria-busy="true"]') === null
            ? calm + 1
            : 0;
      }
    },
    toScreen: (node) => movie.toScreen(node),
    branchToScreen: (branch) => tree.toScreen(branch),
    state: () => ({
      t: state.t.peek(),
      selected: state.selected.peek() < 0 ? null : nodeRef(data, state.selected.peek()),
      selectedNode: state.selected.peek(),
      item: state.item.peek(),
      open: review.open.peek().length,
      items: review.items.peek().length,
      standing: review.log.standing.peek().kind,
      version: app.version.peek(),
      tracklet: app.branch.peek() + 1,
      lineage: app.branch.peek() < 0 ? 0 : data.branches.lineage[app.branch.peek()],
      event: state.event.peek() < 0 ? null : nodeRef(data, state.event.peek()),
      hover: state.hover.peek(),
      treeMode: state.treeMode.peek(),
      treeDown: state.treeDown.peek(),
      treeAxis: state.treeAxis.peek(),
      scope: state.scope.peek(),
      picked: [...app.picked.peek()],
      also: [...state.also.peek()],
      lower: state.lower.peek(),
      founders: Array.from(app.layout.peek().roots, (place) => app.layout.peek().order[place]! + 1),
      closed: [...(app.layout.peek().closed ?? [])].map(([b, n]) => [b + 1, n]),
      laidOut: app.layout.peek().count,
      boxing: state.boxing.peek(),
      fencing: state.fencing.peek(),
      kept: app.kept.peek() === null ? null : Array.from(app.kept.peek()!.branches),
      channels: state.channels.peek().map(({ on }) => on),
      marking: state.marking.peek(),
      tails: state.tails.peek(),
      tailsWay: state.tailsWay.peek(),
      playing: state.playing.peek(),
      bare: state.bare.peek(),
      z: state.z.peek(),
      link: encodeLink(currentLink(app, undefined)),
    }),
    stats: () => ({
      draws: app.schedule.stats,
      marks: tree.marks(),
      ticks: tree.ticks(),
      thumbs: tree.thumbs(),
      cacheBytes: app.frames.bytes,
      firstPictureMs: movie.firstPicture(),
      drawnBy: movie.drawnBy(),
      planeStep: movie.planeStep(),
    }),
    parents: () => Array.from(data.nodes.parent),
    items: () =>
      review.items.peek().map((item) => ({
        name: item.name,
        kind: item.kind,
        wrong: item.wrong,
        decided: review.stateOf(item),
      })),
    offer: () => {
      const [item, choices] = [review.current.peek(), review.choices.peek()];
      return item === null || choices === null ? null : { kind: item.kind, node: item.node, ...choices };
    },
    nodesOfFrame: (t) =>
      Array.from(
        { length: data.frameStart[t + 1]! - data.frameStart[t]! },
        (_, k) => data.frameStart[t]! + k,
      ),
  };
}
