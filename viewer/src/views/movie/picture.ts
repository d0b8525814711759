import type { App } from '../../app.ts';
import type { LabelPlane } from '../../data/types.ts';
import { sizeCanvas } from '../../dom.ts';
import type { Proposals } from '../../edits/proposal.ts';
import type { ImageBackend } from '../../image/backend.ts';
import { type Disc, discsOfFrame } from '../../image/discs.ts';
import { type ColourKeys, pixel } from '../../image/palette.ts';
import type { Review } from '../../review/review.ts';
import type { MovieView } from '../../state/state.ts';
import { drawDoubts, placeDoubts } from './doubts.ts';
import { drawFence } from './fence.ts';
import { drawGhosts } from './ghosts.ts';
import { drawHidden } from './hidden.ts';
import { createLooks } from './looks.ts';
import {
  drawDiscs,
  drawIds,
  drawSisters,
  GROUND,
  type Ground,
  hasNames,
  nameWidth,
  nodeColour,
  type Pen,
} from './marks.ts';
import type { Planes } from './planes.ts';
import { toTransform } from './pose.ts';
import { cellsIn, changedBoxes, dirtyBoxes, doubtsIn, type Scene, type Tiles, tilesOf } from './repaint.ts';
import { drawSketch } from './sketch.ts';
import { drawTails } from './tails.ts';

/** The movie's canvas: the image, and all that lies on it. */
export interface Picture {
  /** Draws what is another than it was; an edit, or the pointer on another cell, leaves most of it as it is. */
  draw(canvas: HTMLCanvasElement, size: { width: number; height: number }, view: MovieView): void;
  /** Pixels have come, or somebody else draws them: all is drawn anew the next time. */
  forget(): void;
  /** Cells of the frame on screen, where nothing is known of their pixels. */
  discs(): readonly Disc[];
  labels(): LabelPlane | null;
}

export function createPicture(
  app: App,
  backend: ImageBackend,
  planes: Planes,
  review: Review,
  proposals: Proposals,
): Picture {
  const { state, data } = app;
  const discs = createDiscs(app);
  const looksOf = createLooks(app);
  const paintCells = createLut(app, backend);
  let drawn: Scene | null = null;
  let labels: LabelPlane | null = null;
  let pixels = 0;

  function ground(): Ground {
    const solid = labels === null && !planes.hasPicture() && discs(planes.shown()).length > 0;
    const deep = data.info.run.movie.ndim === 3 && state.z.value === 'max';
    return solid ? (deep ? 'heap' : 'discs') : 'pixels';
  }

  function sceneOf(pen: Pen, strong: ReadonlySet<number>, cells: number): Scene {
    const t = planes.shown();
    const [bare, cursor] = [state.bare.value, app.cursor()];
    const { view, width, height, ratio } = pen;
    const names = !bare && hasNames(app, pen, t, ground());
    const sketch = app.sketch.value?.t === t ? app.sketch.value : null;
    const { marking, tails, tailsWay, z, filter } = state;
    const key: unknown[] = [t, pixels, cells, data.nodes.x, labels, planes.hasPicture(), bare];
    key.push(width, height, ratio, view.k, view.x, view.y, view.aspect);
    for (const signal of [marking, tails, tailsWay, z, filter, app.kept, proposals.proposal])
      key.push(signal.value);
    key.push(sketch, names ? app.version.value : -1, names ? app.names.value : null);
    const b = cursor < 0 || data.nodes.t[cursor] !== t ? -1 : data.nodes.tracklet[cursor]! - 1;
    const name = b < 0 ? '' : (app.names.value.get(b) ?? String(b + 1));
    return {
      key,
      view,
      ratio,
      looks: looksOf(t, strong),
      doubts: bare ? [] : placeDoubts(app, pen, t, review.open.value),
      name,
      wide: nameWidth(pen, name),
      named: b < 0 ? -1 : cursor - data.frameStart[t]!,
    };
  }

  /** Draws a scene, or what of it lies in some tiles. */
  function paint(pen: Pen, scene: Scene, strong: ReadonlySet<number>, tiles: Tiles | null): void {
    const { context } = pen;
    const t = planes.shown();
    context.fillStyle = GROUND;
    context.fillRect(0, 0, pen.width, pen.height);
    backend.render(context, pen.view, pen.width, pen.height, pen.ratio);
    if (state.bare.value) return;
    const first = data.frameStart[t]!;
    const within = tiles === null ? null : cellsIn(scene, tiles);
    const shares = within === null ? undefined : (node: number): boolean => within[node - first] === 1;
    const own: Pen = {
      ...pen,
      shares,
      seen: labels === null || state.z.value === 'max' ? undefined : seenIn(labels, first),
    };
    if (labels === null && state.marking.value !== 'none') {
      const all = discs(t);
      const some = shares === undefined ? all : all.filter(({ node }) => shares(node));
      drawDiscs(app, own, some, !planes.hasPicture(), strong);
    }
    if (labels !== null) drawHidden(app, own, labels, strong);
    if (state.tails.value > 0) drawTails(app, own, t, ground());
    drawSisters(app, own, t, ground());
    drawDoubts(own, tiles === null ? scene.doubts : doubtsIn(scene, tiles));
    // Over the marks: a number that is half hidden reads as another.
    drawIds(app, own, t, app.cursor(), ground());
    drawFence(app, own);
    if (proposals.proposal.value !== null) drawGhosts(app, own, t, proposals.proposal.value);
    if (app.sketch.value?.t === t) drawSketch(own, app.sketch.value);
  }

  return {
    draw(canvas, size, view) {
      const { width, height, ratio } = sizeCanvas(canvas, size);
      const context = canvas.getContext('2d')!;
      const t = planes.shown();
      labels = planes.labels();
      const strong = strongNodes(app, t);
      const cells = labels === null ? 0 : paintCells(t, strong);
      backend.setLabels(labels);
      backend.setMarking(state.bare.value ? 'none' : state.marking.value);
      const transform = toTransform(view, data.space.aspect, width, height, ratio);
      const pen: Pen = { context, view: transform, width: canvas.width, height: canvas.height, ratio };
      const scene = sceneOf(pen, strong, cells);
      const boxes = changedBoxes(drawn, scene);
      drawn = scene;
      if (boxes?.length === 0) return;
      const tiles = boxes === null ? null : tilesOf(boxes, pen.width, pen.height);
      context.save();
      context.setTransform(1, 0, 0, 1, 0, 0);
      if (tiles !== null) {
        context.beginPath();
        for (const [x0, y0, x1, y1] of dirtyBoxes(tiles)) context.rect(x0, y0, x1 - x0, y1 - y0);
        context.clip();
      }
      paint(pen, scene, strong, tiles);
      context.restore();
    },
    forget() {
      pixels++;
    },
    discs: () => (labels === null ? discs(planes.shown()) : []),
    labels: () => labels,
  };
}

