import type { LinkSettings, RunFile } from '../store/index.ts';
import { quoted } from './shell.ts';

/** The command that goes on with a result's segmentation, or makes what is imported anew. */
export function segmentCommand(folder: string, { movie, segment }: RunFile): string {
  if (segment.kind === 'import') return `morula import <tracks> -o ${quoted(folder)} --overwrite`;
  return `morula track ${quoted(movie.path ?? '<movie>')} -o ${quoted(folder)}`;
}

/**
 * The command that links a result as it was linked: other options would give other links.
 *
 * @param settings null where nobody knows them any more
 */
export function linkCommand(folder: string, settings: LinkSettings | null): string {
  const words = [`morula link ${quoted(folder)}`];
  if (settings === null) return words[0];
  const { kind, maxDistance, maxFrameInterval, divisions, motion = 'auto', rescue } = settings;
  if (kind === 'import') return `morula import <tracks> -o ${quoted(folder)} --overwrite`;
  if (kind === 'lap') words.push('--linker lap');
  if (maxDistance !== null) words.push(`--max-distance ${maxDistance}`);
  if (maxFrameInterval !== 2) words.push(`--max-frame-interval ${maxFrameInterval}`);
  if (!divisions) words.push('--no-divisions');
  if (kind === 'global' && rescue !== true) words.push('--no-rescue');
  if (motion !== 'auto') words.push(`--motion ${motion}`);
  if (settings.scorer !== undefined) words.push('--scorer <the file that judged them>');
  if (settings.constraints !== undefined) words.push('--constraints <their file>');
  return words.join(' ');
}
