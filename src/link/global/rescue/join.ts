import { takeRows } from '../../../array/index.ts';
import type { Detections } from '../../../segment/types.ts';
import { buildGrid, findNearestTo, frameOffsets } from '../../grid.ts';
import { type Context, MEMORY } from '../context.ts';
import type { Scene } from '../fit.ts';
import type { Surroundings } from '../surroundings.ts';

/** A scene with further rows, each frame's behind those that it had. */
export interface Joined {
  scene: Scene;
  /** Row in the joined scene of every row of the scene, and of every added one. */
  rowOf: Int32Array;
  addedRow: Int32Array;
  /** By row of the joined scene: 1 = added. */
  added: Uint8Array;
}

/** Where the rows of both go; both are sorted by frame. */
function interleave(t: Int32Array, addedT: Int32Array): Pick<Joined, 'rowOf' | 'addedRow' | 'added'> {
  const rowOf = new Int32Array(t.length);
  const addedRow = new Int32Array(addedT.length);
  const added = new Uint8Array(t.length + addedT.length);
  let [i, k] = [0, 0];
  for (let row = 0; row < added.length; row++) {
    if (k === addedT.length || (i < t.length && t[i] <= addedT[k])) rowOf[i++] = row;
    else {
      added[row] = 1;
      addedRow[k++] = row;
    }
  }
  return { rowOf, addedRow, added };
}

/** Both tables in one, rows as `interleave` says; a table of fewer channels lacks the others' values (NaN). */
export function joinDetections(
  a: Detections,
  b: Detections,
): { detections: Detections } & Pick<Joined, 'rowOf' | 'addedRow' | 'added'> {
  const places = interleave(a.t, b.t);
  const count = a.count + b.count;
  const spread = <A extends Int32Array | Uint32Array | Float64Array | Float32Array | Uint8Array>(
    out: A,
    first: A,
    second: A,
  ): A => {
    for (let i = 0; i < a.count; i++) out[places.rowOf[i]] = first[i];
    for (let k = 0; k < b.count; k++) out[places.addedRow[k]] = second[k];
    return out;
  };
  const { nChannels } = a;
  const intensity = new Float32Array(count * nChannels).fill(Number.NaN);
  for (let c = 0; c < nChannels; c++) {
    for (let i = 0; i < a.count; i++)
      intensity[places.rowOf[i] * nChannels + c] = a.intensity[i * nChannels + c];
    for (let k = 0; k < b.count && c < b.nChannels; k++)
      intensity[places.addedRow[k] * nChannels + c] = b.intensity[k * b.nChannels + c];
  }
  return {
    ...places,
    detections: {
      count,
      ndim: a.ndim,
      t: spread(new Int32Array(count), a.t, b.t),
      label: spread(new Uint32Array(count), a.label, b.label),
      z: spread(new Float64Array(count), a.z, b.z),
      y: spread(new Float64Array(count), a.y, b.y),
      x: spread(new Float64Array(count), a.x, b.x),
      size: spread(new Float64Array(count), a.size, b.size),
      radius: spread(new Float64Array(count), a.radius, b.radius),
      prob: spread(new Float32Array(count), a.prob, b.prob),
      border: spread(new Uint8Array(count), a.border, b.border),
      intensity,
      nChannels,
    },
  };
}

/** Lowest and highest coordinate of all rows along an axis. */
function extentOf(axis: Float64Array): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of axis) [low, high] = [Math.min(low, v), Math.max(high, v)];
  return [low, high];
}

/**
 * A scene with candidates below the threshold as further rows: motion and density are those of the nearest row of the
 * frame, of steps and divisions nothing is known. The scene's own rows keep their numbers' values.
 *
 * @param weak sorted by frame
 */
