import { join } from 'node:path';
import { packageRoot } from '../codec/packageRoot.ts';
import type { TaskName } from './tasks.ts';

/** Tasks that another one's worker does too. */
const SHARED: Partial<Record<TaskName, TaskName>> = { openSegment: 'segment' };

/** Workers are the compiled files in `dist/workers`, also when the caller runs from source. */
export function workerFile(name: TaskName): string {
  return join(packageRoot(), 'dist', 'workers', `${SHARED[name] ?? name}.js`);
}

/** The compiled process that hosts them. */
export function engineFile(): string {
  return join(packageRoot(), 'dist', 'src', 'pool', 'engine.js');
}
