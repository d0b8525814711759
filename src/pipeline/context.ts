import type { ExportContext } from '../exchange/types.ts';
import { type RunFile, readLabels } from '../store/index.ts';

/**
 * What the writers of `exchange` must know of a result.
 *
 * @param labelImage of a frame; default as segmented, without edits
 */
export function lineageContext(
  folder: string,
  run: RunFile,
  labelImage: NonNullable<ExportContext['labelImage']> = (t) => readLabels(folder, t),
): ExportContext {
  const { name, voxelSize, voxelSizeKnown, timeStep, timeStepKnown, nFrames } = run.movie;
  return {
    name,
    voxelSize,
    voxelSizeKnown,
    timeStep: timeStepKnown ? timeStep : Number.NaN,
    nFrames,
    ...(run.hasLabels ? { labelImage } : {}),
  };
}
