import type { Random } from '../../src/array/index.ts';
import type { Cell } from './cell.ts';
import { forEachNear } from './neighbours.ts';
import { radiusAt, SISTER_DISTANCE } from './shape.ts';
import type { SimulationOptions } from './types.ts';
import { jitter, type Vector } from './vectors.ts';

const PASSES = 5;
/** Share of an overlap that one pass takes away. */
const STIFFNESS = 0.55;
const WALL_STIFFNESS = 0.5;
/** Share of its motion that a dividing or newborn cell keeps. */
const MITOTIC_MOTION = 0.25;

/** Radius of a cell's nucleus in interphase now, micrometres. */
export function nuclearRadius(cell: Cell): number {
  return radiusAt(cell.fullRadius, cell.age / cell.cycle);
}

/** Persistent random motion: v <- p v + noise, x <- x + v; the nucleus turns a little as well. */
export function wander(cells: readonly Cell[], t: number, options: SimulationOptions, random: Random): void {
  const ndim = options.preset === '3d' ? 3 : 2;
  const { speed, persistence } = options.biology;
  for (const cell of cells) {
    const bound = cell.countdown > 0 || t - cell.born < SISTER_DISTANCE.length;
    const share = bound ? MITOTIC_MOTION : 1;
    for (let axis = 3 - ndim; axis < 3; axis++) {
      cell.velocity[axis] = persistence * cell.velocity[axis] + speed * random.normal();
      cell.position[axis] += share * cell.velocity[axis];
    }
    cell.orientation = jitter(cell.orientation, bound ? 0.03 : 0.07, random, ndim);
  }
}

/** Cells that overlap push each other apart, sisters part at their own pace, and the wall holds all; O(n) a pass. */
export function relax(cells: readonly Cell[], t: number, options: SimulationOptions, passes = PASSES): void {
  const { bodyRatio, wall } = options.biology;
  const body = Float64Array.from(cells, (cell) => nuclearRadius(cell) * bodyRatio);
  const reach = 2 * body.reduce((largest, radius) => Math.max(largest, radius), 0);
  const position = new Float64Array(3 * cells.length);
  const push = new Float64Array(3 * cells.length);
  const restOf = (i: number, j: number): { rest: number; pull: boolean } => {
    const distance = cells[i].sister === cells[j].id ? SISTER_DISTANCE[t - cells[i].born] : undefined;
    return distance === undefined
      ? { rest: body[i] + body[j], pull: false }
      : { rest: distance * cells[i].parentRadius, pull: true };
  };

  cells.forEach((cell, i) => {
    position.set(cell.position, 3 * i);
  });
  for (let pass = 0; pass < passes; pass++) {
    push.fill(0);
    forEachNear(position, reach, (i, j) => {
      const dz = position[3 * j] - position[3 * i];
      const dy = position[3 * j + 1] - position[3 * i + 1];
      const dx = position[3 * j + 2] - position[3 * i + 2];
      const distance = Math.hypot(dz, dy, dx);
      const { rest, pull } = restOf(i, j);
      if (distance === 0 || (distance >= rest && !pull)) return;
      const step = ((pull ? 1 : STIFFNESS) * (rest - distance)) / 2 / distance;
      push[3 * i] -= step * dz;
      push[3 * i + 1] -= step * dy;
      push[3 * i + 2] -= step * dx;
      push[3 * j] += step * dz;
      push[3 * j + 1] += step * dy;
      push[3 * j + 2] += step * dx;
    });
    for (let k = 0; k < push.length; k++) position[k] += push[k];
    holdInside(position, wall);
  }
  cells.forEach((cell, i) => {
    cell.position = [...position.subarray(3 * i, 3 * i + 3)] as Vector;
  });
}

/** Pulls whatever is beyond the wall's ellipsoid back towards it. */
function holdInside(position: Float64Array, wall: readonly number[]): void {
  for (let i = 0; i < position.length; i += 3) {
    const z = wall[0] > 0 ? position[i] / wall[0] : 0;
    const q = Math.hypot(z, position[i + 1] / wall[1], position[i + 2] / wall[2]);
    if (q <= 1) continue;
    const factor = 1 - WALL_STIFFNESS * (1 - 1 / q);
    for (let axis = 0; axis < 3; axis++) position[i + axis] *= factor;
  }
}
