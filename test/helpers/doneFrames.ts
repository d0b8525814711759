import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Frames of a result that are done, by their markers' names, and when each marker was written. */
export function doneFrames(result: string): Map<string, number> {
  const frames = join(result, 'frames');
  const names = existsSync(frames) ? readdirSync(frames).filter((name) => /^\d+\.json$/.test(name)) : [];
  return new Map(names.map((name) => [name, statSync(join(frames, name)).mtimeMs]));
}
