import type { Random } from '../../src/array/index.ts';
import { MITOSIS_FRAMES } from './shape.ts';
import type { SimulationOptions } from './types.ts';
import { type Orientation, orientationAlong, randomDirection, type Vector } from './vectors.ts';

/** A living cell while its embryo is simulated; positions are the tissue's own, before drift and rotation. */
export interface Cell {
  id: number;
  parent: number;
  /** Frame of birth; -Infinity for founders. */
  born: number;
  /** Mean cycle of the cell's lineage, this cell's cycle, and how far it is, frames. */
  lineageMean: number;
  cycle: number;
  age: number;
  /** Frames until the daughters appear, 0 = no division is under way. */
  countdown: number;
  /** Radius of the fully grown nucleus, micrometres. */
  fullRadius: number;
  aspect: number;
  glow: number;
  position: Vector;
  velocity: Vector;
  orientation: Orientation;
  /** Number of the sister, 0 = founder. */
  sister: number;
  /** Full radius of the parent, micrometres. */
  parentRadius: number;
}

/** No cycle is shorter: growth and mitosis need their time. */
const SHORTEST_CYCLE = 9;

/** A founder at a random place of a disc or ball `spread` times the wall, at a random point of its cycle. */
export function foundCell(id: number, spread: number, options: SimulationOptions, random: Random): Cell {
  const ndim = options.preset === '3d' ? 3 : 2;
  const { biology } = options;
  const lineageMean = biology.cycleMean * (1 + biology.cycleSpread[0] * random.normal());
  const cycle = drawCycle(lineageMean, biology.cycleSpread[1], random);
  const direction = randomDirection(random, ndim);
  const distance = spread * random.uniform() ** (1 / ndim);
  return {
    id,
    parent: 0,
    born: Number.NEGATIVE_INFINITY,
    lineageMean,
    cycle,
    age: random.uniform() * (cycle - MITOSIS_FRAMES),
    countdown: 0,
    fullRadius: biology.nuclearRadius * Math.exp(0.05 * random.normal()),
    aspect: drawAspect(random),
    glow: Math.exp(0.16 * random.normal()),
    position: direction.map((part, axis) => part * distance * biology.wall[axis]) as Vector,
    velocity: [0, 0, 0],
    orientation: orientationAlong(randomDirection(random, ndim), random, ndim),
    sister: 0,
    parentRadius: 0,
  };
}

/** The two daughters of a parent, opposite each other along its division axis (u), `distance` apart. */
export function divideCell(
  parent: Cell,
  t: number,
  firstId: number,
  distance: number,
  options: SimulationOptions,
  random: Random,
): [Cell, Cell] {
  const { biology } = options;
  const share = 0.04 * random.normal();
  const daughter = (side: 1 | -1): Cell => ({
    id: side === 1 ? firstId : firstId + 1,
    parent: parent.id,
    born: t,
    lineageMean: parent.lineageMean,
    cycle: drawCycle(parent.lineageMean, biology.cycleSpread[1], random),
    age: 0,
    countdown: 0,
    fullRadius: (parent.fullRadius * 0.7 + biology.nuclearRadius * 0.3) * Math.exp(share * side),
    aspect: drawAspect(random),
    glow: Math.exp(0.8 * Math.log(parent.glow) + 0.07 * random.normal()),
    position: parent.position.map(
      (part, axis) => part + (side * distance * parent.orientation.u[axis]) / 2,
    ) as Vector,
    velocity: [...parent.velocity],
    orientation: { u: [...parent.orientation.u], v: [...parent.orientation.v] },
    sister: side === 1 ? firstId + 1 : firstId,
    parentRadius: parent.fullRadius,
  });
  return [daughter(1), daughter(-1)];
}

function drawCycle(mean: number, spread: number, random: Random): number {
  return Math.max(SHORTEST_CYCLE, mean * (1 + spread * random.normal()));
}

function drawAspect(random: Random): number {
  return Math.exp(Math.max(-0.35, Math.min(0.45, 0.08 + 0.16 * random.normal())));
}
