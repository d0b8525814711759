import type { Cell } from './cell.ts';
import { nuclearRadius } from './motion.ts';
import { nucleusShape } from './shape.ts';
import { streamSeed } from './streams.ts';
import type { Life, SimulationOptions } from './types.ts';
import { turnAboutZ, type Vector } from './vectors.ts';

/** Collects what a camera could see of the living cells, frame after frame. */
export interface Recorder {
  record(t: number, cells: readonly Cell[], stage: { drift: Vector; angle: number }): void;
  finish(): Life;
}

/** A recorder; frames are recorded in order and cells come sorted by number. */
export function createRecorder(options: SimulationOptions): Recorder {
  const ndim = options.preset === '3d' ? 3 : 2;
  const centre = options.shape.map((side, axis) => ((side - 1) * options.voxelSize[axis]) / 2);
  const frameStart = [0];
  const rows = {
    t: [] as number[],
    cell: [] as number[],
    z: [] as number[],
    y: [] as number[],
    x: [] as number[],
  };
  const looks = {
    radii: [] as number[],
    frame: [] as number[],
    brightness: [] as number[],
    condensation: [] as number[],
  };
  const lives = { begin: [] as number[], end: [] as number[], parent: [] as number[] };

  const recordCell = (t: number, cell: Cell, stage: { drift: Vector; angle: number }): void => {
    const at = turnAboutZ(cell.position, stage.angle).map((part, k) => part + centre[k] + stage.drift[k]);
    const { u, v } = cell.orientation;
    const radius = nuclearRadius(cell);
    const shape = nucleusShape({
      radius,
      aspect: cell.aspect,
      countdown: cell.countdown,
      framesAlive: t - cell.born,
      ndim,
    });
    rows.t.push(t);
    rows.cell.push(cell.id);
    rows.z.push(at[0]);
    rows.y.push(at[1]);
    rows.x.push(at[2]);
    looks.radii.push(...shape.radii);
    looks.frame.push(...turnAboutZ(u, stage.angle), ...turnAboutZ(v, stage.angle));
    looks.brightness.push(shape.brightness * cell.glow);
    looks.condensation.push(shape.condensation);
    if (cell.id > lives.begin.length) {
      lives.begin[cell.id - 1] = t;
      lives.parent[cell.id - 1] = cell.parent;
    }
    lives.end[cell.id - 1] = t;
  };

  return {
    record(t, cells, stage) {
      for (const cell of cells) recordCell(t, cell, stage);
      frameStart.push(rows.t.length);
    },
    finish: () => ({
      ndim,
      frames: options.frames,
      frameStart: Int32Array.from(frameStart),
      rows: {
        count: rows.t.length,
        t: Int32Array.from(rows.t),
        cell: Int32Array.from(rows.cell),
        z: Float64Array.from(rows.z),
        y: Float64Array.from(rows.y),
        x: Float64Array.from(rows.x),
        radii: Float64Array.from(looks.radii),
        frame: Float64Array.from(looks.frame),
        brightness: Float64Array.from(looks.brightness),
        condensation: Float64Array.from(looks.condensation),
      },
      cells: {
        count: lives.begin.length,
        begin: Int32Array.from(lives.begin),
        end: Int32Array.from(lives.end),
        parent: Int32Array.from(lives.parent),
        seed: Uint32Array.from(lives.begin, (_, i) => streamSeed(options.seed, 'cell', i + 1)),
      },
    }),
  };
}
