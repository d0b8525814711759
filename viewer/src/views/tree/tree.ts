import { effect, untracked } from '@preact/signals-core';
import { type D3ZoomEvent, select, type ZoomTransform, zoom, zoomIdentity } from 'd3';
import type { App } from '../../app.ts';
import { nodeAt } from '../../data/branches.ts';
import { h, setText, sizeCanvas, toMiddle } from '../../dom.ts';
import type { Shown } from '../../exports/treeRaster.ts';
import { createPlan, planTree } from '../../layout/lod.ts';
import type { Tick } from '../../layout/ticks.ts';
import type { Review } from '../../review/review.ts';
import { roundTree } from '../../state/link.ts';
import type { TreeView } from '../../state/state.ts';
import { createBoxZoom } from '../boxZoom.ts';
import { createLayer } from '../layer.ts';
import { createTip } from '../tip.ts';
import { drawAxis, ticksOf } from './axis.ts';
import { createBoard } from './brush.ts';
import { createDoubts, drawCurrent } from './doubts.ts';
import { drawTree } from './draw.ts';
import type { TreeInk } from './ink.ts';
import { createMinimap } from './minimap.ts';
import { createMirror } from './mirror.ts';
import { drawGutter, drawNames, drawNow, drawPicked } from './overlay.ts';
import { pickTree, type TreeHit } from './pick.ts';
import { hasShapes } from './shapes.ts';
import { collapse, keepSorted } from './shaping.ts';
import { readTheme } from './theme.ts';
import { createThumbs } from './thumbs.ts';
import { createTreeTools } from './tools.ts';
import { describeHit } from './tooltip.ts';
import {
  fitTree,
  frameAt,
  keepNear,
  leafAt,
  leafPixels,
  poseTree,
  type TreePose,
  unproject,
  windowOf,
  zoomTree,
} from './view.ts';

/** The tree's panel. */
export interface TreePanel {
  element: HTMLElement;
  /** Page position of a branch's middle, or null when it is collapsed or out of view. */
  toScreen(branch: number): { x: number; y: number } | null;
  /** Marks of the last frame. */
  marks(): { bars: number; blocks: number; collapsed: number; culled: number };
  /** Ticks of the axis, CSS pixels of the canvas. */
  ticks(): readonly Tick[];
  /** Pictures of divisions that have room. */
  thumbs(): number;
  /** True when every picture that has room is drawn. */
  settled(): boolean;
}

