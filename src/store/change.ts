import { describeDifference } from './canonical.ts';
import type { RunFile } from './types.ts';

/**
 * What differs between a result and a new job, in the words of the options: `prob-threshold: 0.5 -> 0.6`. A
 * difference that no option shows (weights, pixels, metadata) is named as such.
 */
export function describeChange(
  before: Pick<RunFile, 'movie' | 'segment'>,
  after: Pick<RunFile, 'movie' | 'segment'>,
): string {
  const lines = describeDifference(inOptions(before), inOptions(after));
  if (
    before.segment.kind === after.segment.kind &&
    before.segment.modelDigest !== after.segment.modelDigest
  ) {
    if (after.segment.kind === 'import') lines.push('other tracks');
    else if (before.segment.model === after.segment.model) lines.push('the model itself changed');
  }
  const { movie } = before;
  if (movie.fingerprint !== after.movie.fingerprint || movie.sample !== after.movie.sample) {
    lines.push(
      movie.path === after.movie.path
        ? 'the movie itself changed'
        : `movie: ${movie.path} -> ${after.movie.path}`,
    );
  }
  return lines.join('; ');
}

function inOptions({ movie, segment }: Pick<RunFile, 'movie' | 'segment'>): Record<string, unknown> {
  return {
    channel: typeof segment.channel === 'number' ? segment.channel : segment.channel.join(','),
    frames: movie.nFrames,
    level: movie.level,
    made: segment.kind === 'import' ? `import ${segment.model}` : 'segmentation',
    model: segment.kind === 'import' ? undefined : segment.model,
    'nms-threshold': segment.nmsThreshold,
    'object-diameter': segment.objectDiameter ?? undefined,
    'ome-zarr': segment.omeZarr,
    'pixel-size': movie.voxelSize.join(','),
    'prob-threshold': segment.probThreshold,
    restore: segment.restore && `${segment.restore.model} (${segment.restore.digest.slice(0, 8)})`,
    'time-step': movie.timeStep,
  };
}