export function joinWeak(scene: Scene, weak: Detections): Joined {
  const { detections: own, motion, around, context, offsets } = scene;
  const sized = own.size.some((s) => !Number.isNaN(s));
  const unsized = { ...weak, size: new Float64Array(weak.count).fill(Number.NaN) };
  const { detections, rowOf, addedRow, added } = joinDetections(own, sized ? weak : unsized);
  const { count, z, y, x, t, size } = detections;
  const spread = <A extends Int32Array | Float64Array | Uint8Array>(out: A, values: A): A => {
    for (let i = 0; i < own.count; i++) out[rowOf[i]] = values[i];
    return out;
  };
  const floats = (values: Float64Array): Float64Array => spread(new Float64Array(count), values);
  const moved = { frames: motion.frames, z: floats(motion.z), y: floats(motion.y), x: floats(motion.x) };
  const near: Surroundings = {
    scale: around.scale,
    lnDensity: floats(around.lnDensity),
    sizeInFrame: floats(around.sizeInFrame),
    rim: spread(new Uint8Array(count), around.rim),
  };
  const axes = own.ndim === 3 ? ([z, y, x] as const) : ([y, x] as const);
  const extents = (own.ndim === 3 ? [own.z, own.y, own.x] : [own.y, own.x]).map(extentOf);
  for (let k = 0, frame = -1, grid = buildGrid(own, 0, 0); k < weak.count; k++) {
    const row = addedRow[k];
    if (t[row] !== frame) {
      frame = t[row];
      grid = buildGrid(own, offsets[frame] ?? own.count, offsets[frame + 1] ?? own.count);
    }
    const { row: by } = findNearestTo(own, grid, [z[row], y[row], x[row]]);
    moved.z[row] = z[row] + (by < 0 ? 0 : motion.z[by] - own.z[by]);
    moved.y[row] = y[row] + (by < 0 ? 0 : motion.y[by] - own.y[by]);
    moved.x[row] = x[row] + (by < 0 ? 0 : motion.x[by] - own.x[by]);
    near.lnDensity[row] = by < 0 ? 0 : around.lnDensity[by];
    const mean = by < 0 ? Number.NaN : Math.log(own.size[by]) - around.sizeInFrame[by];
    near.sizeInFrame[row] = Math.log(size[row]) - mean;
    const margin = around.scale[frame] ?? 0;
    const outer = axes.some((axis, a) => {
      const [low, high] = extents[a];
      return axis[row] < low + margin || axis[row] > high - margin;
    });
    near.rim[row] = detections.border[row] === 1 || outer ? 1 : 0;
  }
  return {
    scene: {
      ...scene,
      detections,
      offsets: frameOffsets(detections),
      motion: moved,
      around: near,
      context: joinContext(context, detections, own.count, rowOf, added),
    },
    rowOf,
    addedRow,
    added,
  };
}

function joinContext(
  context: Context,
  { count, size }: Detections,
  nOwn: number,
  rowOf: Int32Array,
  added: Uint8Array,
): Context {
  const stepsOf = MEMORY * 3;
  const spread = <A extends Int32Array | Float64Array | Uint8Array>(out: A, values: A, stride = 1): A => {
    for (let i = 0; i < nOwn; i++)
      for (let k = 0; k < stride; k++) out[rowOf[i] * stride + k] = values[i * stride + k];
    return out;
  };
  const sizes = (values: Float64Array): Float64Array => {
    const out = spread(new Float64Array(count), values);
    for (let row = 0; row < count; row++) if (added[row] === 1) out[row] = Math.log(size[row]);
    return out;
  };
  return {
    sizeBack: sizes(context.sizeBack),
    sizeAhead: sizes(context.sizeAhead),
    before: spread(new Float64Array(count * stepsOf), context.before, stepsOf),
    nBefore: spread(new Uint8Array(count), context.nBefore),
    after: spread(new Float64Array(count * stepsOf), context.after, stepsOf),
    nAfter: spread(new Uint8Array(count), context.nAfter),
    age: spread(new Int32Array(count).fill(-1), context.age),
    ahead: spread(new Int32Array(count).fill(-1), context.ahead),
    lives: spread(new Uint8Array(count), context.lives),
    fused: spread(new Uint8Array(count), context.fused),
    since: spread(new Uint8Array(count), context.since),
    left: spread(new Uint8Array(count), context.left),
  };
}

/** The detections with some candidates as further rows, whose labels are the next ones of their frames. */
export function withRescued(
  own: Detections,
  weak: Detections,
  rescued: Int32Array,
): { detections: Detections; rescued: Int32Array } {
  const { detections, added, addedRow } = joinDetections(own, takeRows(weak, rescued));
  const { t, label } = detections;
  for (let row = 1; row < label.length; row++) {
    if (added[row] === 1) label[row] = t[row - 1] === t[row] ? label[row - 1] + 1 : 1;
  }
  if (added[0] === 1) label[0] = 1;
  const from = new Int32Array(added.length).fill(-1);
  for (let k = 0; k < rescued.length; k++) from[addedRow[k]] = rescued[k];
  return { detections, rescued: from };
}
