import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  type Device,
  type ImportReport,
  loadStatedModel,
  type Model,
  type ModelReport,
} from '../model/index.ts';
import { createPool, type ModelDone, type ModelTask } from '../pool/index.ts';
import type { Hooks } from './progress.ts';

/** Seconds that one run on a test picture may take where nobody says how long. */
const PATIENCE = 300;

/** How long a network may stay away. */
export interface ModelLimits {
  /** Seconds for one run; undefined = 5 minutes. */
  frameTimeout?: number;
}

/**
 * Reads a model; one that leaves something about itself open is run, in a process of its own.
 *
 * @returns the model without its bytes
 * @throws as `loadModel`; `task-failed` (exit 70) when the network does not end
 */
export async function findModel(nameOrPath: string, limits: ModelLimits, hooks: Hooks): Promise<Model> {
  const stated = await loadStatedModel(nameOrPath);
  if (stated !== null) return { ...stated, bytes: new Uint8Array(0) };
  return runModelTask({ kind: 'load', path: nameOrPath }, limits, hooks);
}

/** Runs a model on a test picture and reports on it. Errors as `checkModel`, and as `findModel` for an endless one. */
export function inspectModel(
  path: string,
  limits: ModelLimits & { device?: Device },
  hooks: Hooks = {},
): Promise<ModelReport> {
  return runModelTask({ kind: 'check', path, device: limits.device ?? 'cpu' }, limits, hooks);
}

/** Imports a model, see `importModel`; whatever ends it, nothing unfinished is left behind. */
export async function takeOverModel(
  path: string,
  options: ModelLimits & { output?: string; overwrite?: boolean },
  hooks: Hooks = {},
): Promise<ImportReport> {
  const { output, overwrite = false } = options;
  const home = output === undefined ? process.cwd() : dirname(resolve(output));
  const draft = join(home, `.morula.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    return await runModelTask(
      { kind: 'import', path, output: output ?? null, overwrite, draft },
      options,
      hooks,
    );
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Runs one task about a model in a process of its own, which a signal ends at once. */
export async function runModelTask<K extends ModelTask['kind']>(
  task: Extract<ModelTask, { kind: K }>,
  { frameTimeout = PATIENCE }: ModelLimits,
  { signal }: Hooks,
): Promise<ModelDone[K]> {
  signal?.throwIfAborted();
  const pool = createPool(1, { frameTimeout });
  const stop = (): void => pool.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return (await pool.run('model', task)) as ModelDone[K];
  } finally {
    signal?.removeEventListener('abort', stop);
    await pool.drain();
  }
}
