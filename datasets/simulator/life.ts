import { createRandom, type Random } from '../../src/array/index.ts';
import { MorulaError } from '../../src/errors/index.ts';
import { type Cell, divideCell, foundCell } from './cell.ts';
import { relax, wander } from './motion.ts';
import { createRecorder } from './recorder.ts';
import { MITOSIS_FRAMES, SISTER_DISTANCE } from './shape.ts';
import { streamSeed } from './streams.ts';
import type { Life, SimulationOptions } from './types.ts';
import { orientationAlong, randomDirection, type Vector } from './vectors.ts';

/** CTC masks are uint16. */
const MOST_CELLS = 65_535;
/** Frames after its birth in which a cell does not die. */
const YOUTH = 6;

/** Where the stage stands: a random walk that is held near the middle. */
interface Stage {
  walk: Vector;
  drift: Vector;
  angle: number;
}

/**
 * The life of an embryo: cells grow, push each other, divide and wander; the stage drifts and the tissue turns.
 * Cell cycles slow down as the number of cells comes near `capacity`, so that long movies stay bounded.
 *
 * Cost: O(cells) a frame. Depends on the options alone.
 * @throws `unsupported` when more than 65,535 cells are born
 */
export function simulateLife(options: SimulationOptions): Life {
  const random = createRandom(streamSeed(options.seed, 'life'));
  const recorder = createRecorder(options);
  const stage: Stage = { walk: [0, 0, 0], drift: [0, 0, 0], angle: 0 };
  let cells = foundEmbryo(options, random);
  let born = cells.length;
  for (let t = 0; t < options.frames; t++) {
    if (t > 0) {
      cells = ageCells(cells, t, born, options, random);
      born = Math.max(born, cells.at(-1)?.id ?? 0);
      if (born > MOST_CELLS) tooMany(t);
      cells = mourn(cells, t, options, random);
      wander(cells, t, options, random);
      relax(cells, t, options);
      moveStage(stage, options, random);
    }
    recorder.record(t, cells, stage);
  }
  return recorder.finish();
}

/** Founders in the middle, apart from each other. */
function foundEmbryo(options: SimulationOptions, random: Random): Cell[] {
  const spread = Math.min(0.95, 0.45 + (0.5 * options.cells) / options.capacity + 0.1);
  const cells = Array.from({ length: options.cells }, (_, i) => foundCell(i + 1, spread, options, random));
  relax(cells, 0, options, 60);
  return cells;
}

/** One frame of every cell cycle: counts down to a division, divides, or grows older. */
function ageCells(
  cells: readonly Cell[],
  t: number,
  born: number,
  options: SimulationOptions,
  random: Random,
): Cell[] {
  const ndim = options.preset === '3d' ? 3 : 2;
  const expected = cells.length + cells.filter((cell) => cell.countdown > 0).length;
  const rate = Math.max(0, 1 - (expected / options.capacity) ** 6);
  const survivors: Cell[] = [];
  const newborn: Cell[] = [];
  for (const cell of cells) {
    if (cell.countdown === 1) {
      const distance = SISTER_DISTANCE[0] * cell.fullRadius;
      newborn.push(...divideCell(cell, t, born + newborn.length + 1, distance, options, random));
      continue;
    }
    survivors.push(cell);
    if (cell.countdown > 0) {
      cell.countdown--;
      if (cell.countdown === MITOSIS_FRAMES - 1) {
        cell.orientation = orientationAlong(randomDirection(random, ndim, 0.5), random, ndim);
      }
      continue;
    }
    cell.age += rate;
    if (cell.age >= cell.cycle - MITOSIS_FRAMES) cell.countdown = MITOSIS_FRAMES;
  }
  return survivors.concat(newborn);
}

/** Takes out the cells that die. */
function mourn(cells: Cell[], t: number, options: SimulationOptions, random: Random): Cell[] {
  const { deathRate } = options.biology;
  if (deathRate === 0) return cells;
  return cells.filter((cell) => {
    const dies = random.uniform() < deathRate;
    return !dies || cell.countdown > 0 || t - cell.born < YOUTH;
  });
}

function moveStage(stage: Stage, options: SimulationOptions, random: Random): void {
  const { driftStep, driftLimit, rotation } = options.biology;
  for (let axis = options.preset === '3d' ? 0 : 1; axis < 3; axis++) {
    const limit = axis === 0 ? driftLimit / 2 : driftLimit;
    stage.walk[axis] = 0.99 * stage.walk[axis] + driftStep * random.normal();
    stage.drift[axis] = limit * Math.tanh(stage.walk[axis] / limit);
  }
  stage.angle += rotation;
}

function tooMany(t: number): never {
  throw new MorulaError(
    'unsupported',
    `simulate: at most ${MOST_CELLS} cells can be labelled, more were born by frame ${t}; ask for fewer cells`,
  );
}
