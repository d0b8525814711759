import type { ConstraintTable } from '../constraints.ts';
import type { Scene } from './fit.ts';
import type { LinkModel } from './model.ts';

/** Constraints on rows `from` to `to - 1` alone, rows counted from `from`. */
function sliceConstraints(table: ConstraintTable, from: number, to: number): ConstraintTable {
  const within = (row: number): boolean => row >= from && row < to;
  const rows = (set: ReadonlySet<number>): Set<number> =>
    new Set([...set].filter(within).map((row) => row - from));
  const targets = [...table.targets].filter(([u]) => within(u));
  const links = (keys: ReadonlySet<string>): Set<string> => {
    const pairs = [...keys].map((key) => key.split(' ').map(Number)).filter(([u]) => within(u));
    return new Set(pairs.map(([u, v]) => `${u - from} ${v - from}`));
  };
  return {
    // Targets behind the slice stay: they say that a link is demanded, and no other one allowed.
    targets: new Map(targets.map(([u, set]) => [u - from, new Set([...set].map((v) => v - from))])),
    source: new Map([...table.source].filter(([v]) => within(v)).map(([v, u]) => [v - from, u - from])),
    late: links(table.late),
    cannot: links(table.cannot),
    mustDivide: rows(table.mustDivide),
    cannotDivide: rows(table.cannotDivide),
    forbidden: rows(table.forbidden),
    frozenOut: rows(table.frozenOut),
    frozenIn: rows(table.frozenIn),
  };
}

/**
 * What a model needs to judge the links from frames `from` to `to - 1` into frames `from + 1` to `to`: copies of these
 * frames' rows, both rows and frames counted from the first of them. The numbers that come out of it are those of the
 * whole scene, to the bit. `motion.frames` is left empty.
 */
export function sliceScene(
  scene: Scene,
  model: LinkModel,
  from: number,
  to: number,
): { scene: Scene; model: LinkModel } {
  const { detections: d, motion, around, reach, context, momentum, constraints } = scene;
  const [first, end] = [scene.offsets[from], scene.offsets[to + 1]];
  const rows = <A extends { slice(from: number, to: number): A }>(column: A, stride = 1): A =>
    column.slice(first * stride, end * stride);
  const stepsOf = context.before.length / Math.max(1, d.count);
  return {
    scene: {
      detections: {
        count: end - first,
        ndim: d.ndim,
        t: rows(d.t).map((t) => t - from),
        label: rows(d.label),
        z: rows(d.z),
        y: rows(d.y),
        x: rows(d.x),
        size: rows(d.size),
        radius: rows(d.radius),
        prob: rows(d.prob),
        border: rows(d.border),
        intensity: rows(d.intensity, d.nChannels),
        nChannels: d.nChannels,
      },
      offsets: scene.offsets.slice(from, to + 2).map((row) => row - first),
      motion: { frames: [], z: rows(motion.z), y: rows(motion.y), x: rows(motion.x) },
      around: {
        scale: around.scale.slice(from, to + 1),
        lnDensity: rows(around.lnDensity),
        sizeInFrame: rows(around.sizeInFrame),
        rim: rows(around.rim),
      },
      reach: { ...reach, radius: reach.radius.slice(from, to + 1) },
      context: {
        sizeBack: rows(context.sizeBack),
        sizeAhead: rows(context.sizeAhead),
        before: rows(context.before, stepsOf),
        nBefore: rows(context.nBefore),
        after: rows(context.after, stepsOf),
        nAfter: rows(context.nAfter),
        age: rows(context.age),
        ahead: rows(context.ahead),
        lives: rows(context.lives),
        fused: rows(context.fused),
        since: rows(context.since),
        left: rows(context.left),
      },
      momentum,
      constraints: constraints === null ? null : sliceConstraints(constraints, first, end),
    },
    model: {
      ...model,
      scale: model.scale.slice(from, to + 1),
      calm: model.calm.slice(from, to + 1),
      pDivide: model.pDivide.slice(from, to + 1),
      leave: model.leave.slice(from, to + 1),
    },
  };
}
