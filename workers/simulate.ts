import {
  createMovieArrays,
  type Life,
  lifeToTracks,
  resolveOptions,
  type SimulationOptions,
  simulateLife,
  truthPaths,
  writeMovieFrames,
} from '../datasets/simulator/index.ts';
import { guard, type SimulatedLife, type SimulateTask } from '../src/pool/index.ts';

/** The last life lived here: tasks of one movie come one after another. */
let last: { key: string; life: Life } | null = null;

function lifeOf(options: SimulationOptions): Life {
  const key = JSON.stringify(options);
  if (last?.key !== key) last = { key, life: simulateLife(options) };
  return last.life;
}

/** Makes a part of a synthetic movie. Equal requests give the same movie in every worker. */
export default guard(
  async ({ kind, request, outPath, frames }: SimulateTask): Promise<SimulatedLife | null> => {
    const options = resolveOptions(request);
    if (kind === 'create') {
      await createMovieArrays(outPath, options);
      return null;
    }
    const life = lifeOf(options);
    if (kind === 'write') {
      await writeMovieFrames(life, outPath, options, frames ?? [0, options.frames]);
      return null;
    }
    const { folder, trackTable, points } = truthPaths(outPath, options.frames);
    return { options, truth: { folder, trackTable, points }, ...lifeToTracks(life, options) };
  },
);