/** The lineage tree: canvas with level of detail, wheel and drag to zoom and pan, hover and click on branches. */
export function createTree(app: App, review: Review, say: (text: string) => void): TreePanel {
  const { state, data } = app;
  const canvas = h('canvas', { class: 'tree-canvas', role: 'img', 'aria-label': 'lineage tree' });
  const empty = h('p', { class: 'empty', hidden: true });
  const stage = h('div', { class: 'tree-stage' }, canvas, empty);
  const tip = createTip(stage);
  const element = h(
    'section',
    { class: 'panel tree', 'aria-label': 'Lineage tree' },
    createTreeTools(app, review, say, shown),
    createMinimap(app, review, (next) => {
      state.treeView.value = roundTree(keepNear(next, limits()));
    }),
    stage,
    createMirror(app),
  );
  const plan = createPlan();
  let size = { width: 1, height: 1 };

  const limits = (): { width: number; nFrames: number } => ({
    width: app.layout.value.width,
    nFrames: app.axis.value.extent + 1,
  });
  const view = (): TreeView =>
    state.treeView.value ??
    fitTree(app.layout.value, limits().nFrames, leafPixels(state.treeDown.value, size.width, size.height));
  const pose = (): TreePose => poseTree(view(), state.treeDown.value, size.width, size.height);

  // What pointing at a branch leaves as it is, and how often that was drawn.
  const ground = createLayer();
  const board = createBoard();
  const doubts = createDoubts();
  let grounds = 0;
  let ticks: Tick[] = [];

  function draw(withAxis = true): void {
    const { ratio } = sizeCanvas(canvas, size);
    const context = canvas.getContext('2d')!;
    const [treeAxis, now] = [app.axis.value, pose()];
    const { layout } = treeAxis;
    const ink: TreeInk = {
      app,
      axis: treeAxis,
      layout,
      plan,
      pose: now,
      theme: readTheme(),
      light: state.light.value,
      context,
    };
    ground.paint(size, [grounds], (beside) => {
      const own = { ...ink, context: beside };
      planTree(treeAxis.branches, layout, windowOf(now), plan);
      const open = review.open.value;
      const flat = !hasShapes(own) && !app.frames.hasImage;
      drawTree(own, board, (on) => flat && doubts.putOn(on, own, open));
      thumbs.draw(own);
      if (!flat) doubts.draw(own, open);
      drawNow(own);
      drawNames(own);
      ticks = ticksOf(now, app.unit, treeAxis.name, data.nFrames - 1);
    });
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    ground.copyTo(context);
    drawCurrent(ink, review.current.value);
    drawPicked(ink);
    drawGutter(ink);
    if (withAxis) drawAxis(ink, ticks);
  }

  /** For a file, whose axis is of lines and text. */
  function shown(): Shown {
    draw(false);
    const picture = canvas.toDataURL('image/png');
    draw();
    return { picture, ...size, ticks, down: state.treeDown.peek(), colour: readTheme().text };
  }

  const dirty = app.schedule.add('tree', () => draw());
  const anew = (): void => {
    grounds++;
    dirty();
  };
  const thumbs = createThumbs(app, anew);

  let before: ZoomTransform = zoomIdentity;
  const behaviour = zoom<HTMLCanvasElement, unknown>()
    .scaleExtent([1e-9, 1e9])
    .clickDistance(4)
    .filter((event: MouseEvent) => !event.button && !state.boxing.peek())
    // With Shift, browsers turn the wheel sideways; a pinch comes as small steps with Ctrl.
    .wheelDelta((event) => {
      const step = event.deltaMode === 1 ? 0.05 : 0.002;
      return -(event.deltaY || event.deltaX) * step * (event.ctrlKey ? 10 : 1);
    })
    .on('zoom', (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
      const next = event.transform;
      const ratio = next.k / before.k;
      const source = event.sourceEvent as MouseEvent | null;
      if (source === null) return;
      const box = canvas.getBoundingClientRect();
      if (ratio !== 1) wheel(source, ratio, source.clientX - box.left, source.clientY - box.top);
      else pan(next.x - before.x, next.y - before.y);
      before = next;
    });
  select(canvas).call(behaviour).on('dblclick.zoom', null);

  function wheel(source: MouseEvent, ratio: number, x: number, y: number): void {
    const now = pose();
    const [alongX, alongY] = [!source.altKey, !source.shiftKey];
    const [leaf, time] = now.down ? [alongX, alongY] : [alongY, alongX];
    state.treeView.value = roundTree(
      zoomTree(now.view, unproject(now, x, y), leaf ? ratio : 1, time ? ratio : 1, limits()),
    );
  }

  function pan(dx: number, dy: number): void {
    const now = pose();
    const [du, dv] = now.down ? [dx / now.perLeaf, dy / now.perFrame] : [dy / now.perLeaf, dx / now.perFrame];
    const { u0, u1, v0, v1 } = now.view;
    state.treeView.value = roundTree(
      keepNear({ u0: u0 - du, u1: u1 - du, v0: v0 - dv, v1: v1 - dv }, limits()),
    );
  }

  const hitAt = (event: MouseEvent): { hit: TreeHit; x: number; y: number } => {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return { hit: pickTree(app.axis.value.branches, app.layout.value, plan, pose(), x, y), x, y };
  };
  /** Node of a branch nearest to the time under the pointer. */
  const nodeUnder = (b: number, x: number, y: number): number =>
    nodeAt(data.branches, data.nodes, b, app.axis.value.frameOf(b, unproject(pose(), x, y).v));

  canvas.addEventListener('pointermove', (event) => {
    const { hit, x, y } = hitAt(event);
    state.hover.value = hit?.kind === 'branch' ? nodeUnder(hit.branch, x, y) : -1;
    tip.show(event.buttons === 0 ? describeHit(app, plan, hit) : [], x, y);
    canvas.classList.toggle('over-cell', hit !== null || thumbs.at(x, y) >= 0);
  });
  canvas.addEventListener('pointerleave', () => {
    tip.hide();
    state.hover.value = -1;
  });
  canvas.addEventListener('click', (event) => {
    const { hit, x, y } = hitAt(event);
    const pictured = thumbs.at(x, y);
    if (pictured >= 0 && app.pick.peek() === null) app.select(pictured, { go: true });
    else if (hit?.kind === 'branch') {
      const node = nodeUnder(hit.branch, x, y);
      if (app.pick.peek() !== null) app.pick.peek()!(node);
      else if (event.shiftKey) {
        app.selectAlso(node);
        app.goTo(data.nodes.t[node]!);
      } else app.select(node, { go: true, centre: toMiddle(event) });
    } else if (hit?.kind === 'block')
      wheel(new MouseEvent('click', { altKey: false, shiftKey: pose().down }), 4, x, y);
    else if (app.axis.peek().name === 'time') app.goTo(unproject(pose(), x, y).v);
  });

  new ResizeObserver(([entry]) => {
    size = { width: entry!.contentRect.width, height: entry!.contentRect.height };
    anew();
  }).observe(stage);
  effect(() => {
    const { t, colourBy, treeView, treeDown, light } = state;
    const { axis: lies, version, names, ends, colours, branch } = app;
    const seen = [t, colourBy, treeView, treeDown, light];
    for (const signal of [...seen, lies, version, names, ends, colours, branch, review.open]) signal.value;
    anew();
  });
  effect(() => {
    for (const signal of [state.hover, app.picked, state.selected, review.current]) signal.value;
    dirty();
  });

  effect(() => {
    element.hidden = state.lower.value !== 'tree';
  });
  effect(() => {
    app.version.value;
    empty.hidden = app.layout.value.count > 0;
    const hides = app.kept.value === null ? 'All trees are hidden' : 'No track passes the filter';
    setText(empty, data.branches.count === 0 ? 'No tracks in this result.' : `${hides}.`);
  });
  canvas.addEventListener('dblclick', (event) => {
    const { hit } = hitAt(event);
    if (hit?.kind === 'branch') collapse(app, hit.branch);
  });
  createBoxZoom(stage, state.boxing, ({ x, y, width, height }) => {
    const [from, to] = [unproject(pose(), x, y), unproject(pose(), x + width, y + height)];
    state.treeView.value = roundTree(keepNear({ u0: from.u, u1: to.u, v0: from.v, v1: to.v }, limits()));
  });

  keepSorted(app, review);

  /** Puts the selected cell into the middle, keeping the magnification. */
  effect(() => {
    if (app.centre.value === 0) return;
    const [node, b] = [app.cursor(), app.branch.peek()];
    const { layout, at: placeOf } = app.axis.peek();
    if (b < 0 || layout.place[b]! < 0) return;
    const { u0, u1, v0, v1 } = untracked(view);
    const [du, dv] = [layout.u[layout.place[b]!]! - (u0 + u1) / 2, placeOf(node) - (v0 + v1) / 2];
    const next = { u0: u0 + du, u1: u1 + du, v0: v0 + dv, v1: v1 + dv };
    state.treeView.value = roundTree(untracked(() => keepNear(next, limits())));
  });

  /** Brings a branch selected elsewhere into view, keeping the magnification. */
  effect(() => {
    if (app.reveal.value === 0) return;
    const b = app.branch.peek();
    const [at, { layout, branches }] = [state.treeView.peek(), app.axis.peek()];
    if (b < 0 || at === null || layout.place[b]! < 0) return;
    const u = layout.u[layout.place[b]!]!;
    const { t0, t1 } = branches;
    const outU = u < at.u0 || u > at.u1;
    const outV = t1[b]! < at.v0 || t0[b]! > at.v1;
    if (!outU && !outV) return;
    const [du, dv] = [
      outU ? u - (at.u0 + at.u1) / 2 : 0,
      outV ? (t0[b]! + t1[b]!) / 2 - (at.v0 + at.v1) / 2 : 0,
    ];
    state.treeView.value = roundTree({ u0: at.u0 + du, u1: at.u1 + du, v0: at.v0 + dv, v1: at.v1 + dv });
  });

  return {
    element,
    toScreen(branch) {
      const { place, u } = app.layout.value;
      const i = place[branch]!;
      if (i < 0 || !plan.bars.subarray(0, plan.nBars).includes(i)) return null;
      const now = pose();
      const { from, t1 } = app.axis.value.branches;
      const [leaf, time] = [leafAt(now, u[i]!), frameAt(now, (from[branch]! + t1[branch]!) / 2)];
      const box = canvas.getBoundingClientRect();
      return now.down ? { x: box.left + leaf, y: box.top + time } : { x: box.left + time, y: box.top + leaf };
    },
    marks: () => ({ bars: plan.nBars, blocks: plan.nBlocks, collapsed: plan.collapsed, culled: plan.culled }),
    ticks: () => ticks,
    thumbs: thumbs.count,
    settled: thumbs.settled,
  };
}
