import { transferableSymbol, valueSymbol } from 'piscina';
import {
  createMovieArrays,
  type Life,
  lifeToTracks,
  type RenderedFrame,
  renderFrame,
  resolveOptions,
  type SimulationOptions,
  type SimulationRequest,
  simulateLife,
  type TrueTracks,
  truthPaths,
  writeMovieFrames,
} from '../datasets/simulator/index.ts';
import { MorulaError } from '../src/errors/index.ts';
import { guard, type Outcome } from '../src/pool/index.ts';

/** `frames` is end-exclusive. All kinds take a request; the same request gives the same movie in every worker. */
export type SimulateTask =
  /** The whole life and the truth that follows from it. */
  | { kind: 'life'; request: SimulationRequest; outPath?: string }
  /** Rendered frames, for callers without a disk. */
  | { kind: 'frames'; request: SimulationRequest; frames: readonly [number, number] }
  /** The empty OME-Zarr; comes before any 'write'. */
  | { kind: 'create'; request: SimulationRequest; outPath: string }
  /** Renders frames into the OME-Zarr and their label images into the truth's folder. */
  | { kind: 'write'; request: SimulationRequest; outPath: string; frames: readonly [number, number] };

/** What comes back, by kind. */
export type SimulateDone =
  | ({ kind: 'life'; options: SimulationOptions; life: Life; truth: TruthFiles | null } & TrueTracks)
  | { kind: 'frames'; rendered: RenderedFrame[] }
  | { kind: 'create' }
  | { kind: 'write'; frames: readonly [number, number] };

/** Where the caller puts the tables of the truth: `TruthPaths` without its function. */
export interface TruthFiles {
  folder: string;
  trackTable: string;
  points: string;
}

/** The last life lived here: tasks of one movie come one after another. */
let last: { key: string; options: SimulationOptions; life: Life } | null = null;

function lifeOf(request: SimulationRequest): { options: SimulationOptions; life: Life } {
  const options = resolveOptions(request);
  const key = JSON.stringify(options);
  if (last?.key !== key) last = { key, options, life: simulateLife(options) };
  return last;
}

async function simulate(task: SimulateTask): Promise<SimulateDone> {
  if (task.kind === 'create') {
    await createMovieArrays(task.outPath, resolveOptions(task.request));
    return { kind: 'create' };
  }
  const { options, life } = lifeOf(task.request);
  if (task.kind === 'life') {
    const truth = task.outPath === undefined ? null : truthFiles(task.outPath, options.frames);
    return { kind: 'life', options, life, truth, ...lifeToTracks(life, options) };
  }
  const [from, to] = checkRange(task.frames, options);
  if (task.kind === 'write') {
    await writeMovieFrames(life, task.outPath, options, [from, to]);
    return { kind: 'write', frames: [from, to] };
  }
  const rendered = Array.from({ length: to - from }, (_, i) => renderFrame(life, from + i, options));
  return { kind: 'frames', rendered };
}

function checkRange(
  [from, to]: readonly [number, number],
  { frames }: SimulationOptions,
): readonly [number, number] {
  if (Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to <= frames)
    return [from, to];
  throw new MorulaError(
    'invalid-option',
    `simulate: frames must be a range within 0:${frames}, got ${from}:${to}; give start and end, the end excluded`,
  );
}

function truthFiles(outPath: string, frames: number): TruthFiles {
  const { folder, trackTable, points } = truthPaths(outPath, frames);
  return { folder, trackTable, points };
}

/** Buffers that move instead of being copied: pixels do, the cached life stays. */
function transferList(outcome: Outcome<SimulateDone>): ArrayBuffer[] {
  if (!outcome.ok || outcome.value.kind !== 'frames') return [];
  return outcome.value.rendered.flatMap(({ image, labels }) => [
    image.data.buffer as ArrayBuffer,
    labels.data.buffer as ArrayBuffer,
  ]);
}

/** Worker task: simulates or renders a part of a movie. */
export default async function run(task: SimulateTask): Promise<unknown> {
  const outcome = await guard(simulate)(task);
  return { [transferableSymbol]: transferList(outcome), [valueSymbol]: outcome };
}