/** Cells that have pixels in a plane, by plane. */
const inPlanes = new WeakMap<LabelPlane, Set<number>>();

/** Answers whether a node has pixels in a plane of labels. Cost O(pixels), once for a plane. */
function seenIn(labels: LabelPlane, first: number): (node: number) => boolean {
  let places = inPlanes.get(labels);
  if (places === undefined) {
    places = new Set();
    let last = 0;
    for (const place of labels.data) {
      if (place === last) continue;
      last = place;
      places.add(place);
    }
    inPlanes.set(labels, places);
  }
  return (node) => places.has(node - first + 1);
}

/** Cells of a frame as discs; the last answer is kept. */
function createDiscs({ data, state }: App): (t: number) => readonly Disc[] {
  let made: { t: number; z: number | 'max'; x: Float64Array; discs: Disc[] } | null = null;
  return (t) => {
    const [z, { x }] = [state.z.value, data.nodes];
    if (made?.t !== t || made.z !== z || made.x !== x) made = { t, z, x, discs: discsOfFrame(data, t, z) };
    return made.discs;
  };
}

/** Nodes drawn strongly: the selection in this frame, and what is pointed at. */
function strongNodes({ data, state, picked }: App, t: number): Set<number> {
  const strong = new Set<number>();
  const { nodes, frameStart } = data;
  if (picked.value.size > 0) {
    for (let i = frameStart[t]!; i < frameStart[t + 1]!; i++)
      if (picked.value.has(nodes.tracklet[i]! - 1)) strong.add(i);
  }
  if (state.hover.value >= 0 && nodes.t[state.hover.value] === t) strong.add(state.hover.value);
  return strong;
}

/** Gives the backend the colours of the cells of a frame; answers a number that is another when they are. */
function createLut(app: App, backend: ImageBackend): (t: number, strong: ReadonlySet<number>) => number {
  const { state, data } = app;
  let madeFor = '';
  let coloursFor: ColourKeys | null = null;
  let given: { lut: Uint32Array; places: ReadonlySet<number> } | null = null;
  let count = 0;
  return (t, strong) => {
    const about = [app.version.value, t, state.colourBy.value, app.cursor(), state.scope.value];
    const key = [...about, [...strong].join()].join('|');
    if (key === madeFor && coloursFor === app.colours.value) return count;
    [madeFor, coloursFor] = [key, app.colours.value];
    const first = data.frameStart[t]!;
    const n = data.frameStart[t + 1]! - first;
    const lut = new Uint32Array(n + 1);
    for (let k = 0; k < n; k++) {
      const node = first + k;
      const selected = node === app.cursor() && state.scope.value === 'cell' && strong.has(node);
      lut[k + 1] = pixel(selected ? 0xffffff : nodeColour(app, node));
    }
    const places = new Set([...strong].map((node) => node - first + 1));
    // An edit leaves most frames as they are.
    const same =
      given?.lut.length === lut.length &&
      given.places.size === places.size &&
      lut.every((colour, k) => colour === given!.lut[k]) &&
      [...places].every((place) => given!.places.has(place));
    if (same) return count;
    given = { lut, places };
    backend.setLut(lut, places);
    return ++count;
  };
}
