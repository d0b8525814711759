import { computed, effect, signal, untracked } from '@preact/signals-core';
import { type D3ZoomEvent, select, zoom, zoomIdentity } from 'd3';
import type { App } from '../../app.ts';
import { worldX, worldY } from '../../data/space.ts';
import { h, toMiddle } from '../../dom.ts';
import type { Proposals } from '../../edits/proposal.ts';
import { keepPart } from '../../filter/keep.ts';
import { type BackendName, firstChoice } from '../../image/choice.ts';
import { discAt } from '../../image/discs.ts';
import { createSwitchingBackend } from '../../image/switching.ts';
import type { Rect } from '../../image/windowing.ts';
import type { Review } from '../../review/review.ts';
import { roundMovie } from '../../state/link.ts';
import { followPlane, hasPlanes, stepPlane } from '../../state/plane.ts';
import type { MovieView } from '../../state/state.ts';
import { createBoxZoom } from '../boxZoom.ts';
import { createTip } from '../tip.ts';
import { describeBranch } from '../tree/tooltip.ts';
import type { Looking } from './detail.ts';
import { createOverlay } from './overlay.ts';
import { createPicture } from './picture.ts';
import { createPlanes } from './planes.ts';
import { fitMovie, toTransform } from './pose.ts';
import { createMovieSave } from './saveMenu.ts';
import { createTools } from './tools.ts';

/** The movie's panel. */
export interface MoviePanel {
  element: HTMLElement;
  /** Page position (CSS pixels) of a node in the frame shown, or null when it is not there. */
  toScreen(node: number): { x: number; y: number } | null;
  /** When the first frame was drawn, ms after navigation; NaN before. */
  firstPicture(): number;
  /** True when the frame asked for is on screen. */
  settled(): boolean;
  /** The part of the picture in view, world units. */
  visible(): Rect;
  /** Who draws the image. */
  drawnBy(): BackendName;
  /** World units that a pixel of the plane on screen is wide. */
  planeStep(): number;
}

/** Magnifications allowed, relative to the whole picture. */
const ZOOM_OUT = 0.5;
const ZOOM_IN = 80;

