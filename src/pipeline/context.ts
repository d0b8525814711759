import type { ExportContext } from '../exchange/types.ts';
import { type RunFile, readLabels } from '../store/index.ts';

/** What the writers of `exchange` must know of a result. */
export function lineageContext(folder: string, run: RunFile): ExportContext {
  const { name, voxelSize, timeStep, nFrames } = run.movie;
  return {
    name,
    voxelSize,
    timeStep,
    nFrames,
    ...(run.hasLabels ? { labelImage: (t: number) => readLabels(folder, t) } : {}),
  };
}