/** The movie: image, contours, tails, names; zoom by wheel, pan by drag, hover and click on cells. */
export function createMovie(
  app: App,
  review: Review,
  proposals: Proposals,
  say: (text: string) => void,
): MoviePanel {
  const { state, data } = app;
  const backend = createSwitchingBackend(firstChoice(location.search, localStorage), () => anew(), say);
  const canvas = h('canvas', { class: 'movie-canvas', 'aria-label': 'movie', role: 'img' });
  const stage = h('div', { class: 'movie-stage' }, canvas);
  const overlay = createOverlay(app, stage);
  const tip = createTip(stage);
  const looking = signal<Looking | null>(null);
  const planes = createPlanes(app, backend, looking);
  const tools = createTools(app, planes, backend, visible);
  const element = h('section', { class: 'panel movie', 'aria-label': 'Movie' }, tools, stage);
  let size = { width: 1, height: 1 };
  let firstPicture = Number.NaN;

  tools.append(
    createMovieSave(
      app,
      {
        canvas,
        settled: () => planes.settled() && planes.shown() === state.t.peek(),
        umPerPixel: () => (data.space.umPerUnit * size.width) / (view().k * canvas.width),
      },
      say,
    ),
  );

  const view = (): MovieView => state.movieView.value ?? fitMovie(data.space, size.width, size.height);

  /** The part of the picture in view, world units. */
  function visible(): Rect {
    const { x, y, k } = view();
    const [halfX, halfY] = [size.width / 2 / k, size.height / 2 / (k * data.space.aspect)];
    return { x0: x - halfX, y0: y - halfY, x1: x + halfX, y1: y + halfY };
  }

  const picture = createPicture(app, backend, planes, review, proposals);
  function draw(): void {
    looking.value = { k: view().k * (window.devicePixelRatio || 1), part: visible() };
    picture.draw(canvas, size, view());
    const at = onStage(app.cursor());
    const corner = at && { right: size.width - at.x, bottom: size.height - at.y };
    overlay.update(planes.shown(), view(), !planes.settled(), corner);
    if (Number.isNaN(firstPicture) && planes.settled()) firstPicture = performance.now();
  }
  const dirty = app.schedule.add('movie', draw);
  const anew = (): void => {
    picture.forget();
    dirty();
  };

  /** Where a node is on the stage; null = it is not in the frame shown. */
  function onStage(node: number): { x: number; y: number } | null {
    const { nodes, space } = data;
    if (node < 0 || nodes.t[node] !== planes.shown()) return null;
    const { k, x, y, aspect } = toTransform(view(), space.aspect, size.width, size.height, 1);
    return { x: x + worldX(space, nodes, node) * k, y: y + worldY(space, nodes, node) * k * aspect };
  }

  /** World position of a point of the stage. */
  function world(px: number, py: number): { x: number; y: number } {
    const { k, x, y, aspect } = toTransform(view(), data.space.aspect, size.width, size.height, 1);
    return { x: (px - x) / k, y: (py - y) / (k * aspect) };
  }

  /** Node under a point of the stage, or -1. */
  function pick(px: number, py: number): number {
    const { x, y } = world(px, py);
    const t = planes.shown();
    if (picture.labels() === null) return discAt(picture.discs(), x, y, 6 / view().k);
    const place = backend.pick(x, y);
    return place > 0 ? data.frameStart[t]! + place - 1 : -1;
  }

  // True while the zoom behaviour and the store tell each other where the view is.
  let telling = false;
  const behaviour = zoom<HTMLCanvasElement, unknown>()
    .clickDistance(4)
    .filter(
      (event: MouseEvent) =>
        !event.button &&
        !state.boxing.peek() &&
        !state.fencing.peek() &&
        (!event.ctrlKey || event.type === 'wheel') &&
        !turnsPlanes(event),
    )
    .on('zoom', (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
      if (telling) return;
      const { k, x, y } = event.transform;
      const { aspect } = data.space;
      telling = true;
      state.movieView.value = roundMovie({
        k,
        x: (size.width / 2 - x) / k,
        y: (size.height / 2 - y) / (k * aspect),
      });
      telling = false;
    });
  const target = select(canvas).call(behaviour).on('dblclick.zoom', null);

  createBoxZoom(stage, state.boxing, (box) => {
    const { x, y } = world(box.x + box.width / 2, box.y + box.height / 2);
    const [least, most] = behaviour.scaleExtent();
    const k = view().k * Math.min(size.width / box.width, size.height / box.height);
    state.movieView.value = roundMovie({ x, y, k: Math.min(most, Math.max(least, k)) });
  });

  createBoxZoom(stage, state.fencing, ({ x, y, width, height }) => {
    const [from, to] = [world(x, y), world(x + width, y + height)];
    keepPart(app, { x0: from.x, y0: from.y, x1: to.x, y1: to.y });
  });

  /** Tells the zoom behaviour where the view is, when something else moved it. */
  function follow(): void {
    const { k, x, y } = toTransform(view(), data.space.aspect, size.width, size.height, 1);
    telling = true;
    target.call(behaviour.transform, zoomIdentity.translate(x, y).scale(k));
    telling = false;
  }

  const turnsPlanes = (event: Event): boolean =>
    event.type === 'wheel' && (event as WheelEvent).shiftKey && hasPlanes(app);
  canvas.addEventListener('wheel', (event) => {
    if (!turnsPlanes(event)) return;
    event.preventDefault();
    // With Shift, browsers turn the wheel sideways.
    stepPlane(app, Math.sign(event.deltaY || event.deltaX));
  });

  const point = (event: PointerEvent | MouseEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.addEventListener('pointermove', (event) => {
    const node = event.buttons === 0 ? pick(...point(event)) : -1;
    state.hover.value = node;
    app.pointer.value = { ...world(...point(event)), node, k: view().k };
    tip.show(node < 0 ? [] : describeBranch(app, data.nodes.tracklet[node]! - 1), ...point(event));
    canvas.classList.toggle('over-cell', node >= 0);
  });
  canvas.addEventListener('pointerleave', () => {
    state.hover.value = -1;
    app.pointer.value = null;
    tip.hide();
  });
  canvas.addEventListener('click', (event) => {
    const node = pick(...point(event));
    const takePlace = app.pickPlace.peek();
    if (takePlace !== null) takePlace({ ...world(...point(event)), node, k: view().k });
    else if (node < 0) return;
    else if (app.pick.peek() !== null) app.pick.peek()!(node);
    else if (event.shiftKey) app.selectAlso(node);
    else app.select(node, { centre: toMiddle(event) });
  });

  new ResizeObserver(([entry]) => {
    size = { width: entry!.contentRect.width, height: entry!.contentRect.height };
    const fit = fitMovie(data.space, size.width, size.height).k;
    behaviour.scaleExtent([fit * ZOOM_OUT, fit * ZOOM_IN]);
    follow();
    dirty();
  }).observe(stage);

  effect(() => {
    state.movieView.value;
    if (!telling) follow();
    dirty();
  });
  // What is pointed at elsewhere is seen here only where it is in the frame.
  const hovered = computed(() => {
    const [node, t] = [state.hover.value, state.t.value];
    return node >= 0 && data.nodes.t[node] === t ? node : -1;
  });
  effect(() => {
    const { t, colourBy, marking, tails, tailsWay, bare, scope, z, light } = state;
    const seen = [t, hovered, colourBy, marking, tails, tailsWay, bare, scope, z, light];
    const { picked, version, names, colours, sketch } = app;
    for (const signal of [...seen, picked, version, names, colours, sketch, review.open, proposals.proposal])
      signal.value;
    dirty();
  });
  planes.onChange(anew);

  /** Puts the selected cell into the middle, keeping the magnification. */
  effect(() => {
    if (app.centre.value === 0) return;
    const node = app.cursor();
    if (node < 0) return;
    followPlane(app, node);
    const { space, nodes } = data;
    const { k } = untracked(view);
    state.movieView.value = roundMovie({ k, x: worldX(space, nodes, node), y: worldY(space, nodes, node) });
  });

  /** Brings a cell selected elsewhere into view, keeping the magnification. */
  effect(() => {
    if (app.reveal.value === 0) return;
    const node = state.selected.peek();
    const at = state.movieView.peek();
    followPlane(app, node);
    if (node < 0 || at === null) return;
    const x = worldX(data.space, data.nodes, node);
    const y = worldY(data.space, data.nodes, node);
    const outX = Math.abs(x - at.x) * at.k > size.width * 0.46;
    const outY = Math.abs(y - at.y) * at.k * data.space.aspect > size.height * 0.46;
    if (outX || outY) state.movieView.value = roundMovie({ ...at, x, y });
  });

  return {
    element,
    toScreen(node) {
      const at = onStage(node);
      const box = canvas.getBoundingClientRect();
      return at && { x: box.left + at.x, y: box.top + at.y };
    },
    settled: () => planes.settled() && backend.settled(),
    drawnBy: () => backend.name.peek(),
    planeStep: () => planes.step(),
    firstPicture: () => firstPicture,
    visible,
  };
}
